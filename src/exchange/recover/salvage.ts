/** What can still be read of a store that is damaged. Never throws for damage: what cannot be read, or is not what it says, is not there. */
import { getText, toHex } from '../../base/bytes.js'
import { isAtomError } from '../../base/errors.js'
import { STORE_ID_BYTES } from '../../base/limits.js'
import { codecOf, idOf, type ObjectId } from '../../codec/object-id.js'
import type { AtomHeader } from '../../object/atom.js'
import type { Op, RefTarget } from '../../object/op.js'
import { openAny, type OpenedObject } from '../../object/open.js'
import { getLogState } from '../../refs/log-state.js'
import { getTarget } from '../../refs/ref.js'
import { getObjectKeyId, objectKey, rangeOf } from '../../store/keys.js'
import { META } from '../../store/objects.js'
import type { KeyRange, ObjectReader, RecordReader, StoreRecord } from '../../store/types.js'

export interface Salvage extends ObjectReader {
  /** The store's id: 32 hex digits. */
  readonly store: string | undefined
  readonly project: string | undefined
  /** The end of its operation log, as it was remembered. */
  readonly tip: ObjectId | undefined
  readonly refs: ReadonlyMap<string, RefTarget>
  /** Operations of its own log, in any order. */
  readonly ops: ReadonlyMap<ObjectId, Op>
  /** Headers of ATOMs, whether what they own can be read or not. */
  readonly atoms: ReadonlyMap<ObjectId, SalvagedAtom>
}

export type SalvagedAtom = Pick<AtomHeader, 'atomId' | 'timeMs'>

/** Reads all that there is. */
export async function readSalvage(records: RecordReader): Promise<Salvage> {
  const getObject = (id: ObjectId): Uint8Array | undefined => {
    const bytes = getRecord(records, objectKey(id))
    return bytes !== undefined && idOf(bytes, codecOf(id)) === id ? bytes : undefined
  }
  const storeBytes = getRecord(records, META.store)
  const projectBytes = getRecord(records, META.project)
  const logBytes = getRecord(records, META.log)
  const store = storeBytes?.length === STORE_ID_BYTES ? toHex(storeBytes) : undefined
  const ops = new Map<ObjectId, Op>()
  const atoms = new Map<ObjectId, SalvagedAtom>()
  for await (const [key, bytes] of readable(records, rangeOf('object'))) {
    const id = getObjectKeyId(key)
    if (id === undefined || codecOf(id) === 'raw') continue
    const object = openSound(id, bytes)
    if (object?.kind === 'atom') atoms.set(id, { atomId: object.value.atomId, timeMs: object.value.timeMs })
    if (object?.kind === 'op' && object.value.store === store) ops.set(id, object.value)
  }
  return {
    getObject, store, ops, atoms,
    project: projectBytes === undefined ? undefined : getText(projectBytes),
    tip: logBytes === undefined ? undefined : getLogState(logBytes)?.tip,
    refs: await readRefs(records),
  }
}

async function readRefs(records: RecordReader): Promise<ReadonlyMap<string, RefTarget>> {
  const refs = new Map<string, RefTarget>()
  for await (const [key, value] of readable(records, rangeOf('ref'))) {
    const name = getText(key.subarray(1))
    const target = getTarget(value)
    if (name !== undefined && target !== undefined) refs.set(name, target)
  }
  return refs
}

/** Opens an object whose bytes are those of its name. */
function openSound(id: ObjectId, bytes: Uint8Array): OpenedObject | undefined {
  try {
    const object = openAny(bytes)
    // Only what is looked at is hashed.
    return (object.kind === 'atom' || object.kind === 'op') && idOf(bytes, 'dag-cbor') !== id ? undefined : object
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}

function getRecord(records: RecordReader, key: Uint8Array): Uint8Array | undefined {
  try {
    return records.getRecord(key)
  } catch (error) {
    if (isAtomError(error, 'STORE_CORRUPT')) return undefined
    throw error
  }
}

/** Yields the records of a range up to the first that cannot be read, then those behind it from the end back; some may come twice. */
async function* readable(records: RecordReader, range: KeyRange): AsyncIterable<StoreRecord> {
  for (const order of ['ascending', 'descending'] as const) {
    try {
      for await (const list of records.scan(range, { order })) yield* list
      return
    } catch (error) {
      if (!isAtomError(error, 'STORE_CORRUPT')) throw error
    }
  }
}
