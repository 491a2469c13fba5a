import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { aMemoryPlace, memoryEndpoint, serveEndpoint, TOKENS } from '../helpers/http-endpoint.js'
import { useCli } from '../helpers/cli.js'

const cli = useCli()

it('pushes to an endpoint, clones from it, and comes back with what the other did', async () => {
  await using served = await serveEndpoint(memoryEndpoint(aMemoryPlace()))
  const env = { ATOM_TOKEN: TOKENS.writer }
  await cli.ok(['init', '--quiet'])
  writeFileSync(join(cli.project, 'a.env'), 'A=1\n')
  for (let count = 0; count < 5; count++) await cli.ok(['CFG', `step ${String(count)}`, '--file', 'a.env'])
  await cli.ok(['remote', 'add', 'origin', `${served.url}/`])
  expect((await cli.run(['push', '--all'])).stderr).toContain('ATOM_TOKEN')
  expect(await cli.ok(['push', '--all'], { env })).toMatch(/ new branch +\w{10} main\n/)
  await cli.ok(['clone', served.url, 'copy'], { cwd: cli.home, env })
  const there = { cwd: join(cli.home, 'copy'), env }
  expect(readFileSync(join(cli.home, 'copy/a.env'), 'utf8')).toBe('A=1\n')
  await cli.ok(['DECISION', 'there'], there)
  await cli.ok(['push', 'origin'], there)
  expect(await cli.ok(['pull'], { env })).toContain('Fast-forward')
  expect(await cli.ok(['log', '--oneline', '-n', '1'])).toContain('there')
  expect(await cli.ok(['verify', '--against', 'origin'], { env })).not.toContain(TOKENS.writer)
  await cli.ok(['DECISION', 'more'], there)
  const reader = await cli.run(['push', '--json'], { ...there, env: { ATOM_TOKEN: TOKENS.reader } })
  expect(reader.stderr).not.toContain(TOKENS.reader)
  expect([reader.exitCode, (JSON.parse(reader.stderr.trim().split('\n').at(-1) as string) as { error: { code: string } }).error.code]).toEqual([7, 'REMOTE_AUTH'])
})
