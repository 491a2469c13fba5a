/**
 * The only writer of a store. LevelDB has no compare-and-set: its process lock plus the one writer of a process are our `test_and_set`.
 *
 * Guarantees: a transaction sees everything before it and is applied whole or not at all, in one batch: objects, refs, operation log, indexes. Its promise
 * resolves when the batch is durable. Transactions that arrive while a batch is on its way to the disk share the next one (group commit).
 * Refuses: a ref that moved (`REF_MOVED`), an object whose links are not there (`LINK_MISSING`), an erased object (`FORGOTTEN`), a request that was answered
 * (`REQUEST_REUSED`), a branch, tag or remote branch whose name is a folder of another's (`REF_EXISTS`).
 */
import { AtomError } from '../base/errors.js'
import { createBoundedCache } from '../base/bounded-cache.js'
import type { Clock } from '../base/ports.js'
import { digestOf, type ObjectId } from '../codec/object-id.js'
import type { AtomHeader } from '../object/atom.js'
import { formatAtomId, type AtomId } from '../object/atom-id.js'
import { equalTargets, formatTarget, type RefChange, type RefTarget } from '../object/op.js'
import type { SealedObject } from '../object/seal.js'
import { createIndexer, type IndexedAtom } from '../index/derive.js'
import { createTrailIndex, type TrailIndex } from '../index/trail-index.js'
import { objectKey, refKey, requestKey } from '../store/keys.js'
import { META, readObject } from '../store/objects.js'
import { createOverlay, type Overlay } from '../store/overlay-store.js'
import type { ObjectReader, RecordReader, Store } from '../store/types.js'
import { weighTree, type KeptTree } from '../tree/read.js'
import { createDayCounts } from './day-counts.js'
import { encodeLogState, readLogState } from './log-state.js'
import { checkRefName, FORGOTTEN, HEADS, REMOTES, TAGS } from './name.js'
import { checkNesting } from './name-folders.js'
import { encodeTarget, getRef, listRefs } from './ref.js'
import { sealOps, type OpStamp } from './seal-ops.js'

export type { OpStamp } from './seal-ops.js'

export interface RefEdit {
  readonly ref: string
  /** What the caller saw; `'any'` where it does not matter. */
  readonly expected: RefTarget | undefined | 'any'
  /** undefined deletes. */
  readonly next: RefTarget | undefined
}

/** What work does under the lock. Everything in it is synchronous: nobody else moves meanwhile. */
export interface Transaction extends RecordReader, ObjectReader {
  readonly index: TrailIndex
  readonly nowMs: number
  /** Trees that were judged or made: one ATOM's is the next one's base. */
  getTree(id: ObjectId): KeptTree | undefined
  keepTree(id: ObjectId, tree: KeptTree): void
  /** Stages an object. `links` are the owned links that are not known to be there: checked now. */
  put(object: SealedObject, links?: readonly ObjectId[]): void
  /** Stages an ATOM's header with its index records; its atom id is not given again. Returns its sequence number; an ATOM that is there already keeps its own. */
  putAtom(header: SealedObject, atom: Omit<IndexedAtom, 'id'>): number
  /** As `putAtom` for an ATOM whose header, with all that it owns, is in the store already. */
  indexAtom(atom: IndexedAtom): number
  /** Returns the header of an ATOM: of the one staged last without reading it back. Throws `OBJECT_NOT_FOUND`. */
  header(id: ObjectId): AtomHeader
  /** Returns where a ref points by now, not following a symbolic one. */
  target(ref: string): RefTarget | undefined
  edit(edit: RefEdit): void
  /** Returns the next atom id of a type for the UTC day of a time: one that no ATOM here has. */
  nextAtomId(type: string, timeMs: number): AtomId
  putRecord(key: Uint8Array, value: Uint8Array): void
  deleteRecord(key: Uint8Array): void
}

export interface Committed<Value> {
  readonly value: Value
  /** The op that recorded the ref moves; undefined where none moved. */
  readonly op: ObjectId | undefined
}

export interface Writer {
  /**
   * Runs work in a transaction of its own. The promise resolves when it is durable; it rejects, and nothing happened, when work throws. Work that makes a
   * branch or tag runs a second time, from its start, once the names beside it have been read: it MUST do no more than its transaction tells, as the tests
   * of every use case see to (`test/helpers/rehearsing-writer.ts`).
   */
  transact<Value>(stamp: OpStamp, work: (tx: Transaction) => Value): Promise<Committed<Value>>
  /** Writes objects ahead of the ATOM that will link them: large contents, in batches. Durable on return. Throws `FORGOTTEN` for what was erased here. */
  putAhead(objects: readonly SealedObject[]): Promise<void>
}

export interface WriterContext {
  readonly store: Store
  readonly clock: Clock
}

