import { describe, expect, it } from 'vitest'
import { digestOf, type ObjectId } from '../../../src/codec/object-id.js'
import { openMemoryRemote, type MemoryRemoteState } from '../../../src/exchange/memory-remote.js'
import type { RefUpdate } from '../../../src/exchange/remote.js'
import { takePush } from '../../../src/exchange/sync/incoming.js'
import { forget } from '../../../src/ops/keep/forget.js'
import { undo } from '../../../src/ops/undo/undo.js'
import { readLogState } from '../../../src/refs/log-state.js'
import { pointAt, resolveRef } from '../../../src/refs/ref.js'
import { readObject } from '../../../src/store/objects.js'
import { createMemoryStore } from '../../../src/store/memory-store.js'
import { anExchange, contentsOf, problemsOf, refsOf } from '../../helpers/exchange.js'
import { LIES } from '../../helpers/lies.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { anId } from '../../helpers/objects.js'
import { aHistory } from '../../helpers/small-history.js'

const MAIN = 'refs/heads/main'
const SIDE = 'refs/heads/side'
const tip = (repo: MemoryRepo, ref = MAIN): ObjectId | undefined => resolveRef(repo.store, ref)

/** Pushes what a remote's state holds; returns what became of each ref. */
async function take(to: MemoryRepo, state: MemoryRemoteState, updates: readonly RefUpdate[]): Promise<readonly (string | undefined)[]> {
  const outcomes = await takePush(to, { source: openMemoryRemote(state, 'what was pushed'), openScratch: async () => createMemoryStore(), updates })
  expect(outcomes.map(({ ref }) => ref)).toEqual(updates.map(({ ref }) => ref))
  return outcomes.map(({ refused }) => refused?.code)
}

const newRefs = ({ refs }: MemoryRemoteState): RefUpdate[] => [...refs].map(([ref, next]) => ({ ref, expected: undefined, next }))

async function pushed(): Promise<{ readonly from: MemoryRepo; readonly state: MemoryRemoteState }> {
  const from = await aHistory()
  const { state, push } = anExchange()
  await push(from, { all: true })
  return { from, state }
}

