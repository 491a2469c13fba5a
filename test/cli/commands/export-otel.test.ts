import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('atom export otel writes a file, and never over one that is there', async () => {
  const written = (): string => readFileSync(join(cli.project, 't.json'), 'utf8')
  await cli.ok(['init'])
  await cli.ok(['add', 'CFG', 'Größe', '--agent', 'qwen'])
  const { stdout, stderr, exitCode } = await cli.run(['export', 'otel', 't.json'])
  expect([stdout, stderr, exitCode]).toEqual(['', '2 spans in t.json\n', 0])
  expect(JSON.parse(written())).toHaveProperty(['resourceSpans', 0, 'scopeSpans', 0, 'spans', 1, 'name'], 'invoke_agent qwen')
  const before = written()
  const again = await cli.run(['export', 'otel', 't.json'])
  expect([again.exitCode, again.stderr, written()]).toEqual([4, 'error: there is a file already: t.json\nhint: --force replaces it\n', before])
  expect(JSON.parse(await cli.ok(['export', 'otel', '--force', 't.json', 'HEAD~1..HEAD', '--json']))).toEqual({ file: 't.json', atoms: 1, lines: 1 })
  const lost = await cli.run(['export', 'otel', 'other.json', 'nothing'])
  expect([lost.exitCode, existsSync(join(cli.project, 'other.json'))]).toEqual([3, false])
  const nameless = await cli.run(['export', 'otel', ''])
  expect([nameless.exitCode, nameless.stderr]).toEqual([2, expect.stringContaining('there is no file to write to') as string])
})