/** For whom a shared writer works: whose clock counts, and which request its ops belong to unless the stamp says so. */
export interface WriterCaller {
  readonly clock: Clock
  readonly request?: string
}

export interface SharedWriter extends Writer {
  /** Returns this writer as another caller sees it: the batches are shared. */
  callBy(caller: WriterCaller): Writer
}

interface Group {
  readonly overlay: Overlay
  /** The one that was on its way when it began. Let go of when its own turn comes: where one is always under way, each would hold all that were before it. */
  below: Group | undefined
  readonly waiters: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[]
}

/** What a transaction made is staged anyway: to forget it early would save nothing. */
const TREE_ENTRIES_KEPT = 200_000

/** Returns the writer of a store. There MUST be only one for a handle. */
export function createWriter({ store, clock }: WriterContext): SharedWriter {
  let current: Group | undefined
  let inFlight: Group | undefined
  /** A group reads the one before it while that is on its way to the disk, and the store once it has arrived. */
  const beginGroup = (): Group => {
    const base = (): RecordReader => group.below !== undefined && group.below === inFlight ? group.below.overlay : store
    const group: Group = { overlay: createOverlay({ getRecord: (key) => base().getRecord(key), scan: (range, options) => base().scan(range, options) }), below: inFlight, waiters: [] }
    return group
  }
  const takeCurrent = (): Group | undefined => {
    const group = current
    current = undefined
    return group
  }
  const flush = async (): Promise<void> => {
    while (current !== undefined && inFlight === undefined) {
      const group: Group = current
      inFlight = takeCurrent()
      group.below = undefined
      try {
        await store.write(group.overlay.batch(), 'sync')
        inFlight = undefined
        for (const waiter of group.waiters) waiter.resolve()
      } catch (error) {
        // What was staged on top of the failed batch read things that never came to be.
        const failed = takeCurrent()
        inFlight = undefined
        renamings++
        for (const waiter of [...group.waiters, ...failed?.waiters ?? []]) waiter.reject(error)
      }
    }
  }
  /** Counts the transactions that made or deleted a name, so that a list of names is known to hold still. */
  let renamings = 0
  const writerOf = (caller: WriterCaller): Writer => ({
    async transact(stamp, work) {
      let value
      let op
      let group
      for (let known: KnownNames | undefined; ;) {
        group = current ?? beginGroup()
        const staged = createOverlay(group.overlay)
        checkRequest(staged, stamp)
        const transaction = beginTransaction(staged, caller.clock)
        value = work(transaction)
        const { made, gone } = transaction.names()
        if (made.length > 0 && known?.renamings !== renamings) {
          known = { renamings, names: await readNames(group.overlay) }
          continue
        }
        if (known !== undefined) checkNesting(made, new Set([...known.names.filter((name) => !gone.includes(name)), ...made]))
        op = transaction.end(caller.request === undefined ? stamp : { request: caller.request, ...stamp })
        if (made.length + gone.length > 0) renamings++
        group.overlay.absorb(staged)
        break
      }
      current = group
      const durable = new Promise<void>((resolve, reject) => group.waiters.push({ resolve, reject }))
      void Promise.resolve().then(flush)
      await durable
      return { value, op }
    },
    async putAhead(objects) {
      if (store.getRecord(META.receipts) !== undefined) for (const { id } of objects) if (isForgotten(store, id)) throw forgotten(id)
      await store.write({ puts: [...new Map(objects.map((object) => [object.id, object.bytes]))].map(([id, bytes]) => [objectKey(id), bytes]), deletes: [] }, 'sync')
    },
  })
  return { ...writerOf({ clock }), callBy: writerOf }
}

interface KnownNames {
  readonly renamings: number
  readonly names: readonly string[]
}

/** The names that lie side by side in a mirror; the others (receipts, logs) are flat and may be many. */
const NESTED = [HEADS, TAGS, REMOTES]

async function readNames(records: RecordReader): Promise<readonly string[]> {
  const lists = []
  for (const prefix of NESTED) lists.push(await listRefs(records, prefix))
  return lists.flat().map(({ name }) => name)
}

/** Refuses a request that made an op already: who asks before the lock may have been overtaken. */
function checkRequest(records: RecordReader, { request }: OpStamp): void {
  if (request === undefined || records.getRecord(requestKey(request)) === undefined) return
  throw new AtomError('REQUEST_REUSED', `the request ${request} was answered before`, { data: { request }, hint: 'give each request an id of its own' })
}

interface OpenTransaction extends Transaction {
  /** The branches, tags and remote branches that it makes and deletes. */
  names(): { readonly made: readonly string[]; readonly gone: readonly string[] }
  /** Seals the op and the state of the log. */
  end(stamp: OpStamp): ObjectId | undefined
}