describe('what is pushed into a store', () => {
  it('is taken with the log and what it names, in operations that can be undone', async () => {
    const { from, state } = await pushed()
    const to = await aRepo({ seed: 'other', init: 'none' })
    expect(await take(to, state, newRefs(state))).toEqual([undefined, undefined, undefined])
    expect([tip(to), tip(to, SIDE)]).toEqual([tip(from), tip(from, SIDE)])
    expect(readObject(to.objects, readLogState(to.store).tip as ObjectId, 'op')).toMatchObject({ command: 'serve push', agent: 'tester', changes: [{ ref: expect.stringContaining('refs/atom/ops/') as string }, { ref: MAIN }, { ref: SIDE }] })
    expect(await problemsOf(to)).toEqual(['ref-missing: there is no HEAD'])
    const before = readLogState(to.store).tip as ObjectId
    await to.writer.transact({ agent: 'tester', command: 'init' }, (tx) => { tx.edit({ ref: 'HEAD', expected: undefined, next: { is: 'symbolic', ref: 'refs/heads/other' } }) })
    await undo.run(to, undo.check({ operation: digestOf(before) }))
    expect([tip(to), tip(to, SIDE)]).toEqual([undefined, undefined])
  })

  it('moves a ref only from where the pusher saw it; each apart from the others, of which a wrong one takes none along', async () => {
    const { from, state } = await pushed()
    const to = await aRepo({ seed: 'other', init: 'none' })
    await take(to, state, [{ ref: MAIN, expected: undefined, next: from.index.node(1).id }])
    expect(await take(to, state, [
      { ref: MAIN, expected: undefined, next: tip(from) }, { ref: SIDE, expected: undefined, next: tip(from, SIDE) }, { ref: 'refs/heads/evil', expected: undefined, next: anId('nothing') },
      { ref: `${SIDE}/below`, expected: undefined, next: tip(from, SIDE) }, { ref: MAIN, expected: from.index.node(1).id, next: tip(from) }, { ref: 'refs/notes/x', expected: undefined, next: tip(from) },
    ])).toEqual(['REF_MOVED', undefined, 'LINK_MISSING', 'REMOTE_REFUSED', undefined, 'REMOTE_REFUSED'])
    expect([tip(to), tip(to, SIDE), tip(to, 'refs/heads/evil')]).toEqual([tip(from), tip(from, SIDE), undefined])
    expect(await take(to, state, [{ ref: SIDE, expected: tip(from, SIDE), next: undefined }])).toEqual([undefined])
    expect(tip(to, SIDE)).toBeUndefined()
  })

  it('moves the branch that is checked out only where its files stay', async () => {
    const { from: to } = await pushed()
    const from = await aRepo({ seed: 'other', init: 'none' })
    const { state, push, fetch } = anExchange()
    await push(to, { all: true })
    await fetch(from)
    await from.writer.transact({ agent: 'tester', command: 'clone' }, (tx) => {
      tx.edit({ ref: 'HEAD', expected: undefined, next: { is: 'symbolic', ref: MAIN } })
      tx.edit({ ref: MAIN, expected: undefined, next: pointAt(tip(to) as ObjectId) })
    })
    const old = tip(to)
    from.clock.advance(3_600_000)
    await from.add({ type: 'DECISION', title: 'files stay' })
    await push(from)
    expect(await take(to, state, [{ ref: MAIN, expected: old, next: tip(from) }])).toEqual([undefined])
    const decided = tip(from)
    from.worktree.put('a.env', 'A=changed\n')
    await from.add({ title: 'a file changes', files: ['a.env'] })
    await push(from)
    expect(await take(to, state, [{ ref: MAIN, expected: decided, next: tip(from) }, { ref: 'refs/heads/theirs', expected: undefined, next: tip(from) }])).toEqual(['REMOTE_REFUSED', undefined])
    expect(await take(to, state, [{ ref: MAIN, expected: decided, next: undefined }])).toEqual(['REMOTE_REFUSED'])
    expect([tip(to), tip(to, 'refs/heads/theirs')]).toEqual([decided, tip(from)])
    expect(await problemsOf(to)).toEqual([])
  })

  it('takes no log of its own, and lets nobody take receipts or logs away', async () => {
    const { from, state } = await pushed()
    const before = await contentsOf(from)
    const [log] = [...state.refs].find(([ref]) => ref.startsWith('refs/atom/ops/')) as [string, ObjectId]
    expect(await take(from, state, [{ ref: log, expected: undefined, next: readLogState(from.store).tip }, { ref: `refs/atom/ops/${'0'.repeat(32)}`, expected: undefined, next: undefined }, { ref: `refs/atom/forgotten/${'0'.repeat(64)}`, expected: undefined, next: undefined }]))
      .toEqual(['REMOTE_REFUSED', 'REMOTE_REFUSED', 'REMOTE_REFUSED'])
    expect(await contentsOf(from)).toBe(before)
  })

  it('is told by a receipt why something is absent; for what is here it is an offer', async () => {
    const { from, state } = await pushed()
    const has = await aRepo({ seed: 'has', init: 'none' })
    await take(has, state, newRefs(state))
    const body = readObject(from.objects, from.index.node(2).id, 'atom').body
    await forget.run(from, forget.check({ target: digestOf(from.index.node(2).id), reason: 'privacy', dryRun: false }))
    const after = anExchange()
    await after.push(from, { all: true })
    const receipts = newRefs(after.state).filter(({ ref }) => ref.startsWith('refs/atom/forgotten/'))
    expect(receipts).toHaveLength(1)
    expect(await take(has, after.state, receipts)).toEqual([undefined])
    expect(Object.keys(await refsOf(has)).filter((ref) => /forgotten|offered/.test(ref))).toEqual([`refs/atom/offered/${digestOf(body)}`])
    expect(has.objects.getObject(body)).toBeDefined()
    const lacks = await aRepo({ seed: 'lacks', init: 'none' })
    expect(new Set(await take(lacks, after.state, newRefs(after.state)))).toEqual(new Set([undefined]))
    expect(Object.keys(await refsOf(lacks)).filter((ref) => /forgotten|offered/.test(ref))).toEqual([`refs/atom/forgotten/${digestOf(body)}`])
    expect(await problemsOf(lacks)).toEqual(['ref-missing: there is no HEAD'])
  })

  it.each(LIES)('tells of %s: %s, and what rests on it leaves the store as it was', async (_what, code, tell) => {
    const { from, state } = await pushed()
    tell(state, from)
    const updates = newRefs(state)
    const codes = await take(await aRepo({ seed: 'first', init: 'none' }), state, updates)
    expect(codes).toContain(code)
    const to = await aRepo({ seed: 'other' })
    const before = await contentsOf(to)
    expect(new Set(await take(to, state, updates.filter((_, at) => codes[at] !== undefined)))).not.toContain(undefined)
    expect(await contentsOf(to)).toBe(before)
  })
})
