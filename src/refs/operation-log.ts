/** Reads the operation log: from its tip back, one `previous` after the other. */
import { isAtomError } from '../base/errors.js'
import { digestOf, type Digest, type ObjectId } from '../codec/object-id.js'
import { equalTargets, type Op, type RefChange } from '../object/op.js'
import { objectsOf, readObject } from '../store/objects.js'
import { objectPrefixRange, requestKey, getObjectKeyId } from '../store/keys.js'
import { toHex } from '../base/bytes.js'
import type { ObjectReader, RecordReader } from '../store/types.js'
import { readLogState } from './log-state.js'

export interface LoggedOp {
  readonly id: ObjectId
  readonly op: Op
}

/**
 * Yields the store's own ops, newest first, down to the first that was not pruned. What a prune repeats of where refs stand is no move and left out;
 * `verify` judges it.
 */
export function* operations(records: RecordReader, from: ObjectId | undefined = readLogState(records).tip): Iterable<LoggedOp> {
  const reader = objectsOf(records)
  const pruned = new Set<Digest>()
  for (let id = from; id !== undefined;) {
    if (pruned.has(digestOf(id)) && reader.getObject(id) === undefined) return
    const op: Op = readObject(reader, id, 'op')
    if (op.pruned !== undefined) pruned.add(op.pruned)
    yield { id, op: op.changes.some(isStanding) ? { ...op, changes: op.changes.filter((change) => !isStanding(change)) } : op }
    id = op.previous
  }
}

function isStanding({ before, after }: RefChange): boolean {
  return equalTargets(before, after)
}

/** Returns the ops that a request already made. Prefixes of 8 bytes lead to them; the whole request id decides. */
export async function findRequest(records: RecordReader, request: string): Promise<LoggedOp | undefined> {
  const value = records.getRecord(requestKey(request))
  const reader = objectsOf(records)
  for (let offset = 0; value !== undefined && offset < value.length; offset += 8) {
    for await (const list of records.scan(objectPrefixRange(0x71, toHex(value.subarray(offset, offset + 8))))) {
      const logged = list.flatMap(([key]) => getLogged(reader, getObjectKeyId(key))).find(({ op }) => op.request === request)
      if (logged !== undefined) return logged
    }
  }
  return undefined
}

/** Returns an op, or nothing for anything else whose digest begins with the same bytes. */
function getLogged(reader: ObjectReader, id: ObjectId | undefined): readonly LoggedOp[] {
  try {
    return id === undefined ? [] : [{ id, op: readObject(reader, id, 'op') }]
  } catch (error) {
    if (isAtomError(error, 'OBJECT_CORRUPT')) return []
    throw error
  }
}

/** Returns what an index record of a request must hold for an op. */
export function requestEntry(id: ObjectId): string {
  return digestOf(id).slice(0, 16)
}
