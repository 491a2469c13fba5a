import { expect, it } from 'vitest'
import { statsCommand } from '../../src/cli/commands/stats.js'
import { answersOf, runInProcess } from '../helpers/cli.js'
import { aRepo } from '../helpers/memory-repo.js'

async function shown(...words: readonly string[]): Promise<string> {
  const repo = await aRepo()
  for (let count = 0; count < 12; count++) await repo.add({ type: `T${'ABCDEFGHIJKL'[count] ?? ''}`, title: 'x', agent: count < 3 ? 'qwen' : 'ann', tokens: { input: 10, costUsd: 0.1 } })
  return (await runInProcess(statsCommand, words, { runOperation: answersOf(repo) })).stdout
}

it('counts, the most first, and cuts long tables unless asked for all', async () => {
  const text = await shown()
  expect(text).toContain('13 ATOMs (0 merges, 0 tainted, 0 forgotten), 1 branch, 0 tags\n')
  expect(text).toContain('tokens 120 (120 in, 0 out, 0 from the cache, 0 to it), $1.2\n')
  expect(text).toContain('by agent\n  9 ann\n  3 qwen\n  1 tester\n')
  expect(text).toContain('by type\n  1 INIT\n')
  expect(text).toContain('  … and 3 more (-v shows them)\n')
  expect(await shown('-v')).not.toContain('more (-v')
})

it('has its JSON; nothing is null where there is nothing', async () => {
  expect(JSON.parse(await shown('--json'))).toMatchObject({ atoms: 13, agents: { ann: 9, qwen: 3 }, tokens: { input: 120, by_agent: { ann: 90, qwen: 30 } }, first: { atom_id: 'ATOM-INIT-20241127-001' } })
  expect(JSON.parse(await shown('--json', 'HEAD..HEAD'))).toMatchObject({ atoms: 0, first: null, last: null })
})
