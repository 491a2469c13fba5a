import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('atom export prov writes a file, and never over one that is there', async () => {
  const written = (): string => readFileSync(join(cli.project, 't.json'), 'utf8')
  await cli.ok(['init'])
  await cli.ok(['add', 'CFG', 'Größe', '--agent', 'qwen'])
  const { stdout, stderr, exitCode } = await cli.run(['export', 'prov', 't.json'])
  expect([stdout, stderr, exitCode]).toEqual(['', '2 ATOMs in t.json\n', 0])
  expect(Object.keys(JSON.parse(written()) as object)).toContain('wasAssociatedWith')
  const before = written()
  const again = await cli.run(['export', 'prov', 't.json'])
  expect([again.exitCode, again.stderr, written()]).toEqual([4, 'error: there is a file already: t.json\nhint: --force replaces it\n', before])
  expect(JSON.parse(await cli.ok(['export', 'prov', '--force', 't.json', 'HEAD~1..HEAD', '--json']))).toEqual({ file: 't.json', atoms: 1, outside: 1 })
  const lost = await cli.run(['export', 'prov', 'other.json', 'nothing'])
  expect([lost.exitCode, existsSync(join(cli.project, 'other.json'))]).toEqual([3, false])
  const nameless = await cli.run(['export', 'prov', ''])
  expect([nameless.exitCode, nameless.stderr]).toEqual([2, expect.stringContaining('there is no file to write to') as string])
})
