import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('atom export kenl writes a log that atom import kenl knows again, and never over a file that is there', async () => {
  await cli.ok(['init'])
  await cli.ok(['add', 'DUAL-BOOT', 'Shrink | the disk', '--reason', 'two systems', '--agent', 'qwen'])
  const { stdout, stderr, exitCode } = await cli.run(['export', 'kenl', 'trail.log'])
  expect([stdout, stderr, exitCode]).toEqual(['', '2 ATOMs in trail.log; 1 of them with a tag that is not their id, which stands below it\n', 0])
  expect(readFileSync(join(cli.project, 'trail.log'), 'utf8')).toContain('ATOM-DUALBOOT-20260102-002 | Shrink | the disk\\ntwo systems\n  Context: qwen@atom-trail:ATOM-DUAL-BOOT-20260102-002 ')
  const again = await cli.run(['export', 'kenl', 'trail.log', '--format', 'F4'])
  expect([again.exitCode, again.stderr]).toEqual([4, 'error: there is a file already: trail.log\nhint: --force replaces it\n'])
  expect(JSON.parse(await cli.ok(['export', 'kenl', '--force', '--format', 'F4', 'trail.log', 'HEAD~1..HEAD', '--json']))).toEqual({ file: 'trail.log', format: 'F4', atoms: 1, bent_tags: 0 })
  expect(await cli.ok(['import', 'kenl', 'trail.log'])).toBe('took in 0 of 1 record; 1 was here before\n')
  const wrong = await cli.run(['export', 'kenl', '--format', 'F9', 'other.log'])
  expect([wrong.exitCode, existsSync(join(cli.project, 'other.log'))]).toEqual([2, false])
  const nameless = await cli.run(['export', 'kenl', ''])
  expect([nameless.exitCode, nameless.stderr]).toEqual([2, expect.stringContaining('there is no file to write to') as string])
})
