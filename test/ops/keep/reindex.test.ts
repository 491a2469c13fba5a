import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../../src/base/ports.js'
import { toHex } from '../../../src/base/bytes.js'
import { verifyStore } from '../../../src/history/verify/verify.js'
import { rebuildIndexes, type ReindexResult } from '../../../src/ops/keep/reindex.js'
import type { Repo } from '../../../src/ops/repo.js'
import { createTrailIndex } from '../../../src/index/trail-index.js'
import { digestOf, type ObjectId } from '../../../src/codec/object-id.js'
import { encodeAtom } from '../../../src/object/atom.js'
import { stageDraft } from '../../../src/ops/record/record-draft.js'
import { operations, requestEntry } from '../../../src/refs/operation-log.js'
import { pointAt } from '../../../src/refs/ref.js'
import { createWriter } from '../../../src/refs/transaction.js'
import { nodeBlockKey, objectKey, rangeOf, requestKey, SPACES, type Space } from '../../../src/store/keys.js'
import { META, objectsOf, readObject } from '../../../src/store/objects.js'
import type { Store } from '../../../src/store/types.js'
import { makeSample } from '../../history/verify/sample-store.js'
import { aRepo } from '../../helpers/memory-repo.js'

const INDEXES: readonly Space[] = ['node', 'title', 'seq', 'atomId', 'path', 'influence', 'refutation', 'request', 'count']

async function sampleRepo(): Promise<Repo> {
  const { store, writer } = await makeSample(undefined, { large: 'none' })
  return { ...await aRepo(), store, writer, objects: { getObject: (id) => store.getRecord(Uint8Array.from([SPACES.object, ...Buffer.from(id, 'hex')])) }, index: createTrailIndex(store) }
}

async function dump(store: Store): Promise<readonly string[]> {
  const all: string[] = []
  for await (const list of store.scan({ gte: Uint8Array.of(0), lt: Uint8Array.of(255) })) for (const [key, value] of list) all.push(`${toHex(key)} ${toHex(value)}`)
  return all
}

const isRequest = (key: Uint8Array): boolean => key[0] === SPACES.request
const run = (repo: Repo): Promise<ReindexResult> => rebuildIndexes(repo)
const isOk = async (repo: Repo): Promise<boolean> => (await verifyStore({ records: repo.store, random: repo.random, reporter: silentReporter, signal: repo.signal })).ok

