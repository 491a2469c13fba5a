/**
 * Makes the index records of every ATOM: in the order of the old nodes as far as they can be read, then those that no node names, parents before children.
 *
 * Guarantees: what it has in memory does not grow with the trail, but for the ATOMs that cannot be indexed and, where the order was lost, 33 bytes for each that waits.
 * Nodes are written over the old ones, which are read just before: cut off, the next run has nearly the same order.
 */
import { createBoundedCache, type BoundedCache } from '../../base/bounded-cache.js'
import { isAtomError } from '../../base/errors.js'
import { workAhead } from '../../base/look-ahead.js'
import { digestOf, idOf, type Digest, type ObjectId } from '../../codec/object-id.js'
import { createIndexer, type IndexedAtom, type Indexer } from '../../index/derive.js'
import { getBlockNodes, NODES_PER_BLOCK } from '../../index/node.js'
import { createTrailIndex, type TrailIndex } from '../../index/trail-index.js'
import type { AtomHeader } from '../../object/atom.js'
import { encodeLogState, type LogState } from '../../refs/log-state.js'
import type { Transaction } from '../../refs/transaction.js'
import { getObjectKeyId, nodeBlockKey, rangeOf, readU32 } from '../../store/keys.js'
import { META, objectsOf } from '../../store/objects.js'
import type { ObjectReader } from '../../store/types.js'
import { diffTrees } from '../../tree/diff.js'
import { EMPTY_TREE } from '../../tree/read.js'
import { getHeader, readAhead, type ReadAhead } from './read-ahead.js'
import type { DayNumbers } from './reindex-days.js'
import type { ReindexParts } from './reindex-parts.js'
import { WaitingAtoms, type WaitingAtom } from './waiting-atoms.js'

export interface AtomsIndexed {
  readonly atoms: number
  /** ATOMs that cannot be read, or are built on what cannot. */
  readonly left: readonly Digest[]
}

/** Whole blocks of nodes, so that one that was cut off loses the order of none. */
const SLICE_ATOMS = 32 * NODES_PER_BLOCK
const SLICE_STEPS = 4 * SLICE_ATOMS
/** One is made while another is written. */
const SLICES_AT_ONCE = 2
/** What is read ahead of them has some 20 MB. */
const BLOCKS_AT_ONCE = 500
const TREES_REMEMBERED = 10_000
const DAG_CBOR: Uint8Array = Uint8Array.of(0x71)

interface Indexing {
  readonly log: LogState
  readonly days: DayNumbers
  /** The trees of ATOMs that were indexed last. */
  readonly trees: BoundedCache<ObjectId, ObjectId>
  readonly left: Set<Digest>
  readonly waiting: WaitingAtoms
  starts: readonly ObjectId[]
  started: number
  /** Of the starts; undefined until the first of them is looked at. */
  read: ReadAhead | undefined
  atoms: number
}

/** Needs a store without index records but for nodes. */
export async function indexAtoms(repo: ReindexParts, log: LogState, days: DayNumbers): Promise<AtomsIndexed> {
  const indexing: Indexing = { log, days, trees: createBoundedCache({ limit: TREES_REMEMBERED }), left: new Set(), waiting: new WaitingAtoms(), starts: [], started: 0, read: undefined, atoms: 0 }
  await indexThese(repo, indexing, formerOrder(repo))
  await dropFormerNodes(repo, indexing.atoms)
  if (await countHeaders(repo) !== indexing.atoms + indexing.left.size) await indexThese(repo, indexing, headers(repo))
  return { atoms: indexing.atoms, left: [...indexing.left] }
}

/** Yields what the old nodes name, in their order. A damaged block is passed over. */
async function* formerOrder({ store }: ReindexParts): AsyncIterable<readonly ObjectId[]> {
  for await (const list of store.scan(rangeOf('node'))) {
    for (let from = 0; from < list.length; from += BLOCKS_AT_ONCE) {
      yield list.slice(from, from + BLOCKS_AT_ONCE).flatMap(([key, block]) => (getBlockNodes(block, readU32(key, 1) * NODES_PER_BLOCK) ?? []).map(({ id }) => id))
    }
  }
}

/** Yields the ids of all objects that begin as headers do. */
async function* headers({ store }: ReindexParts): AsyncIterable<readonly ObjectId[]> {
  for await (const list of store.scan(rangeOf('object', DAG_CBOR))) {
    yield list.flatMap(([key, bytes]) => isHeader(bytes) ? getObjectKeyId(key) ?? [] : [])
  }
}

async function countHeaders(repo: ReindexParts): Promise<number> {
  let count = 0
  for await (const list of headers(repo)) {
    repo.signal.throwIfAborted()
    count += list.length
  }
  return count
}

/** A map of ten, a link under `body` in 46 bytes, then `kind: atom`: the one order of keys there is. */
function isHeader(bytes: Uint8Array): boolean {
  return bytes[0] === 0xaa && KIND.every((byte, index) => bytes[KIND_AT + index] === byte)
}
const KIND_AT = 47
const KIND: Uint8Array = Uint8Array.from('dkinddatom', (character) => character.charCodeAt(0))

