import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { useCli, type RunResult } from '../helpers/cli.js'
import { ACCOUNT, DATABASE, serveD1, TOKEN, type D1Server } from '../helpers/d1-server.js'

const cli = useCli()
let server: D1Server
beforeAll(async () => { server = await serveD1() })
beforeEach(() => server.clear())
afterAll(async () => { await server[Symbol.asyncDispose]() })

const URL_OF = `d1:${ACCOUNT}/${DATABASE}`
const withToken = (): Record<string, string> => ({ CLOUDFLARE_API_TOKEN: TOKEN, CLOUDFLARE_API_BASE_URL: server.base })
const at = (cwd: string, ...argv: readonly string[]): Promise<string> => cli.ok(argv, { cwd, env: withToken() })

function filesWith(folder: string, text: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(text)).map(({ name }) => name)
}

async function aPushedTrail(): Promise<void> {
  await cli.ok(['init', '--quiet'])
  writeFileSync(join(cli.project, 'a.env'), 'A=1\n')
  await cli.ok(['add', 'DECISION', 'use Proton 9', '--reason', 'it is faster', '--file', 'a.env'])
  await cli.ok(['remote', 'add', 'cloud', URL_OF])
  expect(await at(cli.project, 'push')).toContain('main')
}

describe('a trail in Cloudflare D1', () => {
  it('comes back whole when the machine is lost, and takes what another machine adds', async () => {
    await aPushedTrail()
    const before = await cli.ok(['log', '--json'])
    rmSync(cli.project, { recursive: true })
    mkdirSync(cli.project)
    await at(cli.home, 'clone', '--quiet', URL_OF, 'project')
    expect(await cli.ok(['log', '--json'])).toBe(before)
    expect(readFileSync(join(cli.project, 'a.env'), 'utf8')).toBe('A=1\n')
    expect(await cli.ok(['verify', '--quiet'])).toMatch(/^ok 2 ATOMs/)
    await at(cli.home, 'clone', '--quiet', URL_OF, 'other')
    await cli.ok(['add', 'TASK', 'on another machine'], { cwd: join(cli.home, 'other') })
    await at(join(cli.home, 'other'), 'push', '--quiet')
    await at(cli.project, 'pull', '--quiet')
    expect(await cli.ok(['log', '--json', '-n', '1'])).toContain('on another machine')
    expect(await server.sql('SELECT title FROM atom_trail_remote ORDER BY atom_id')).toEqual([{ title: 'use Proton 9' }, { title: 'Start of project' }, { title: 'on another machine' }])
  })

  it('forgets there what is forgotten here', async () => {
    await aPushedTrail()
    await cli.ok(['forget', 'HEAD', '--reason', 'secret', '--yes', '--quiet'])
    await at(cli.project, 'push', '--quiet')
    expect(await server.sql("SELECT title, reason, forgotten FROM atom_trail_remote WHERE type = 'DECISION'")).toEqual([{ title: null, reason: null, forgotten: 1 }])
    expect((await server.sql('SELECT bytes FROM objects')).filter(({ bytes }) => Buffer.from(String(bytes), 'base64').includes('Proton'))).toEqual([])
    await at(cli.home, 'clone', '--quiet', URL_OF, 'other')
    expect(await cli.ok(['verify', '--quiet'], { cwd: join(cli.home, 'other') })).toMatch(/^ok 2 ATOMs/m)
  })

  it('that lies about an object, or lacks one, is not believed, and the store stays as it was', async () => {
    await aPushedTrail()
    await at(cli.home, 'clone', '--quiet', URL_OF, 'other')
    writeFileSync(join(cli.project, 'a.env'), 'A=2\n')
    await cli.ok(['add', 'CFG', 'two', '--file', 'a.env'])
    await at(cli.project, 'push', '--quiet')
    const other = { cwd: join(cli.home, 'other'), env: withToken() }
    const [content] = await server.sql("SELECT id FROM objects WHERE kind = 'raw' ORDER BY seq DESC LIMIT 1")
    await server.sql("UPDATE objects SET bytes = 'QT0zCg==' WHERE id = ?1", content?.['id'])
    const log = await cli.ok(['log', '--json', '--all'], other)
    const lied = await cli.run(['fetch'], other)
    expect([lied.exitCode, lied.stderr]).toEqual([5, expect.stringContaining(String(content?.['id']).slice(2))])
    await server.sql('DELETE FROM objects WHERE id = ?1', content?.['id'])
    expect((await cli.run(['fetch'], other)).exitCode).toBe(5)
    expect(await cli.ok(['log', '--json', '--all'], other)).toBe(log)
  })

  it('has a token that stands in no output and no file, whatever goes wrong', async () => {
    await aPushedTrail()
    const results: RunResult[] = []
    const run = async (env: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<number> => {
      const result = await cli.run(argv, { env: { ...withToken(), ...env } })
      results.push(result)
      return result.exitCode
    }
    const echo = { status: 403, body: JSON.stringify({ success: false, errors: [{ code: 10_000, message: `Bearer ${TOKEN} may not` }] }) }
    for (const flags of [[], ['--json'], ['--verbose']]) {
      server.fault = () => echo
      expect(await run({}, 'push', ...flags)).toBe(7)
      server.fault = () => undefined
      expect(await run({}, 'push', ...flags)).toBe(0)
      expect(await run({ CLOUDFLARE_API_TOKEN: `${TOKEN}\u0007` }, 'push', ...flags)).toBe(7)
      expect(await run({ CLOUDFLARE_API_BASE_URL: 'http://example.org' }, 'fetch', ...flags)).toBe(8)
    }
    expect(await run({}, 'remote', 'show', 'cloud', '--json')).toBe(0)
    for (const { stdout, stderr } of results) expect(stdout + stderr).not.toContain(TOKEN)
    expect(filesWith(cli.home, TOKEN)).toEqual([])
    for (const table of ['objects', 'refs', 'atom_settings', 'atom_trail_remote']) expect(JSON.stringify(await server.sql(`SELECT * FROM ${table}`))).not.toContain(TOKEN)
  })

  it('says what to do without a token, and takes one from the user\'s own settings', async () => {
    await aPushedTrail()
    const base = { CLOUDFLARE_API_BASE_URL: server.base }
    const without = await cli.run(['fetch'], { env: base })
    expect(without.exitCode).toBe(7)
    expect(without.stderr).toContain('ATOM_D1_TOKEN')
    writeFileSync(join(cli.project, '.atom', 'config.toml'), `${readFileSync(join(cli.project, '.atom', 'config.toml'), 'utf8')}\n[d1]\ntoken = "${TOKEN}"\n`)
    expect((await cli.run(['fetch'], { env: base })).exitCode).toBe(7)
    await cli.ok(['config', '--user', 'd1.token', TOKEN])
    expect((await cli.run(['fetch'], { env: base })).exitCode).toBe(0)
  })
})
