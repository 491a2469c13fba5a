import { describe, expect, it } from 'vitest'
import { aRepo } from '../helpers/memory-repo.js'
import { NO_TAINT, readTaint } from '../../src/trail/taint.js'

describe('taint', () => {
  it('costs nothing where nothing was taken back: not even the refs are read', async () => {
    const repo = await aRepo()
    expect(await readTaint(repo, () => Promise.reject(new TypeError('nobody asks for the tips')))).toBe(NO_TAINT)
  })

  it('does not spread through the revert itself, and stops at nothing else', async () => {
    const repo = await aRepo()
    const first = (await repo.add({ title: 'one' })).atom
    const user = (await repo.add({ title: 'user', influencedBy: [first.id.slice(2)] })).atom
    const revert = (await repo.add({ type: 'REVERT', title: 'back', influencedBy: [first.id.slice(2)] })).atom
    const after = (await repo.add({ title: 'after', influencedBy: [revert.id.slice(2)] })).atom
    const taint = await readTaint(repo, () => Promise.resolve([after.seq]))
    expect([first, user, revert, after].map(({ seq }) => taint.isTainted(seq))).toEqual([false, true, false, false])
    expect(taint.takenBackBy(first.id.slice(2) as never)).toEqual([revert.seq])
  })
})