describe('reindex', () => {
  it('makes the same records that recording made', async () => {
    const repo = await sampleRepo()
    const before = await dump(repo.store)
    expect(await run(repo)).toMatchObject({ left: [] })
    // The mark that it is under way is for the caller to take off.
    await repo.store.write({ puts: [], deletes: [META.reindex] }, 'sync')
    expect(await dump(repo.store)).toEqual(before)
  })

  it('mends every index that is gone or lies', async () => {
    for (const space of INDEXES) {
      const repo = await sampleRepo()
      for await (const list of repo.store.scan(rangeOf(space))) await repo.store.write({ puts: [], deletes: list.map(([key]) => key) }, 'sync')
      expect(await isOk(repo), space).toBe(false)
      await run(repo)
      expect(await isOk(repo), space).toBe(true)
    }
    const repo = await sampleRepo()
    await repo.store.write({ puts: [[META.log, Uint8Array.of(1, 2, 3)]], deletes: [] }, 'sync')
    await run(repo)
    expect(await isOk(repo)).toBe(true)
  })

  it('is completed by another run when it was cut off', async () => {
    for (let writes = 0; writes < 14; writes++) {
      const repo = await sampleRepo()
      let left = writes
      const cut = <Result>(work: () => Promise<Result>): Promise<Result> => left-- > 0 ? work() : Promise.reject(new Error('killed'))
      const store: Store = { ...repo.store, write: (batch, durability) => cut(() => repo.store.write(batch, durability)) }
      const writer = { ...repo.writer, transact: (stamp, work) => cut(() => repo.writer.transact(stamp, work)) } as typeof repo.writer
      await run({ ...repo, store, writer }).catch((error: unknown) => { expect(String(error)).toContain('killed') })
      await run(repo)
      expect(await isOk(repo), String(writes)).toBe(true)
    }
  })

  it('finds parents first where the order was lost', async () => {
    const repo = await aLine(1_300)
    const before = await dump(repo.store)
    for await (const list of repo.store.scan(rangeOf('node'))) await repo.store.write({ puts: [], deletes: list.map(([key]) => key) }, 'sync')
    expect(await run(repo)).toMatchObject({ atoms: 1_301, left: [] })
    await repo.store.write({ puts: [], deletes: [META.reindex] }, 'sync')
    // A line has but one order.
    expect(await dump(repo.store)).toEqual(before)
  })

  it('keeps the order that is left where nodes are damaged, and takes off those that are too many', async () => {
    const repo = await aLine(700)
    const before = await dump(repo.store)
    const more = repo.store.getRecord(nodeBlockKey(3)) ?? new Uint8Array(0)
    await repo.store.write({ puts: [[nodeBlockKey(2), Uint8Array.of(7)], [nodeBlockKey(500), more], [nodeBlockKey(501), Uint8Array.of(0)]], deletes: [] }, 'sync')
    expect(await run(repo)).toMatchObject({ atoms: 701, left: [] })
    await repo.store.write({ puts: [], deletes: [META.reindex] }, 'sync')
    expect(await dump(repo.store)).toEqual(before)
  })

  it('leaves out what cannot be read and what is built on it, and names it', async () => {
    const repo = await aLine(40)
    const ids = Array.from({ length: 41 }, (_, seq) => createTrailIndex(repo.store).node(seq).id)
    const broken = objectKey(ids[30] ?? fail())
    const bytes = repo.store.getRecord(broken) ?? fail()
    await repo.store.write({ puts: [[broken, bytes.subarray(0, bytes.length - 1)]], deletes: [] }, 'sync')
    const result = await run(repo)
    expect(result.atoms).toBe(30)
    expect([...result.left].sort()).toEqual(ids.slice(30).map(digestOf).sort())
    expect(createTrailIndex(repo.store).node(29).id).toBe(ids[29])
  })

  it('is not led round in a circle by headers that are not what their ids say', async () => {
    const repo = await aLine(3)
    const [one, two] = ['71'.padEnd(66, '1'), '71'.padEnd(66, '2')] as [ObjectId, ObjectId]
    const header = readObject(objectsOf(repo.store), createTrailIndex(repo.store).node(3).id, 'atom')
    await repo.store.write({ puts: [[objectKey(one), encodeAtom({ ...header, parents: [two] })], [objectKey(two), encodeAtom({ ...header, parents: [one] })]], deletes: [] }, 'sync')
    const result = await run(repo)
    expect(result.atoms).toBe(4)
    expect([...result.left].sort()).toEqual([digestOf(one), digestOf(two)])
  })

  it('writes two requests that begin alike under one key, the older first', async () => {
    const repo = await aLine(1)
    for (const [index, end] of ['cd', 'ef'].entries()) {
      // The writer takes the first 8 bytes for the whole: the second is written as if it had seen more.
      const store: Store = { ...repo.store, getRecord: (key) => index === 1 && isRequest(key) ? undefined : repo.store.getRecord(key) }
      const writer = createWriter({ store, clock: repo.clock })
      await writer.transact({ agent: 'tester', command: 'branch', request: 'ab'.repeat(8) + end.repeat(8) }, (tx) => { tx.edit({ ref: `refs/x/${String(index)}`, expected: undefined, next: pointAt(tx.index.node(0).id) }) })
    }
    const ops = [...operations(repo.store)].slice(0, 2).map(({ id }) => requestEntry(id))
    await run(repo)
    expect(toHex(repo.store.getRecord(requestKey('ab'.repeat(8))) ?? fail())).toBe(`${ops[1] ?? ''}${ops[0] ?? ''}`)
  })
})

/** Returns a repo with a line of ATOMs behind its INIT. */
async function aLine(count: number): Promise<Repo> {
  // Reindex goes on from one transaction to the next, and makes no name: its work runs once.
  const repo = await aRepo({ writer: 'plain' })
  await repo.writer.transact({ agent: 'tester', command: 'test' }, (tx) => {
    for (let index = 0; index < count; index++) {
      stageDraft(tx, { type: 'CFG', agent: 'tester', influencedBy: [], body: { title: `step ${String(index)}` }, files: new Map(), objects: [], layout: [] }, { ref: 'refs/heads/main', command: 'test', salt: repo.random.bytes(16) })
    }
  })
  return repo
}

function fail(): never {
  throw new Error('it is not there')
}
