import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { digestOf, type ObjectId } from '../../src/codec/object-id.js'
import { encodeAtom } from '../../src/object/atom.js'
import { encodeBody } from '../../src/object/body.js'
import { seal, type SealedObject } from '../../src/object/seal.js'
import { FORGOTTEN } from '../../src/refs/name.js'
import { opPrune } from '../../src/ops/keep/op-prune.js'
import { verify } from '../../src/ops/prove/verify.js'
import { findRequest, operations } from '../../src/refs/operation-log.js'
import { readLogState } from '../../src/refs/log-state.js'
import { getRef, listRefs, pointAt } from '../../src/refs/ref.js'
import { isForgotten, type OpStamp, type Transaction } from '../../src/refs/transaction.js'
import { utf8 } from '../../src/base/bytes.js'
import { metaKey, refKey } from '../../src/store/keys.js'
import { META } from '../../src/store/objects.js'
import type { Store, StoreRecord } from '../../src/store/types.js'
import { EMPTY_TREE } from '../../src/tree/read.js'
import { faultyStore } from '../helpers/faulty-store.js'
import { aRepo, START_MS, type MemoryRepo } from '../helpers/memory-repo.js'
import { anAtomHeader, anId } from '../helpers/objects.js'

const STAMP: OpStamp = { agent: 'tester', command: 'test' }
const MAIN = 'refs/heads/main'

async function recordsOf(store: Store): Promise<StoreRecord[]> {
  const records: StoreRecord[] = []
  for await (const list of store.scan({ gte: Uint8Array.of(0), lt: Uint8Array.of(255) })) records.push(...list)
  return records
}

const rejects = (promise: Promise<unknown>, code: string): Promise<void> => expect(promise).rejects.toMatchObject({ code })

/** Stages an ATOM after the tip of a branch, as recording does, and moves the branch. */
function stage(tx: Transaction, title: string, ref = MAIN): number {
  const tip = getRef(tx, ref)
  const body = seal(encodeBody({ title }))
  tx.put(body)
  const header = anAtomHeader({ atomId: tx.nextAtomId('DECISION', tx.nowMs), parents: tip?.is === 'object' ? [`71${tip.digest}` as ObjectId] : [], tree: EMPTY_TREE.id, body: body.id })
  const object = seal(encodeAtom(header))
  const seq = tx.putAtom(object, { header, changes: [] })
  tx.edit({ ref, expected: 'any', next: pointAt(object.id) })
  return seq
}

