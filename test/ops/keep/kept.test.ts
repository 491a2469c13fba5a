import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { digestOf } from '../../../src/codec/object-id.js'
import { bisectStart } from '../../../src/ops/search/bisect.js'
import { keptRoots } from '../../../src/ops/keep/kept.js'
import { getMergeState, mergeStateRoots } from '../../../src/ops/fork/merge-state.js'
import { readLogState } from '../../../src/refs/log-state.js'
import { META } from '../../../src/store/objects.js'
import { mergeInto, run, tip, twoSides } from '../../helpers/branches.js'
import { aRepo } from '../../helpers/memory-repo.js'
import { aHistory } from '../../helpers/small-history.js'

describe('what a store must keep', () => {
  it('is every ref, the end of the log, and the tree that was laid out', async () => {
    const repo = await aHistory()
    const roots = await keptRoots(repo.store)
    const layout = repo.store.getRecord(META.layout)
    expect(roots).toEqual(expect.arrayContaining([tip(repo, 'main'), tip(repo, 'side'), readLogState(repo.store).tip]))
    expect(layout).toBeDefined()
    expect(roots.some((id) => Buffer.from(layout ?? []).includes(Buffer.from(digestOf(id), 'hex')))).toBe(true)
  })

  it('is all that a merge under way needs', async () => {
    const repo = await aRepo()
    await twoSides(repo, { base: { f: '1' }, ours: { f: '2' }, theirs: { f: '3' } })
    await mergeInto(repo, 'side')
    const state = getMergeState(repo.store)
    if (state === undefined) throw new Error('the merge does not wait')
    expect(await keptRoots(repo.store)).toEqual(expect.arrayContaining([...mergeStateRoots(state)]))
  })

  it('is what a search was told', async () => {
    const repo = await aHistory()
    await run(repo, bisectStart, { bad: 'HEAD', good: ['HEAD~3'] })
    expect(await keptRoots(repo.store)).toContain(repo.index.node(1).id)
  })

  it('stands although a record of work under way cannot be read', async () => {
    const repo = await aHistory()
    await repo.store.write({ puts: [[META.merge, utf8('not cbor')]], deletes: [] }, 'sync')
    expect(await keptRoots(repo.store)).toContain(tip(repo, 'main'))
  })
})
