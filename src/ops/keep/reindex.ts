/**
 * `doctor --reindex`: makes every index record again from the objects and the operation log. Nobody else may write meanwhile; the caller sees to that.
 *
 * Guarantees: objects, refs and the log are not touched, and no operation is written. Cut short, the indexes are incomplete, and a mark in the store says so:
 * `app/mend.ts` finishes it before anybody reads them. Who calls it takes the mark away once all that follows from the indexes is made again too.
 */
import { concatBytes, fromHex, getText, utf8 } from '../../base/bytes.js'
import { TAKEN_NUMBER_MAX } from '../../base/limits.js'
import { digestOf, objectId, type ObjectId } from '../../codec/object-id.js'
import { isAtomError } from '../../base/errors.js'
import { openAny, openAs } from '../../object/open.js'
import type { AtomHeader } from '../../object/atom.js'
import { getCounted } from '../../object/atom-id.js'
import { indexAtom } from '../../index/derive.js'
import { createTrailIndex } from '../../index/trail-index.js'
import { encodeLogState, getLogState, type LogState } from '../../refs/log-state.js'
import { FORGOTTEN } from '../../refs/name.js'
import { operations, requestEntry } from '../../refs/operation-log.js'
import { listRefs } from '../../refs/ref.js'
import type { Transaction } from '../../refs/transaction.js'
import { toHex } from '../../base/bytes.js'
import { getObjectKeyId, countKey, objectKey, rangeOf, requestKey, type Space } from '../../store/keys.js'
import { META } from '../../store/objects.js'
import type { StoreRecord } from '../../store/types.js'
import { diffTrees } from '../../tree/diff.js'
import { EMPTY_TREE } from '../../tree/read.js'
import { checkInput } from '../check.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'

export interface ReindexResult {
  readonly atoms: number
  readonly ops: number
  /** ATOMs that could not be indexed, because they or what they build on cannot be read: 64 hex digits. */
  readonly left: readonly string[]
}

export const reindex: Operation<object, ReindexResult> = {
  name: 'reindex',
  summary: 'Make all indexes again',
  effect: 'write',
  errors: [],
  check: checkInput<object>({}),
  run: rebuildIndexes,
}

/** What it works on. */
export type ReindexParts = Pick<Repo, 'store' | 'objects' | 'index' | 'writer' | 'reporter' | 'signal'>

const SLICE_RECORDS = 5_000
const SLICE_ATOMS = 500
const DROPPED: readonly Space[] = ['node', 'title', 'seq', 'atomId', 'path', 'influence', 'refutation', 'request']
const STAMP = { agent: 'atom', command: 'reindex' } as const

export async function rebuildIndexes(repo: ReindexParts): Promise<ReindexResult> {
  const order = await arrivalOrder(repo)
  const log = await findLog(repo)
  await repo.store.write({ puts: [[META.reindex, Uint8Array.of(1)], [META.log, encodeLogState({ ...log, atoms: 0 })]], deletes: [] }, 'sync')
  for (const space of DROPPED) await dropSpace(repo, space)
  const left = await indexAll(repo, order, log)
  await rebuildRequests(repo)
  await rebuildCounts(repo, order)
  if ((await listRefs(repo.store, FORGOTTEN)).length > 0) await repo.store.write({ puts: [[META.receipts, Uint8Array.of(1)]], deletes: [] }, 'sync')
  return { atoms: order.length - left.length, ops: log.ops, left }
}

/** Returns all ATOMs, in the order of the old index as far as it can be read, then the others. */
async function arrivalOrder(repo: ReindexParts): Promise<readonly ObjectId[]> {
  const there = new Set<ObjectId>()
  for await (const list of repo.store.scan(rangeOf('object'))) {
    repo.signal.throwIfAborted()
    for (const [key, bytes] of list) {
      const id = key[1] === 0x71 ? getObjectKeyId(key) : undefined
      if (id !== undefined && kindOf(bytes) === 'atom') there.add(id)
    }
  }
  const order: ObjectId[] = []
  for (const id of oldOrder(repo)) if (there.delete(id)) order.push(id)
  return [...order, ...there]
}

function* oldOrder(repo: ReindexParts): Iterable<ObjectId> {
  for (let seq = 0; ; seq++) {
    try {
      yield repo.index.node(seq).id
    } catch (error) {
      if (isAtomError(error, 'STORE_CORRUPT')) return
      throw error
    }
  }
}