async function dropFormerNodes({ store }: ReindexParts, atoms: number): Promise<void> {
  const rest = { gte: nodeBlockKey(Math.ceil(atoms / NODES_PER_BLOCK)), lt: rangeOf('node').lt }
  for await (const list of store.scan(rest)) await store.write({ puts: [], deletes: list.map(([key]) => key) }, 'sync')
}

async function indexThese(repo: ReindexParts, indexing: Indexing, lists: AsyncIterable<readonly ObjectId[]>): Promise<void> {
  await workAhead(turns(indexing, lists), SLICES_AT_ONCE, () => {
    repo.signal.throwIfAborted()
    repo.reporter.progress('indexing', indexing.atoms, Math.max(indexing.atoms, indexing.log.atoms))
    return repo.writer.transact({ agent: 'atom', command: 'reindex' }, (tx) => { indexSlice(tx, indexing) })
  })
}

/** Yields as long as there is something to index, and looks again after each turn. */
async function* turns(indexing: Indexing, lists: AsyncIterable<readonly ObjectId[]>): AsyncIterable<number> {
  for await (const list of lists) {
    indexing.starts = list
    indexing.read = undefined
    for (indexing.started = 0; indexing.started < list.length || indexing.waiting.size > 0;) yield indexing.started
  }
}

interface Slice { readonly objects: ObjectReader; readonly index: TrailIndex; readonly indexer: Indexer }

function indexSlice(tx: Transaction, indexing: Indexing): void {
  // In the transaction: it sees what is still on its way to the disk.
  const read = indexing.read ??= readAhead(tx, indexing.starts)
  const target = {
    getRecord(key: Uint8Array) {
      const known = read.peek(key)
      return known === undefined ? tx.getRecord(key) : known === 'absent' ? undefined : known
    },
    scan: tx.scan,
    put(key: Uint8Array, value: Uint8Array) {
      read.drop(key)
      tx.putRecord(key, value)
    },
  }
  const index = createTrailIndex(target)
  const slice: Slice = { objects: objectsOf(target), index, indexer: createIndexer(target, index) }
  const { waiting } = indexing
  const before = indexing.atoms
  for (let steps = 0; steps < SLICE_STEPS; steps++) {
    const next = waiting.pop() ?? nextStart(indexing)
    if (next === undefined) break
    const parents = place(slice, indexing, next)
    if (parents.length > 0) waiting.push({ id: next.id, state: 'opened' })
    for (const parent of parents.toReversed()) waiting.push({ id: parent, state: 'new' })
    if (indexing.atoms > before && indexing.atoms % SLICE_ATOMS === 0) break
  }
  tx.putRecord(META.log, encodeLogState({ ...indexing.log, atoms: indexing.atoms }))
}

function nextStart(indexing: Indexing): WaitingAtom | undefined {
  const id = indexing.starts[indexing.started++]
  return id && { id, state: 'new' }
}

/** Indexes an ATOM, unless it was before. Returns the parents that have to come first, where there are such. */
function place(slice: Slice, indexing: Indexing, { id, state }: WaitingAtom): readonly ObjectId[] {
  const { left, trees } = indexing
  const digest = digestOf(id)
  const bytes = slice.objects.getObject(id)
  // A node may name what is not there: it is an old one.
  if (bytes === undefined || left.has(digest)) return []
  const header = getHeader(bytes)
  if (header === undefined) {
    left.add(digest)
    return []
  }
  indexing.days.add(header.atomId)
  const missing = header.parents.filter((parent) => trees.peek(parent) === undefined && slice.index.getSeq(digestOf(parent)) === undefined)
  if (missing.length > 0) {
    // Bytes that are not what their id says could lead round in a circle.
    const first = state === 'opened' || idOf(bytes, 'dag-cbor') !== id ? [] : missing.filter((parent) => !left.has(digestOf(parent)) && slice.objects.getObject(parent) !== undefined)
    if (first.length === 0) left.add(digest)
    return first
  }
  const atom: IndexedAtom = { id, header, get changes() { return changesOf(slice.objects, trees, header) } }
  if (slice.indexer.add({ seq: indexing.atoms, atom }) === indexing.atoms) indexing.atoms++
  trees.set(id, header.tree)
  return []
}

function treeOf(objects: ObjectReader, id: ObjectId): ObjectId | undefined {
  const bytes = objects.getObject(id)
  return bytes && getHeader(bytes)?.tree
}

/** What an ATOM changed; nothing where a tree cannot be read, which `verify` names. */
function changesOf(objects: ObjectReader, trees: Indexing['trees'], { parents: [first], tree }: AtomHeader): IndexedAtom['changes'] {
  try {
    const before = first === undefined ? EMPTY_TREE.id : trees.peek(first) ?? treeOf(objects, first)
    return before === undefined ? [] : diffTrees(objects, before, tree)
  } catch (error) {
    if (isAtomError(error)) return []
    throw error
  }
}