describe('a transaction', () => {
  it('commits objects, refs, indexes and its op in one synced batch', async () => {
    const store = faultyStore()
    const repo = await aRepo({ store })
    const before = store.writes.length
    repo.clock.advance(5_000)
    const { value: seq, op } = await repo.writer.transact({ ...STAMP, request: 'ab'.repeat(16) }, (tx) => stage(tx, 'one'))
    expect(store.writes).toHaveLength(before + 1)
    const [logged] = operations(repo.store)
    expect(logged).toMatchObject({ id: op, op: { seq: 2, timeMs: START_MS + 5_000, agent: 'tester', command: 'test', request: 'ab'.repeat(16) } })
    expect(logged?.op.changes).toEqual([{ ref: MAIN, before: pointAt(repo.index.node(0).id), after: pointAt(repo.index.node(seq).id) }])
    expect(readLogState(repo.store)).toEqual({ atoms: 2, ops: 2, tip: op })
    expect(repo.index.node(seq).atomId).toBe('ATOM-DECISION-20241127-002')
  })

  it('sees what it staged, and is gone without a trace when its work throws', async () => {
    const repo = await aRepo()
    const before = await recordsOf(repo.store)
    await expect(repo.writer.transact(STAMP, (tx) => {
      const seq = stage(tx, 'never')
      tx.putRecord(metaKey('note'), utf8('x'))
      tx.deleteRecord(META.project)
      expect(tx.index.node(seq).atomId).toBe('ATOM-DECISION-20241127-002')
      expect(tx.getRecord(META.project)).toBeUndefined()
      throw new RangeError('stop')
    })).rejects.toThrow('stop')
    expect(await recordsOf(repo.store)).toEqual(before)
    expect((await repo.writer.transact(STAMP, (tx) => tx.nextAtomId('CFG', tx.nowMs))).value).toBe('ATOM-CFG-20241127-002')
  })

  it('without a move of a ref makes no op', async () => {
    const repo = await aRepo()
    const tip = getRef(repo.store, MAIN)
    const same = await repo.writer.transact(STAMP, (tx) => {
      tx.edit({ ref: MAIN, expected: tip, next: tip })
      tx.edit({ ref: 'refs/heads/new', expected: undefined, next: tip })
      tx.edit({ ref: 'refs/heads/new', expected: tip, next: undefined })
      tx.putRecord(metaKey('note'), utf8('kept'))
    })
    expect(same.op).toBeUndefined()
    expect([...operations(repo.store)]).toHaveLength(1)
    expect(repo.store.getRecord(metaKey('note'))).toEqual(utf8('kept'))
    expect(await listRefs(repo.store, 'refs/heads/')).toHaveLength(1)
  })

  it('writes one change for several moves of one ref, refs in the order of their bytes', async () => {
    const repo = await aRepo()
    const tip = pointAt(repo.index.node(0).id)
    await repo.writer.transact(STAMP, (tx) => {
      for (const ref of ['refs/tags/\u{1f600}', 'refs/tags/\uffee', 'refs/heads/b', 'refs/heads/a']) tx.edit({ ref, expected: undefined, next: tip })
      stage(tx, 'one', 'refs/heads/a')
      stage(tx, 'two', 'refs/heads/a')
    })
    const [{ op } = { op: undefined }] = operations(repo.store)
    expect(op?.changes.map(({ ref }) => ref)).toEqual(['refs/heads/a', 'refs/heads/b', 'refs/tags/\uffee', 'refs/tags/\u{1f600}'])
    expect(op?.changes[0]).toEqual({ ref: 'refs/heads/a', after: pointAt(repo.index.node(2).id) })
  })

  it('refuses a ref that is not where its caller saw it', async () => {
    const repo = await aRepo()
    const tip = pointAt(repo.index.node(0).id)
    const other = pointAt(anId('other'))
    const edit = (ref: string, expected: typeof tip | undefined): Promise<unknown> => repo.writer.transact(STAMP, (tx) => { tx.edit({ ref, expected, next: other }) })
    await expect(edit(MAIN, other)).rejects.toMatchObject({ code: 'REF_MOVED', data: { ref: MAIN, expected: digestOf(anId('other')), actual: tip.is === 'object' ? tip.digest : '' } })
    await rejects(edit(MAIN, undefined), 'REF_MOVED')
    await rejects(edit('refs/heads/none', tip), 'REF_MOVED')
    await rejects(edit('HEAD', tip), 'REF_MOVED')
    await rejects(edit('refs/heads/bad..name', undefined), 'REF_NAME_INVALID')
    await rejects(edit('main', undefined), 'REF_NAME_INVALID')
  })

  it('refuses a name that is a folder of another, or below one, whoever makes it', async () => {
    const repo = await aRepo()
    const init = repo.index.node(0).id
    const make = (...names: readonly string[]): Promise<unknown> => repo.writer.transact(STAMP, (tx) => { for (const ref of names) tx.edit({ ref, expected: undefined, next: pointAt(init) }) })
    await make('refs/heads/a/b', 'refs/tags/a', 'refs/remotes/a/main')
    for (const ref of ['refs/heads/a', 'refs/heads/a/b/c', 'refs/heads/main/x', 'refs/tags/a/b', 'refs/remotes/a/main/x', 'refs/remotes/a']) await rejects(make('refs/heads/fine', ref), 'REF_EXISTS')
    await rejects(make('refs/heads/x', 'refs/heads/x/y'), 'REF_EXISTS')
    await rejects(repo.add({ title: 'x', branch: 'a' }), 'REF_EXISTS')
    expect((await listRefs(repo.store, 'refs/heads/')).map(({ name }) => name)).toEqual(['refs/heads/a/b', MAIN])
    // One goes, the other comes.
    await repo.writer.transact(STAMP, (tx) => {
      tx.edit({ ref: 'refs/heads/a', expected: undefined, next: pointAt(init) })
      tx.edit({ ref: 'refs/heads/a/b', expected: 'any', next: undefined })
    })
    await make('refs/heads/ab', 'refs/heads/a-b')
  })

  it('refuses it among transactions at once too', async () => {
    const repo = await aRepo()
    const init = repo.index.node(0).id
    const make = (ref: string): Promise<unknown> => repo.writer.transact(STAMP, (tx) => { tx.edit({ ref, expected: undefined, next: pointAt(init) }) })
    const names = ['a', 'a/b', 'a/b/c', 'c/d', 'c']
    const made = await Promise.allSettled([...names.map((name) => make(`refs/heads/${name}`)), repo.add({ title: 'beside' })])
    const refs = (await listRefs(repo.store, 'refs/heads/')).map(({ name }) => name)
    expect(refs.filter((name) => refs.some((other) => other.startsWith(`${name}/`)))).toEqual([])
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
  })

  it('writes an op that would be too large as several, each with its part of the moves', async () => {
    const repo = await aRepo()
    const init = repo.index.node(0).id
    const names = Array.from({ length: 12_000 }, (_, at) => `refs/tags/${'release-'.repeat(5)}${String(at)}`)
    const request = 'ab'.repeat(16)
    const { op } = await repo.writer.transact({ ...STAMP, request }, (tx) => { for (const ref of names) tx.edit({ ref, expected: undefined, next: pointAt(init) }) })
    const logged = [...operations(repo.store)]
    expect(logged[0]?.id).toBe(op)
    expect(logged.map(({ op: { seq } }) => seq)).toEqual([3, 2, 1])
    expect(logged.slice(0, 2).flatMap(({ op: { changes } }) => changes)).toHaveLength(12_000)
    for (const { id } of logged) expect(repo.objects.getObject(id)?.length).toBeLessThanOrEqual(1_048_576)
    expect((await findRequest(repo.store, request))?.op.seq).toBe(2)
    // A prune repeats where all of them stand.
    await opPrune.run(repo, { keep: 1, dryRun: false })
    const pruned = [...operations(repo.store)]
    expect(pruned.map(({ op: { seq, changes } }) => [seq, changes.length === 0])).toEqual([[5, true], [4, true], [3, false]])
    expect(await verify.run(repo, { revs: [], expect: [] })).toMatchObject({ ok: true, findings: [] })
  })

  it('refuses an object that links to what is not here', async () => {
    const repo = await aRepo()
    const object = seal(encodeBody({ title: 'links' }))
    await expect(repo.writer.transact(STAMP, (tx) => { tx.put(object, [anId('gone', 'raw')]) })).rejects.toMatchObject({ code: 'LINK_MISSING', data: { from: digestOf(object.id), id: digestOf(anId('gone', 'raw')) } })
    const atom = (header: ReturnType<typeof anAtomHeader>): Promise<unknown> => repo.writer.transact(STAMP, (tx) => tx.putAtom(seal(encodeAtom(header)), { header, changes: [] }))
    await rejects(atom(anAtomHeader({ parents: [], tree: EMPTY_TREE.id })), 'LINK_MISSING')
    await rejects(atom(anAtomHeader({ tree: EMPTY_TREE.id, body: object.id })), 'LINK_MISSING')
    await repo.writer.putAhead([object, object])
    await rejects(atom(anAtomHeader({ tree: EMPTY_TREE.id, body: object.id })), 'OBJECT_NOT_FOUND')
    await atom(anAtomHeader({ parents: [], tree: EMPTY_TREE.id, body: object.id }))
  })

  it('keeps the number of an ATOM that arrives again', async () => {
    const repo = await aRepo()
    const { id } = repo.index.node(0)
    const object: SealedObject = { id, bytes: repo.objects.getObject(id) as Uint8Array }
    const header = anAtomHeader({ parents: [], tree: EMPTY_TREE.id, body: seal(encodeBody({ title: 'again' })).id })
    await repo.writer.putAhead([seal(encodeBody({ title: 'again' }))])
    const { value } = await repo.writer.transact(STAMP, (tx) => [tx.putAtom(object, { header, changes: [] }), tx.putAtom(object, { header, changes: [] })])
    expect(value).toEqual([0, 0])
    expect(readLogState(repo.store).atoms).toBe(1)
  })

  it('refuses what a receipt names: in a transaction, in the one that brings the receipt, and ahead of one', async () => {
    const repo = await aRepo()
    const secret = seal(utf8('secret'), 'raw')
    const other = seal(utf8('other'), 'raw')
    const receipt = seal(encodeBody({ title: 'stands for a receipt' }))
    await rejects(repo.writer.transact(STAMP, (tx) => {
      tx.edit({ ref: FORGOTTEN + digestOf(secret.id), expected: undefined, next: pointAt(receipt.id) })
      tx.put(secret)
    }), 'FORGOTTEN')
    await repo.writer.transact(STAMP, (tx) => {
      tx.put(receipt)
      tx.edit({ ref: FORGOTTEN + digestOf(secret.id), expected: undefined, next: pointAt(receipt.id) })
    })
    expect([isForgotten(repo.store, secret.id), isForgotten(repo.store, other.id)]).toEqual([true, false])
    await rejects(repo.writer.transact(STAMP, (tx) => { tx.put(secret) }), 'FORGOTTEN')
    await rejects(repo.writer.putAhead([other, secret]), 'FORGOTTEN')
    expect(repo.objects.getObject(other.id)).toBeUndefined()
    // A link to what was forgotten is a link to something known.
    await repo.writer.transact(STAMP, (tx) => { tx.put(seal(encodeBody({ title: 'links it' })), [secret.id]) })
  })

  it('gives atom ids per UTC day of their time over all types, three digits and then more', async () => {
    const repo = await aRepo()
    const day = Date.UTC(2025, 0, 1)
    const { value } = await repo.writer.transact(STAMP, (tx) => [
      tx.nextAtomId('CFG', day), tx.nextAtomId('TEST', day + 86_399_999), tx.nextAtomId('CFG', day + 86_400_000), tx.nextAtomId('CFG', day - 1), tx.nextAtomId('A-B', day),
    ])
    expect(value).toEqual(['ATOM-CFG-20250101-001', 'ATOM-TEST-20250101-002', 'ATOM-CFG-20250102-001', 'ATOM-CFG-20241231-001', 'ATOM-A-B-20250101-003'])
    const { value: thousand } = await repo.writer.transact(STAMP, (tx) => Array.from({ length: 1_000 }, () => tx.nextAtomId('X', 0)).slice(-2))
    expect(thousand).toEqual(['ATOM-X-19700101-999', 'ATOM-X-19700101-1000'])
    await rejects(repo.writer.transact(STAMP, (tx) => tx.nextAtomId('cfg', day)), 'OBJECT_INVALID')
  })

  it('answers a request once', async () => {
    const repo = await aRepo()
    const request = '11'.repeat(16)
    const once = (): Promise<unknown> => repo.writer.transact({ ...STAMP, request }, (tx) => stage(tx, 'once'))
    await Promise.all([once(), rejects(once(), 'REQUEST_REUSED')])
    await rejects(once(), 'REQUEST_REUSED')
    expect(readLogState(repo.store)).toMatchObject({ atoms: 2, ops: 2 })
  })

  it('says STORE_CORRUPT in a store without an id, and OBJECT_INVALID for an op that cannot be written', async () => {
    const repo = await aRepo()
    await rejects(repo.writer.transact({ agent: '', command: 'test' }, (tx) => stage(tx, 'x')), 'OBJECT_INVALID')
    await repo.store.write({ puts: [], deletes: [META.store] }, 'sync')
    await rejects(repo.writer.transact(STAMP, (tx) => stage(tx, 'x')), 'STORE_CORRUPT')
  })
})

