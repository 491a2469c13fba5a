/** Whether a remote's ref still leads to where it was when it was last seen. */
import { digestOf, type Digest, type ObjectId } from '../../codec/object-id.js'
import { hasAncestor } from '../../history/graph/has-ancestor.js'
import type { TrailIndex } from '../../index/trail-index.js'
import type { Op } from '../../object/op.js'
import { getObjectAs, readObject } from '../../store/objects.js'
import type { ObjectReader } from '../../store/types.js'

export interface Knowledge {
  readonly index: TrailIndex
  /** What was staged, over the store. */
  readonly reader: ObjectReader
}

/** Tells whether an ATOM of the store is `tip` or an ancestor of it; `tip` may be staged only. */
export function leadsTo({ index, reader }: Knowledge, tip: ObjectId, remembered: ObjectId): boolean {
  const wanted = index.getSeq(digestOf(remembered))
  if (wanted === undefined) return tip === remembered
  const here: number[] = []
  const seen = new Set<ObjectId>([tip])
  // A set yields what is added while it is gone through.
  for (const id of seen) {
    const seq = index.getSeq(digestOf(id))
    if (seq !== undefined) here.push(seq)
    else for (const parent of readObject(reader, id, 'atom').parents) seen.add(parent)
  }
  return hasAncestor(index, wanted, here)
}

/** Tells whether an operation is in the chain that ends with `tip`, or stands before the beginning of one that was pruned. */
export function chainHas(reader: ObjectReader, tip: ObjectId, wanted: ObjectId): boolean {
  const last = getObjectAs(reader, wanted, 'op')
  const pruned = new Set<Digest>()
  for (let id: ObjectId | undefined = tip; id !== undefined;) {
    if (id === wanted) return true
    const op: Op | undefined = getObjectAs(reader, id, 'op')
    if (op === undefined) return last !== undefined && pruned.has(digestOf(id))
    if (last !== undefined && op.seq <= last.seq) return false
    if (op.pruned !== undefined) pruned.add(op.pruned)
    id = op.previous
  }
  return false
}
