/** The index records of one ATOM, derived from its header and from what it changed. The only maker of index records. */
import { concatBytes } from '../base/bytes.js'
import { digestBytes, digestOf, type ObjectId } from '../codec/object-id.js'
import type { AtomHeader } from '../object/atom.js'
import { atomIdKey, influenceKey, nodeBlockKey, pathKey, readU32, refutationKey, seqKey, u32 } from '../store/keys.js'
import { objectsOf } from '../store/objects.js'
import type { RecordReader } from '../store/types.js'
import type { ChangeKind } from '../tree/diff.js'
import { encodeNode, NODES_PER_BLOCK, type NodeFields } from './node.js'
import { refutedBy } from './refuted.js'
import type { TrailIndex } from './trail-index.js'

export const CHANGE_CODES: { readonly [Kind in ChangeKind]: number } = { add: 1, modify: 2, delete: 3, mode: 4, type: 5 }

export interface IndexedAtom {
  readonly id: ObjectId
  readonly header: AtomHeader
  /** Against the first parent's tree. */
  readonly changes: readonly { readonly path: string; readonly change: ChangeKind }[]
}

const EMPTY = new Uint8Array(0)

/**
 * Writes the index records of an ATOM that arrives as number `seq` and returns that; one that arrived before keeps its own number. Its parents must have
 * arrived; throws `OBJECT_NOT_FOUND`.
 */
export function indexAtom(target: RecordReader & { put(key: Uint8Array, value: Uint8Array): void }, index: TrailIndex, arrival: { readonly seq: number; readonly atom: IndexedAtom }): number {
  const { seq, atom } = arrival
  const digest = digestOf(atom.id)
  const arrivals = seqKey(digest)
  const known = target.getRecord(arrivals)
  const earlier = known === undefined ? undefined : index.getSeq(digest)
  if (earlier !== undefined) return earlier
  target.put(arrivals, known === undefined ? u32(seq) : concatBytes([known, u32(seq)]))
  const blockKey = nodeBlockKey(Math.floor(seq / NODES_PER_BLOCK))
  const node = encodeNode(nodeOf(index, seq, atom), seq)
  target.put(blockKey, seq % NODES_PER_BLOCK === 0 ? node : appended(target.getRecord(blockKey) ?? EMPTY, node))
  target.put(atomIdKey(atom.header.atomId, seq), EMPTY)
  for (const influence of atom.header.influencedBy) target.put(influenceKey(influence.object, seq), EMPTY)
  const refuted = refutedBy(objectsOf(target), atom.header)
  if (refuted.length > 0) target.put(refutationKey(seq), concatBytes(refuted.map(digestBytes)))
  for (const { path, change } of atom.changes) target.put(pathKey(path, seq), Uint8Array.of(CHANGE_CODES[change]))
  return seq
}

/**
 * Returns a block with one more node, in place where the block lies in a buffer with room that this function made: a block only grows, so whoever holds
 * a shorter view of it still sees what it saw.
 */
function appended(block: Uint8Array, node: Uint8Array): Uint8Array {
  const lengthBytes = block.length + node.length
  if (block.byteOffset === 0 && roomy.has(block.buffer) && block.buffer.byteLength >= lengthBytes) {
    const grown = new Uint8Array(block.buffer, 0, lengthBytes)
    grown.set(node, block.length)
    return grown
  }
  const grown = new Uint8Array(new ArrayBuffer(Math.max(BLOCK_ROOM_BYTES, lengthBytes * 2)), 0, lengthBytes)
  roomy.add(grown.buffer)
  grown.set(block)
  grown.set(node, block.length)
  return grown
}

const BLOCK_ROOM_BYTES = 2_048
const roomy = new WeakSet<ArrayBufferLike>()

/** Returns the seqs under a `seq` record, for those who check it. */
export function seqsOf(value: Uint8Array): readonly number[] {
  return Array.from({ length: value.length >> 2 }, (_, index) => readU32(value, index * 4))
}

function nodeOf(index: TrailIndex, seq: number, { id, header }: IndexedAtom): NodeFields {
  const parents = header.parents.map((parent) => index.seqOf(parent))
  let generation = 1
  let orderMs = header.timeMs
  for (const parent of parents) {
    generation = Math.max(generation, index.generation(parent) + 1)
    orderMs = Math.max(orderMs, index.orderMs(parent) + 1)
  }
  const [only] = parents
  const run = parents.length === 1 && only === seq - 1 ? index.node(only).run + 1 : 0
  return {
    digest: digestOf(id), parents, generation, orderMs, timeMs: header.timeMs, run,
    atomId: header.atomId, operation: header.operation, agent: header.agent,
  }
}