function beginTransaction(staged: Overlay, clock: Clock): OpenTransaction {
  const before = readLogState(staged)
  let atoms = before.atoms
  const changes = new Map<string, RefChange>()
  const index = createTrailIndex(staged)
  const indexer = createIndexer(staged, index)
  const nowMs = clock.nowMs()
  const days = createDayCounts(staged)
  const targets = new Map<string, RefTarget | undefined>()
  const trees = createBoundedCache<ObjectId, KeptTree>({ limit: TREE_ENTRIES_KEPT, weigh: weighTree })
  let last: Pick<IndexedAtom, 'id' | 'header'> | undefined
  const target = (ref: string): RefTarget | undefined => (targets.has(ref) ? targets : targets.set(ref, getRef(staged, ref))).get(ref)
  let hasReceipts = staged.getRecord(META.receipts) !== undefined
  const isRefused = (id: ObjectId): boolean => hasReceipts && isForgotten(staged, id)
  const has = (id: ObjectId): boolean => staged.getRecord(objectKey(id)) !== undefined || isRefused(id)
  return {
    index,
    nowMs,
    getRecord: (key) => staged.getRecord(key),
    scan: (range, options) => staged.scan(range, options),
    getObject: (id) => staged.getRecord(objectKey(id)),
    getTree: (id) => trees.peek(id),
    keepTree: (id, tree) => { trees.set(id, tree) },
    put(object, links = []) {
      if (isRefused(object.id)) throw forgotten(object.id)
      for (const link of links) if (!has(link)) throw new AtomError('LINK_MISSING', `${digestOf(object.id)} links to ${digestOf(link)}, which is not here`, { data: { from: digestOf(object.id), id: digestOf(link), role: 'link' } })
      staged.put(objectKey(object.id), object.bytes)
    },
    putAtom(header, atom) {
      this.put(header, [atom.header.body])
      return this.indexAtom({ id: header.id, header: atom.header, changes: atom.changes })
    },
    indexAtom(atom) {
      days.take(atom.header.atomId)
      const seq = indexer.add({ seq: atoms, atom })
      if (seq === atoms) atoms++
      last = atom
      return seq
    },
    header(id) {
      return last?.id === id ? last.header : readObject(this, id, 'atom')
    },
    target,
    edit({ ref, expected, next }) {
      if (!changes.has(ref)) checkRefName(ref)
      const actual = target(ref)
      if (expected !== 'any' && !equalTargets(actual, expected)) {
        throw new AtomError('REF_MOVED', `${ref} is at ${formatTarget(actual) ?? 'nothing'} and not at ${formatTarget(expected) ?? 'nothing'} any more`, {
          data: { ref, expected: formatTarget(expected), actual: formatTarget(actual) }, hint: 'look at it again, then repeat the command',
        })
      }
      if (equalTargets(actual, next)) return
      if (ref.startsWith(FORGOTTEN) && !hasReceipts) {
        staged.put(META.receipts, Uint8Array.of(1))
        hasReceipts = true
      }
      if (next === undefined) staged.delete(refKey(ref))
      else staged.put(refKey(ref), encodeTarget(next))
      targets.set(ref, next)
      const first = changes.get(ref)
      const origin = first === undefined ? actual : first.before
      if (equalTargets(origin, next)) changes.delete(ref)
      else changes.set(ref, { ref, ...(origin && { before: origin }), ...(next && { after: next }) })
    },
    nextAtomId(type, timeMs) {
      const { day, count } = days.next(timeMs)
      return formatAtomId(type, day, count)
    },
    putRecord: (key, value) => { staged.put(key, value) },
    deleteRecord: (key) => { staged.delete(key) },
    names() {
      const nested = [...changes.values()].filter(({ ref }) => NESTED.some((prefix) => ref.startsWith(prefix)))
      return { made: nested.filter(({ before: old }) => old === undefined).map(({ ref }) => ref), gone: nested.filter(({ after }) => after === undefined).map(({ ref }) => ref) }
    },
    end(stamp) {
      days.stage()
      const made = changes.size === 0 && stamp.prune === undefined ? [] : sealOps({ staged, before, stamp, timeMs: stamp.timeMs ?? nowMs, changes })
      const op = made.at(-1)
      if (op === undefined && atoms === before.atoms) return undefined
      const tip = op ?? before.tip
      staged.put(META.log, encodeLogState({ atoms, ops: before.ops + made.length, ...(tip && { tip }) }))
      return op
    },
  }
}

function forgotten(id: ObjectId): AtomError<'FORGOTTEN'> {
  const digest = digestOf(id)
  return new AtomError('FORGOTTEN', `this content was forgotten here and is not taken again: ${digest}`, { data: { digest, reason: 'receipt' }, hint: 'record without it' })
}

/** Tells whether a receipt in this store refuses an object. */
export function isForgotten(records: RecordReader, id: ObjectId): boolean {
  return getRef(records, FORGOTTEN + digestOf(id)) !== undefined
}
