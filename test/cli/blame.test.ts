import { expect, it } from 'vitest'
import { blameCommand } from '../../src/cli/commands/blame.js'
import { record } from '../helpers/branches.js'
import { answersOf, runInProcess } from '../helpers/cli.js'
import { codeOfAsync } from '../helpers/code-of-async.js'
import { aRepo, type MemoryRepo } from '../helpers/memory-repo.js'

async function aFile(): Promise<MemoryRepo> {
  const repo = await aRepo()
  await record(repo, { f: 'one\n\u001b[31mtwo\n' })
  await record(repo, { f: 'ONE\n\u001b[31mtwo\n' })
  return repo
}
const shown = async (words: readonly string[]): Promise<string> => (await runInProcess(blameCommand, words, { runOperation: answersOf(await aFile()) })).stdout

it('shows who wrote each line, with nothing that a terminal would obey', async () => {
  expect(await shown(['f'])).toMatch(/^[0-9a-f]{7,} ATOM-CFG-20241127-003 \(tester 2024-11-27 10:00:02 1\) ONE\n[0-9a-f]{7,} ATOM-CFG-20241127-002 \(tester 2024-11-27 10:00:01 2\) \\e\[31mtwo\n$/)
  expect(await shown(['f', '-l', '-L', '2'])).toMatch(/^[0-9a-f]{64} ATOM-CFG-20241127-002 .*two\n$/)
  expect((await shown(['f', 'HEAD~1'])).split('\n')[0]).toContain('one')
})

it('has its JSON, with the text as it is', async () => {
  const lines = (await shown(['f', '--json'])).trim().split('\n').map((line) => JSON.parse(line) as unknown)
  expect(lines[1]).toEqual({ line: 2, text: '\u001b[31mtwo', atom_id: 'ATOM-CFG-20241127-002', object: expect.stringMatching(/^[0-9a-f]{64}$/) as string, agent: 'tester', timestamp: '2024-11-27T10:00:01.000Z' })
})

it('refuses lines that are none', async () => {
  expect(await codeOfAsync(() => shown(['f', '-L', '9,12']))).toBe('USAGE')
})
