import { describe, expect, it } from 'vitest'
import { digestOf } from '../../src/codec/object-id.js'
import { withTaint } from '../../src/ops/with-taint.js'
import { overview } from '../../src/ops/look/overview.js'
import { readRecord } from '../../src/trail/record.js'
import { aRepo } from '../helpers/memory-repo.js'

describe('the taint of one ATOM', () => {
  it('is what lists say of it, and costs nothing for one that builds on nothing', async () => {
    const repo = await aRepo()
    const basis = await repo.add({ title: 'basis' })
    const built = await repo.add({ title: 'built', influencedBy: [digestOf(basis.atom.id)] })
    await repo.add({ operation: 'refute', title: 'wrong', influencedBy: [digestOf(basis.atom.id)] })
    const taintOf = async (seq: number): Promise<boolean> => (await withTaint(repo, readRecord(repo, seq))).isTainted
    expect([await taintOf(basis.atom.seq), await taintOf(built.atom.seq)]).toEqual([false, true])
    expect(await overview.run(repo, {})).toMatchObject({ recent: [{ isTainted: false }, { isTainted: true }, { isTainted: false }] })
    const blind = { ...repo, store: { ...repo.store, scan: () => { throw new Error('looked') } } }
    expect((await withTaint(blind, readRecord(repo, basis.atom.seq))).isTainted).toBe(false)
  })
})
