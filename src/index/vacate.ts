/** Takes an ATOM out of the index. Its number stays vacant, so that no other one changes: a node of zeros, 40 bytes long. */
import { concatBytes } from '../base/bytes.js'
import { digestOf } from '../codec/object-id.js'
import { atomIdKey, influenceKey, nodeBlockKey, pathKey, refutationKey, seqKey, u32 } from '../store/keys.js'
import type { RecordReader } from '../store/types.js'
import { seqsOf, type IndexedAtom } from './derive.js'
import { NODES_PER_BLOCK } from './node.js'
import { eraseTitle } from './titles.js'

/** What a vacant number has for a node: its length, then zeros. */
const VACANT: Uint8Array = Uint8Array.from([40, ...new Array<number>(40).fill(0)])

export interface RecordWriter {
  putRecord(key: Uint8Array, value: Uint8Array): void
  deleteRecord(key: Uint8Array): void
}

/** Deletes the index records of an ATOM that nothing reaches any more, `changes` being those that it was indexed with. */
export function vacateAtom(target: RecordReader & RecordWriter, seq: number, atom: Omit<IndexedAtom, 'changes'> & { readonly changes: readonly { readonly path: string }[] }): void {
  const blockKey = nodeBlockKey(Math.floor(seq / NODES_PER_BLOCK))
  const block = target.getRecord(blockKey)
  if (block !== undefined) target.putRecord(blockKey, withVacant(block, seq % NODES_PER_BLOCK))
  eraseTitle(target, seq)
  const key = seqKey(digestOf(atom.id))
  const others = seqsOf(target.getRecord(key) ?? new Uint8Array(0)).filter((other) => other !== seq)
  if (others.length === 0) target.deleteRecord(key)
  else target.putRecord(key, concatBytes(others.map(u32)))
  target.deleteRecord(refutationKey(seq))
  target.deleteRecord(atomIdKey(atom.header.atomId, seq))
  for (const influence of atom.header.influencedBy) target.deleteRecord(influenceKey(influence.object, seq))
  for (const { path } of atom.changes) target.deleteRecord(pathKey(path, seq))
}

function withVacant(block: Uint8Array, place: number): Uint8Array {
  let start = 0
  for (let index = 0; index < place; index++) start = endOf(block, start)
  return concatBytes([block.subarray(0, start), VACANT, block.subarray(endOf(block, start))])
}

/** Returns where the node that begins at an offset ends: its length is a varint. */
function endOf(block: Uint8Array, start: number): number {
  let length = 0
  let at = start
  for (let factor = 1; ; factor *= 0x80) {
    const byte = block[at++] ?? 0
    length += (byte & 0x7f) * factor
    if (byte < 0x80) return at + length
  }
}
