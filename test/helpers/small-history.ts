import { pointAt } from '../../src/refs/ref.js'
import { aRepo, type MemoryRepo } from './memory-repo.js'

/**
 * 0 INIT ─ 1 ─ 2 ─ 3 ── 5   main     (5 merges 4)
 *               └─ 4 ──┘    side
 */
export async function aHistory(): Promise<MemoryRepo> {
  const repo = await aRepo()
  repo.worktree.put('a.env', 'A=1\n')
  repo.worktree.put('dir/b', 'b')
  repo.worktree.put('~/h', 'home')
  for (const [title, files] of [['one', ['a.env', 'dir', '~/h']], ['two needle', []]] as const) {
    repo.clock.advance(60_000)
    await repo.add({ title, files })
  }
  await repo.writer.transact({ agent: 'tester', command: 'test' }, (tx) => { tx.edit({ ref: 'refs/heads/side', expected: undefined, next: pointAt(repo.index.node(2).id) }) })
  repo.clock.advance(60_000)
  await repo.add({ title: 'three', reason: 'the needle in a reason' })
  repo.clock.advance(60_000)
  await repo.add({ title: 'four', branch: 'side' })
  repo.clock.advance(60_000)
  await repo.draft({ type: 'MERGE', body: { title: 'five' }, otherParents: [repo.index.node(4).id] })
  return repo
}
