/** Objects as records of a store: the one reading door of everything above. */
import { AtomError } from '../base/errors.js'
import { digestOf, type ObjectId } from '../codec/object-id.js'
import { openAs, type ObjectKind, type ObjectKinds } from '../object/open.js'
import { metaKey, objectKey } from './keys.js'
import type { ObjectReader, RecordReader } from './types.js'

export function objectsOf(records: RecordReader): ObjectReader {
  return { getObject: (id) => records.getRecord(objectKey(id)) }
}

/** Returns an object's checked value; throws `OBJECT_NOT_FOUND`, or `OBJECT_CORRUPT` when the bytes are not of that kind. */
export function readObject<Kind extends ObjectKind>(reader: ObjectReader, id: ObjectId, kind: Kind): ObjectKinds[Kind] {
  const value = getObjectAs(reader, id, kind)
  if (value === undefined) throw notFound(id, kind)
  return value
}

/** Returns an object's checked value, or undefined when it is not here (never pushed, or forgotten). */
export function getObjectAs<Kind extends ObjectKind>(reader: ObjectReader, id: ObjectId, kind: Kind): ObjectKinds[Kind] | undefined {
  const bytes = reader.getObject(id)
  if (bytes === undefined) return undefined
  try {
    return openAs(bytes, kind)
  } catch (cause) {
    if (cause instanceof AtomError && cause.code === 'KIND_UNKNOWN') throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AtomError('OBJECT_CORRUPT', `the object ${digestOf(id)} cannot be read: ${reason}`, { data: { id: digestOf(id), reason }, hint: 'atom verify', cause })
  }
}

export function notFound(id: ObjectId, what: string): AtomError<'OBJECT_NOT_FOUND'> {
  return new AtomError('OBJECT_NOT_FOUND', `the ${what} ${digestOf(id)} is not in this store`, { data: { id: digestOf(id) }, hint: 'atom fsck says whether it was forgotten' })
}

/** The key of the store's own settings; kept here so that a reader of the layout meets them all. */
export const META: { readonly [Name in 'format' | 'store' | 'log' | 'receipts' | 'project' | 'layout' | 'merge' | 'bisect' | 'reindex' | 'scrub' | 'untold']: Uint8Array } = {
  /** `{ version }` of the store's layout */
  format: metaKey('format'),
  /** 16 random bytes, given at init */
  store: metaKey('store'),
  /** tip and count of the operation log, count of ATOMs (`refs/log-state.ts`) */
  log: metaKey('log'),
  /** there only once something was forgotten: saves a look-up for every object */
  receipts: metaKey('receipts'),
  /** the tree that was last laid out (`exchange/worktree`) */
  layout: metaKey('layout'),
  /** CBOR: a merge, cherry-pick or revert that waits for its conflicts (`ops/fork/merge-state.ts`); the objects it names are kept */
  merge: metaKey('merge'),
  /** CBOR: a search for the break (`ops/search/bisect-state.ts`) */
  bisect: metaKey('bisect'),
  /** there only while the indexes are made again: whoever finds it when it opens the store finishes that first */
  reindex: metaKey('reindex'),
  /** there only between an erasure and the rewriting of the tables: whoever finds it when it opens the store finishes that first */
  scrub: metaKey('scrub'),
  /** there only once a prune dropped an erasure: what it erased (`refs/untold.ts`) */
  untold: metaKey('untold'),
  /** UTF-8: the project named at init, which recording writes into bodies */
  project: metaKey('project'),
}
