import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { expect, it } from 'vitest'
import { initWorkerCommand } from '../../../src/cli/commands/remote-init-worker.js'
import { parseTokens } from '../../../src/exchange/endpoint/tokens.js'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()
const folder = (): string => join(cli.home, 'atom-worker')

it('lays out what wrangler deploys, and shows tokens of which only hashes are written', async () => {
  expect(initWorkerCommand.name).toBe('init-worker')
  const shown = await cli.ok(['remote', 'init-worker'], { cwd: cli.home })
  const tokens = new Map([...shown.matchAll(/^(\w+) +(atom_\w+_[0-9a-f]{64})$/gm)].map(([, role = '', token = '']) => [role, token]))
  expect([...tokens.keys()]).toEqual(['reader', 'writer', 'admin'])
  expect(readdirSync(folder()).sort()).toEqual(['README.md', 'tokens.txt', 'worker.js', 'wrangler.toml'])
  const entries = parseTokens(readFileSync(join(folder(), 'tokens.txt'), 'utf8'))
  expect(entries.map(({ role, hash }) => [role, hash])).toEqual([...tokens].map(([role, token]) => [role, createHash('sha256').update(token).digest('hex')]))
  expect(statSync(join(folder(), 'tokens.txt')).mode & 0o077).toBe(0)
  for (const name of readdirSync(folder())) for (const token of tokens.values()) expect(readFileSync(join(folder(), name), 'utf8')).not.toContain(token)
  expect(parse(readFileSync(join(folder(), 'wrangler.toml'), 'utf8'))).toMatchObject({ main: 'worker.js', no_bundle: true, d1_databases: [{ binding: 'DB' }], r2_buckets: [{ binding: 'CONTENTS' }] })
})

it('never gives a token twice, whatever the environment says of randomness', async () => {
  const make = async (name: string): Promise<string> => cli.ok(['remote', 'init-worker', name, '--json'], { cwd: cli.home, env: { ATOM_RANDOM_SEED: 'same' } })
  const [first, second] = [JSON.parse(await make('one')), JSON.parse(await make('two'))] as { tokens: { admin: string } }[]
  expect(first?.tokens.admin).toMatch(/^atom_admin_[0-9a-f]{64}$/)
  expect(first?.tokens.admin).not.toBe(second?.tokens.admin)
})

it('writes over nothing', async () => {
  mkdirSync(folder())
  writeFileSync(join(folder(), 'mine.txt'), 'mine')
  const refused = await cli.run(['remote', 'init-worker'], { cwd: cli.home })
  expect([refused.exitCode, refused.stdout, readdirSync(folder())]).toEqual([4, '', ['mine.txt']])
  writeFileSync(join(cli.home, 'file'), '')
  expect((await cli.run(['remote', 'init-worker', 'file/in'], { cwd: cli.home })).exitCode).toBe(2)
})
