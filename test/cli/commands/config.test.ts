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
