import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('sets, shows and removes, in the words of git too', async () => {
  await cli.ok(['init', '--quiet'])
  await cli.ok(['config', '--global', 'agent', 'qwen'])
  expect(readFileSync(join(cli.home, '.config/atom/config.toml'), 'utf8')).toBe('agent = "qwen"\n')
  await cli.ok(['config', 'agent', 'codex'])
  expect(await cli.ok(['config', '--get', 'agent'])).toBe('codex\n')
  expect(JSON.parse(await cli.ok(['config', 'agent', '--json']))).toEqual({ key: 'agent', value: 'codex', origin: 'store', source: join(cli.project, '.atom/config.toml') })
  await cli.ok(['config', '--unset', 'agent'])
  expect(await cli.ok(['config', 'agent'])).toBe('qwen\n')
  await cli.ok(['config', '--unset', '--user', 'agent'])
  expect((await cli.run(['config', 'agent'])).exitCode).toBe(8)
})

it('keeps a secret in the own file only, and never shows it', async () => {
  await cli.ok(['init', '--quiet'])
  const refused = await cli.run(['config', 'd1.token', 'hunter2'])
  expect([refused.exitCode, refused.stdout]).toEqual([2, ''])
  expect(refused.stderr).toContain('own file')
  await cli.ok(['config', '--user', 'd1.token', 'hunter2'])
  for (const argv of [['config'], ['config', '--json'], ['config', 'd1.token'], ['config', 'd1.token', '--json']]) {
    const { stdout, stderr } = await cli.run(argv)
    expect(stdout).toContain('(hidden)')
    expect(stdout + stderr).not.toContain('hunter2')
  }
})

it('takes a secret from stdin, for an endpoint too', async () => {
  await cli.ok(['init', '--quiet'])
  const key = 'http.https://trail.example.org.token'
  expect((await cli.run(['config', key, 'hunter2'])).exitCode).toBe(2)
  expect((await cli.run(['config', '--user', key, '-'], { stdin: '\n' })).exitCode).toBe(2)
  await cli.ok(['config', '--user', key, '-'], { stdin: 'hunter2\n' })
  expect(readFileSync(join(cli.home, '.config/atom/config.toml'), 'utf8')).toBe('[http."https://trail.example.org"]\ntoken = "hunter2"\n')
  expect(await cli.ok(['config', key])).toBe('(hidden)\n')
  expect(await cli.ok(['config'])).toMatch(/^http\.https:\/\/trail\.example\.org\.token = \(hidden\)/)
  await cli.ok(['config', '--user', '--unset', key])
  expect(readFileSync(join(cli.home, '.config/atom/config.toml'), 'utf8')).toBe('')
  expect((await cli.run(['config', 'http.trail.example.org.token'])).stderr).toContain('http.URL.token')
})