function kindOf(bytes: Uint8Array): string | undefined {
  try {
    return openAny(bytes).kind
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}

/** Returns the state of the log: as remembered where its end is there, else from the operations themselves. */
async function findLog(repo: ReindexParts): Promise<LogState> {
  const bytes = repo.store.getRecord(META.log)
  const state = bytes === undefined ? undefined : getLogState(bytes)
  if (state?.tip !== undefined && isOp(repo, state.tip, state.ops)) return state
  const store = toHex(repo.store.getRecord(META.store) ?? new Uint8Array(0))
  let last: { readonly seq: number; readonly tip: ObjectId } | undefined
  for await (const list of repo.store.scan(rangeOf('object'))) {
    for (const [key, value] of list) {
      const id = key[1] === 0x71 ? getObjectKeyId(key) : undefined
      if (id === undefined || kindOf(value) !== 'op') continue
      const op = openAs(value, 'op')
      if (op.store === store && op.seq > (last?.seq ?? 0)) last = { seq: op.seq, tip: id }
    }
  }
  return last === undefined ? { atoms: 0, ops: 0 } : { atoms: 0, ops: last.seq, tip: last.tip }
}

function isOp(repo: ReindexParts, id: ObjectId, seq: number): boolean {
  const bytes = repo.objects.getObject(id)
  return bytes !== undefined && kindOf(bytes) === 'op' && openAs(bytes, 'op').seq === seq
}

async function dropSpace(repo: ReindexParts, space: Space): Promise<void> {
  let keys: Uint8Array[] = []
  const flush = async (): Promise<void> => {
    const deletes = keys
    keys = []
    if (deletes.length > 0) await repo.store.write({ puts: [], deletes }, 'sync')
  }
  for await (const list of repo.store.scan(rangeOf(space))) {
    for (const [key] of list) keys.push(key)
    if (keys.length >= SLICE_RECORDS) await flush()
  }
  await flush()
}

async function indexAll(repo: ReindexParts, order: readonly ObjectId[], log: LogState): Promise<readonly string[]> {
  const left: string[] = []
  const done = new Set<ObjectId>()
  let seq = 0
  for (let from = 0; from < order.length; from += SLICE_ATOMS) {
    repo.signal.throwIfAborted()
    repo.reporter.progress('indexing', from, order.length)
    const slice = order.slice(from, from + SLICE_ATOMS)
    await repo.writer.transact(STAMP, (tx) => {
      const target = { getRecord: tx.getRecord, scan: tx.scan, put: tx.putRecord }
      const index = createTrailIndex(target)
      for (const start of slice) {
        for (const { id, header } of withAncestors(tx, start, done)) {
          done.add(id)
          if (header === undefined || header.parents.some((parent) => index.getSeq(digestOf(parent)) === undefined)) {
            left.push(digestOf(id))
            continue
          }
          indexAtom(target, index, { seq, atom: { id, header, changes: changesOf(tx, header) } })
          seq++
        }
      }
      tx.putRecord(META.log, encodeLogState({ ...log, atoms: seq }))
    })
  }
  return left
}

interface Known { readonly id: ObjectId; readonly header: AtomHeader | undefined }

/** Yields an ATOM and those of its ancestors that were not indexed yet, parents first. */
function* withAncestors(tx: Transaction, start: ObjectId, done: ReadonlySet<ObjectId>): Iterable<Known> {
  const stack: { readonly id: ObjectId; readonly isOpen: boolean }[] = [{ id: start, isOpen: false }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { id, isOpen } = next
    if (done.has(id)) continue
    const header = readHeader(tx, id)
    const waiting = isOpen ? [] : (header?.parents ?? []).filter((parent) => !done.has(parent) && tx.getRecord(objectKey(parent)) !== undefined)
    if (waiting.length === 0) {
      yield { id, header }
      continue
    }
    stack.push({ id, isOpen: true })
    for (const parent of waiting.reverse()) stack.push({ id: parent, isOpen: false })
  }
}

function readHeader(tx: Transaction, id: ObjectId): AtomHeader | undefined {
  const bytes = tx.getObject(id)
  return bytes === undefined || kindOf(bytes) !== 'atom' ? undefined : openAs(bytes, 'atom')
}

/** What an ATOM changed; nothing where a tree cannot be read, which `verify` names. */
function changesOf(tx: Transaction, header: AtomHeader): ReturnType<typeof diffTrees> {
  const [first] = header.parents
  try {
    const before = first === undefined ? EMPTY_TREE.id : readHeader(tx, first)?.tree
    return before === undefined ? [] : diffTrees(tx, before, header.tree)
  } catch (error) {
    if (isAtomError(error)) return []
    throw error
  }
}

/** Makes the records of requests again, from this store's own operations. */
export async function rebuildRequests(repo: Pick<Repo, 'store'>): Promise<void> {
  const entries = new Map<string, string[]>()
  for (const { id, op } of operations(repo.store)) {
    if (op.request === undefined) continue
    const prefix = op.request.slice(0, 16)
    entries.set(prefix, [requestEntry(id), ...entries.get(prefix) ?? []])
  }
  const all = [...entries]
  for (let from = 0; from < all.length; from += SLICE_RECORDS) {
    await repo.store.write({ puts: all.slice(from, from + SLICE_RECORDS).map(([prefix, digests]) => [requestKey(prefix), concatBytes(digests.map(fromHex))]), deletes: [] }, 'sync')
  }
}

/** Each counter is the greatest number that an ATOM has, as when it came in. */
async function rebuildCounts(repo: ReindexParts, order: readonly ObjectId[]): Promise<void> {
  const numbers = new Map<string, Set<number>>()
  for (const id of order) {
    const bytes = repo.objects.getObject(objectId(digestOf(id), 'dag-cbor'))
    const counted = bytes === undefined || kindOf(bytes) !== 'atom' ? undefined : getCounted(openAs(bytes, 'atom').atomId)
    if (counted !== undefined) numbers.set(counted.day, (numbers.get(counted.day) ?? new Set()).add(counted.number))
  }
  const known = new Map<string, number>()
  const deletes: Uint8Array[] = []
  for await (const list of repo.store.scan(rangeOf('count'))) {
    for (const [key, value] of list) {
      const day = getText(key.subarray(1)) ?? ''
      if (numbers.has(day)) known.set(day, Number(getText(value) ?? ''))
      else deletes.push(key)
    }
  }
  const puts = [...numbers].flatMap(([day, taken]): readonly StoreRecord[] => {
    const count = known.get(day) ?? 0
    const greatest = [...taken].reduce((most, number) => number <= TAKEN_NUMBER_MAX ? Math.max(most, number) : most, taken.has(count) ? count : 0)
    return greatest === 0 ? [] : [[countKey(day), utf8(String(greatest))]]
  })
  await repo.store.write({ puts, deletes }, 'sync')
}