describe('transactions at once', () => {
  const titlesOf = (repo: MemoryRepo, count: number): readonly string[] => Array.from({ length: count }, (_, seq) => repo.index.node(seq).atomId)

  it('share batches and all see each other, in order', async () => {
    const store = faultyStore()
    const repo = await aRepo({ store })
    const before = store.writes.length
    const release = store.hold()
    const running = Array.from({ length: 50 }, (_, index) => repo.writer.transact(STAMP, (tx) => stage(tx, `t${String(index)}`)))
    await new Promise((resolve) => setTimeout(resolve, 5))
    // These come while the first batch is on its way to the disk: they stand on what is not there yet.
    const later = Array.from({ length: 50 }, (_, index) => repo.writer.transact(STAMP, (tx) => stage(tx, `u${String(index)}`)))
    release()
    const seqs = (await Promise.all([...running, ...later])).map(({ value }) => value)
    expect(seqs).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
    expect(store.writes.length - before).toBe(2)
    expect(new Set(titlesOf(repo, 101)).size).toBe(101)
    expect(repo.index.node(100).run).toBe(100)
    expect([...operations(repo.store)].map(({ op }) => op.seq)).toEqual(Array.from({ length: 101 }, (_, index) => 101 - index))
  })

  it('let go of the batches before them, where one is always under way', async () => {
    const store = faultyStore()
    const repo = await aRepo({ store, writer: 'plain' })
    const kept: WeakRef<Uint8Array>[] = []
    const putLarge = (): Promise<unknown> => repo.writer.transact(STAMP, (tx) => {
      const value = new Uint8Array(100_000)
      kept.push(new WeakRef(value))
      tx.putRecord(refKey(`x/${String(kept.length)}`), value)
    })
    const turn = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 1) })
    let release = store.hold()
    const running = [putLarge()]
    for (let round = 0; round < 9; round++) {
      await turn()
      running.push(putLarge())
      const releaseLast = release
      release = store.hold()
      releaseLast()
    }
    await turn()
    store.writes.length = 0
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    collect()
    expect(kept.map((value) => value.deref() !== undefined).lastIndexOf(false)).toBe(8)
    release()
    await Promise.all(running)
  })

  it('that throw leave the others of their batch alone', async () => {
    const repo = await aRepo()
    const results = await Promise.allSettled([1, 2, 3, 4].map((number) => repo.writer.transact(STAMP, (tx) => {
      const seq = stage(tx, String(number))
      if (number % 2 === 0) throw new RangeError('stop')
      return seq
    })))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected'])
    expect(readLogState(repo.store)).toMatchObject({ atoms: 3, ops: 3 })
    expect(titlesOf(repo, 3).at(-1)).toBe('ATOM-DECISION-20241127-003')
  })

  it('scan what is staged and what is on its way as one', async () => {
    const store = faultyStore()
    const repo = await aRepo({ store, writer: 'plain' })
    const release = store.hold()
    const tip = pointAt(repo.index.node(0).id)
    const point = (name: string): Promise<unknown> => repo.writer.transact(STAMP, (tx) => { tx.edit({ ref: `refs/x/${name}`, expected: undefined, next: tip }) })
    const first = point('a')
    await new Promise((resolve) => setTimeout(resolve, 5))
    const second = point('b')
    let scan: Promise<readonly string[]> | undefined
    const third = repo.writer.transact(STAMP, (tx) => {
      tx.edit({ ref: 'refs/x/c', expected: undefined, next: tip })
      scan = listRefs(tx, 'refs/x/').then((refs) => refs.map(({ name }) => name))
    })
    expect(await scan).toEqual(['a', 'b', 'c'].map((name) => `refs/x/${name}`))
    release()
    await Promise.all([first, second, third])
    expect(store.getRecord(refKey('refs/x/c'))).toBeDefined()
  })

  it('all fail with a batch that cannot be written, those on top of it too, and nothing is left of them', async () => {
    const store = faultyStore()
    const repo = await aRepo({ store })
    const before = await recordsOf(store)
    const release = store.hold()
    store.failAt(1, new Error('disk full'))
    const first = Array.from({ length: 5 }, () => repo.writer.transact(STAMP, (tx) => stage(tx, 'lost')))
    await new Promise((resolve) => setTimeout(resolve, 5))
    const onTop = Array.from({ length: 5 }, () => repo.writer.transact(STAMP, (tx) => stage(tx, 'lost too')))
    release()
    const results = await Promise.allSettled([...first, ...onTop])
    expect(results.every((result) => result.status === 'rejected' && (result.reason as Error).message === 'disk full')).toBe(true)
    expect(await recordsOf(store)).toEqual(before)
    expect((await repo.writer.transact(STAMP, (tx) => stage(tx, 'after'))).value).toBe(1)
  })

  it('leave a store as it was before the write that fails, whichever it is', async () => {
    for (let nth = 1; nth <= 6; nth++) {
      const store = faultyStore()
      const repo = await aRepo({ store })
      store.failAt(nth)
      const outcomes: string[] = []
      for (let index = 0; index < 6; index++) await repo.add({ title: String(index) }).then(() => outcomes.push('recorded'), () => outcomes.push('failed'))
      expect(outcomes.filter((outcome) => outcome === 'failed')).toHaveLength(1)
      expect(outcomes[nth - 1]).toBe('failed')
      expect(readLogState(store)).toMatchObject({ atoms: 6, ops: 6 })
      expect(titlesOf(repo, 6)).toEqual(['ATOM-INIT-20241127-001', ...[2, 3, 4, 5, 6].map((number) => `ATOM-DECISION-20241127-00${String(number)}`)])
    }
  })

  it('work for several callers, each with a clock and a request of its own', async () => {
    const repo = await aRepo()
    const writer = (repo.writer as unknown as { callBy(caller: object): typeof repo.writer }).callBy({ clock: { nowMs: () => 1_000 }, request: '77'.repeat(16) })
    const [mine] = await Promise.all([writer.transact(STAMP, (tx) => tx.nowMs), repo.writer.transact(STAMP, (tx) => stage(tx, 'theirs'))])
    expect(mine.value).toBe(1_000)
    await writer.transact(STAMP, (tx) => stage(tx, 'mine'))
    expect([...operations(repo.store)].map(({ op }) => op.request)).toEqual(['77'.repeat(16), undefined, undefined])
  })
})
