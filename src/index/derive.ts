/** The index records of one ATOM, derived from its header and from what it changed. The only maker of index records. */
import { concatBytes } from '../base/bytes.js'
import { digestBytes, digestOf, type ObjectId } from '../codec/object-id.js'
import type { AtomHeader } from '../object/atom.js'
import { atomIdKey, influenceKey, nodeBlockKey, pathKey, readU32, refutationKey, seqKey, titleBlockKey, u32 } from '../store/keys.js'
import { objectsOf } from '../store/objects.js'
import type { ObjectReader, RecordReader } from '../store/types.js'
import type { ChangeKind } from '../tree/diff.js'
import { encodeNode, NODES_PER_BLOCK, type NodeFields } from './node.js'
import { refutedBy } from './refuted.js'
import { titleEntry, withEntry } from './titles.js'
import type { TrailIndex } from './trail-index.js'

export const CHANGE_CODES: { readonly [Kind in ChangeKind]: number } = { add: 1, modify: 2, delete: 3, mode: 4, type: 5 }

export interface IndexedAtom {
  readonly id: ObjectId
  readonly header: AtomHeader
  /** Against the first parent's tree. */
  readonly changes: readonly { readonly path: string; readonly change: ChangeKind }[]
  /** Where its body is read; default: where the records are written. */
  readonly objects?: ObjectReader
}

const EMPTY = new Uint8Array(0)

export interface Arrival {
  readonly seq: number
  readonly atom: IndexedAtom
}

/** Writes index records and remembers the last ATOM it wrote, so that a line of ATOMs reads nothing back. */
export interface Indexer {
  /**
   * Writes the index records of an ATOM that arrives as number `seq` and returns that; one that arrived before keeps its own number. Its parents must
   * have arrived; throws `OBJECT_NOT_FOUND`.
   */
  add(arrival: Arrival): number
}

type Target = RecordReader & { put(key: Uint8Array, value: Uint8Array): void }

/** Returns the maker of index records for a transaction: nobody else MAY write nodes to `target` meanwhile. */
export function createIndexer(target: Target, index: TrailIndex): Indexer {
  let last: Arrived | undefined
  return {
    add(arrival) {
      const { seq, atom } = arrival
      const digest = digestOf(atom.id)
      const arrivals = seqKey(digest)
      const known = target.getRecord(arrivals)
      const earlier = known === undefined ? undefined : index.getSeq(digest)
      if (earlier !== undefined) return earlier
      const fields = fieldsOf(index, arrival, last)
      target.put(arrivals, known === undefined ? u32(seq) : concatBytes([known, u32(seq)]))
      const node = encodeNode(fields, seq)
      const number = Math.floor(seq / NODES_PER_BLOCK)
      const key = nodeBlockKey(number)
      const before = last?.seq === seq - 1 ? last.block : target.getRecord(key)
      const block = seq % NODES_PER_BLOCK === 0 ? node : appended(before ?? EMPTY, node)
      target.put(key, block)
      const titles = titlesWith(target, arrival, last)
      target.put(titleBlockKey(number), titles)
      putNames(target, arrival)
      last = { id: atom.id, seq, block, titles, generation: fields.generation, orderMs: fields.orderMs, run: fields.run }
      return seq
    },
  }
}

/** Returns the block of titles with that of an arrival. */
function titlesWith(target: Target, { seq, atom }: Arrival, last: Arrived | undefined): Uint8Array {
  const entry = titleEntry(atom.objects ?? objectsOf(target), atom.header.body)
  const place = seq % NODES_PER_BLOCK
  if (place === 0) return entry
  return last?.seq === seq - 1 ? appended(last.titles, entry) : withEntry(target.getRecord(titleBlockKey(Math.floor(seq / NODES_PER_BLOCK))) ?? EMPTY, place, entry)
}

interface Parent { readonly seq: number; readonly generation: number; readonly orderMs: number; readonly run: number }
interface Arrived extends Parent { readonly id: ObjectId; readonly block: Uint8Array; readonly titles: Uint8Array }

/** Writes the index records of one ATOM: see `Indexer`. */
export function indexAtom(target: Target, index: TrailIndex, arrival: Arrival): number {
  return createIndexer(target, index).add(arrival)
}

/** The records that lead from names, influences and paths to the ATOM. */
function putNames(target: Target, { seq, atom }: Arrival): void {
  target.put(atomIdKey(atom.header.atomId, seq), EMPTY)
  for (const influence of atom.header.influencedBy) target.put(influenceKey(influence.object, seq), EMPTY)
  const refuted = refutedBy(atom.objects ?? objectsOf(target), atom.header)
  if (refuted.length > 0) target.put(refutationKey(seq), concatBytes(refuted.map(digestBytes)))
  for (const { path, change } of atom.changes) target.put(pathKey(path, seq), Uint8Array.of(CHANGE_CODES[change]))
}

/**
 * Returns a block with one more entry, in place where the block lies in a buffer with room that this function made: a block only grows, so whoever holds
 * a shorter view of it still sees what it saw.
 */
function appended(block: Uint8Array, entry: Uint8Array): Uint8Array {
  const lengthBytes = block.length + entry.length
  if (block.byteOffset === 0 && roomy.has(block.buffer) && block.buffer.byteLength >= lengthBytes) {
    const grown = new Uint8Array(block.buffer, 0, lengthBytes)
    grown.set(entry, block.length)
    return grown
  }
  const grown = new Uint8Array(new ArrayBuffer(Math.max(BLOCK_ROOM_BYTES, lengthBytes * 2)), 0, lengthBytes)
  roomy.add(grown.buffer)
  grown.set(block)
  grown.set(entry, block.length)
  return grown
}

const BLOCK_ROOM_BYTES = 2_048
const roomy = new WeakSet<ArrayBufferLike>()

/** Returns the seqs under a `seq` record, for those who check it. */
export function seqsOf(value: Uint8Array): readonly number[] {
  return Array.from({ length: value.length >> 2 }, (_, index) => readU32(value, index * 4))
}

function fieldsOf(index: TrailIndex, { seq, atom: { id, header } }: Arrival, last: Arrived | undefined): NodeFields {
  const parents = header.parents.map((parent) => parent === last?.id ? last : indexedParent(index, parent))
  let generation = 1
  let orderMs = header.timeMs
  for (const parent of parents) {
    generation = Math.max(generation, parent.generation + 1)
    orderMs = Math.max(orderMs, parent.orderMs + 1)
  }
  const [only] = parents
  const run = parents.length === 1 && only?.seq === seq - 1 ? only.run + 1 : 0
  return {
    digest: digestOf(id), parents: parents.map((parent) => parent.seq), generation, orderMs, timeMs: header.timeMs, run,
    atomId: header.atomId, operation: header.operation, agent: header.agent,
  }
}

function indexedParent(index: TrailIndex, parent: ObjectId): Parent {
  const seq = index.seqOf(parent)
  const { generation, orderMs, run } = index.node(seq)
  return { seq, generation, orderMs, run }
}
