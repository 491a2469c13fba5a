import { expect, it } from 'vitest'
import { tally } from '../../../src/exchange/recover/tally.js'
import { aRepo } from '../../helpers/memory-repo.js'

it('counts ATOMs by what they are for, and runs of SAGE once', async () => {
  const repo = await aRepo()
  repo.worktree.put('a.env', 'A=1\n')
  await repo.add({ type: 'CFG', title: 'file', files: ['a.env'] })
  await repo.add({ type: 'TASK', title: 'with the verb alone', operation: 'delete_file' })
  await repo.add({ type: 'DECISION', title: 'one', project: 'other' })
  await repo.add({ type: 'RESEARCH', title: 'one' })
  for (const run of ['a', 'a', 'b', 7]) await repo.add({ type: 'SAGE', title: 'step', metadata: { sage_run: run } })
  await repo.add({ type: 'TEST', title: 'none', metadata: { sage_run: null } })
  const { projects, ...counts } = await tally(repo)
  expect(counts).toEqual({ atoms: 10, decisions: 1, research: 1, fileOperations: 2, sageRuns: 3 })
  expect([projects.includes('other'), projects]).toEqual([true, [...projects].sort()])
})
