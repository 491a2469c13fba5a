/**
 * What the index of many ATOMs is made from, read in the order of the keys: a large store has more tables than are kept open, and to read
 * as the ATOMs arrived opens one for each record.
 */
import { isAtomError } from '../../base/errors.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import type { AtomHeader } from '../../object/atom.js'
import { openAs } from '../../object/open.js'
import { binaryKey } from '../../store/binary-key.js'
import { objectKey, seqKey } from '../../store/keys.js'
import type { RecordReader } from '../../store/types.js'
import { EMPTY_TREE } from '../../tree/read.js'

/** Records over which a transaction can be read. */
export interface ReadAhead {
  /** Returns what was read for a key, `absent` where there was none, undefined where nobody looked. */
  peek(key: Uint8Array): Uint8Array | 'absent' | undefined
  /** The record is written: what was read of it no longer holds. */
  drop(key: Uint8Array): void
}

/** Reads the headers of ATOMs, whether they are indexed, their bodies and the roots of their trees. */
export function readAhead(records: RecordReader, ids: readonly ObjectId[]): ReadAhead {
  const known = new Map<string, Uint8Array | 'absent'>()
  const read = (key: Uint8Array): Uint8Array | undefined => {
    const value = records.getRecord(key)
    known.set(binaryKey(key), value ?? 'absent')
    return value
  }
  const sorted = inOrder(ids)
  const links: ObjectId[] = []
  for (const id of sorted) {
    const bytes = read(objectKey(id))
    const header = bytes && getHeader(bytes)
    if (header !== undefined) links.push(header.body, ...(header.tree === EMPTY_TREE.id ? [] : [header.tree]))
  }
  for (const id of sorted) read(seqKey(digestOf(id)))
  for (const id of inOrder(links)) read(objectKey(id))
  return {
    peek: (key) => known.get(binaryKey(key)),
    drop: (key) => { known.delete(binaryKey(key)) },
  }
}

/** The order of the hex digits is that of the keys. */
function inOrder(ids: readonly ObjectId[]): readonly ObjectId[] {
  return [...new Set(ids)].sort()
}

/** Returns the header in bytes, or undefined where they are none that can be read. */
export function getHeader(bytes: Uint8Array): AtomHeader | undefined {
  try {
    return openAs(bytes, 'atom')
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}
