import { describe, expect, it } from 'vitest'
import { aRepo, type MemoryRepo } from '../helpers/memory-repo.js'
import { walk } from '../../src/history/graph/walk.js'
import { readLogState } from '../../src/refs/log-state.js'
import { indexedChanges, readPathHistory } from '../../src/history/path-history.js'

/** Forks and merges at random, with changes of two files. */
async function aTangle(): Promise<MemoryRepo> {
  const repo = await aRepo()
  let state = 7
  const random = (below: number): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) % below
  for (let count = 0; count < 120; count++) {
    repo.clock.advance(1_000)
    const branch = `b${String(random(3))}`
    const path = ['a', 'dir/b', 'other'][random(3)] ?? 'a'
    const other = random(readLogState(repo.store).atoms)
    repo.worktree.put(path, `${String(random(4))}\n`)
    const captured = await repo.worktree.capture(`project/${path}`, () => Promise.resolve())
    if (captured === undefined) throw new TypeError('the file is there')
    const isMerge = random(4) === 0
    const tip = repo.index.node(other).id
    try {
      await repo.draft({ files: new Map([[captured.path, captured.entry]]), objects: captured.objects, ...(isMerge && { otherParents: [tip] }) }, { ref: `refs/heads/${branch}` })
    } catch {
      // The other side of this merge is the tip itself: not this time.
    }
  }
  return repo
}

describe('the history of paths', () => {
  it('is the same by the index, with jumps, as by comparing every tree', async () => {
    const repo = await aTangle()
    for (const path of ['project/a', 'project/dir', 'project/none']) {
      const fast = await readPathHistory(repo, [path])
      const slow = await readPathHistory({ ...repo, store: { ...repo.store, scan: manyRecords } }, [path])
      for (let tip = 0; tip < readLogState(repo.store).atoms; tip += 9) {
        const seen = (history: typeof fast): number[] => [...walk(history.graph, [tip])].filter((seq) => history.touches(seq))
        expect(seen(fast)).toEqual(seen(slow))
        const hidden = (history: typeof fast): number[] => [...walk(history.graph, [tip], { hide: [tip >> 1] })].filter((seq) => history.touches(seq))
        expect(hidden(fast)).toEqual(hidden(slow))
      }
    }
  })

  it('gives up the index above its limit', async () => {
    const repo = await aTangle()
    expect(await indexedChanges(repo.store, ['project/a'], 1)).toBeUndefined()
    expect((await indexedChanges(repo.store, ['project/a']))?.length).toBeGreaterThan(3)
  })
})

/** More than any limit. */
async function* manyRecords(): AsyncGenerator<readonly (readonly [Uint8Array, Uint8Array])[]> {
  await Promise.resolve()
  yield Array.from({ length: 20_001 }, () => [new Uint8Array(8), new Uint8Array(0)] as const)
}
