/**
 * What was erased here by operations that were pruned since: a remote that never had those is told by the next push all the same.
 * 32 bytes for each, of the digest that was erased.
 */
import { concatBytes } from '../base/bytes.js'
import { digestBytes, digestFromBytes, type Digest } from '../codec/object-id.js'
import type { Op } from '../object/op.js'
import { META } from '../store/objects.js'
import type { RecordReader } from '../store/types.js'
import { FORGOTTEN } from './name.js'
import type { Transaction } from './transaction.js'

const DIGEST_BYTES = 32

export function readUntold(records: RecordReader): readonly Digest[] {
  const bytes = records.getRecord(META.untold) ?? new Uint8Array(0)
  return Array.from({ length: Math.floor(bytes.length / DIGEST_BYTES) }, (_, at) => digestFromBytes(bytes.subarray(at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES)))
}

/** Returns what an operation erased. */
export function erasedBy({ command, changes }: Op): readonly Digest[] {
  return command !== 'forget' ? [] : changes.flatMap(({ ref, after }) => (ref.startsWith(FORGOTTEN) && after?.is === 'object' ? [ref.slice(FORGOTTEN.length) as Digest] : []))
}

export function addUntold(tx: Transaction, digests: readonly Digest[]): void {
  if (digests.length > 0) tx.putRecord(META.untold, concatBytes([...new Set([...readUntold(tx), ...digests])].map(digestBytes)))
}
