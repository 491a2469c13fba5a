/** What can still be read of a store that is damaged. Never throws for damage: what cannot be read, or is not what it says, is not there. */
import { getText, toHex } from '../../base/bytes.js'
import { isAtomError } from '../../base/errors.js'
import { STORE_ID_BYTES } from '../../base/limits.js'
import { codecOf, idFromBytes, idOf, writeIdBytes, type ObjectId } from '../../codec/object-id.js'
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
  /** Operations of its own log, the latest first. */
  ops(): Iterable<ObjectId>
  getOp(id: ObjectId): Op | undefined
  /** How many headers of ATOMs can be read, whether what they own can be or not. */
  readonly atomCount: number
  isAtom(id: ObjectId): boolean
  /** Reads through the headers again. One may come twice. */
  atoms(): AsyncIterable<SalvagedAtom>
}

export interface SalvagedAtom extends Pick<AtomHeader, 'atomId'> { readonly id: ObjectId }

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
  const open = (id: ObjectId): OpenedObject | undefined => {
    const bytes = getObject(id)
    return bytes === undefined ? undefined : openSound(id, bytes)
  }
  const ops = new OpList()
  let atomCount = 0
  for await (const { id, object } of opened(records)) {
    if (object.kind === 'atom') atomCount++
    if (object.kind === 'op' && object.value.store === store) ops.add(id, object.value.seq)
  }
  return {
    getObject, store, atomCount,
    ops: () => ops.latestFirst(),
    getOp(id) {
      const object = open(id)
      return object?.kind === 'op' && object.value.store === store ? object.value : undefined
    },
    isAtom: (id) => open(id)?.kind === 'atom',
    async* atoms() {
      for await (const { id, object } of opened(records)) if (object.kind === 'atom') yield { id, atomId: object.value.atomId }
    },
    project: projectBytes === undefined ? undefined : getText(projectBytes),
    tip: logBytes === undefined ? undefined : getLogState(logBytes)?.tip,
    refs: await readRefs(records),
  }
}

/** Yields the ATOMs and operations that can be read. */
async function* opened(records: RecordReader): AsyncIterable<{ readonly id: ObjectId; readonly object: OpenedObject }> {
  for await (const [key, bytes] of readable(records, rangeOf('object'))) {
    const id = getObjectKeyId(key)
    const object = id === undefined || codecOf(id) === 'raw' ? undefined : openSound(id, bytes)
    if (id !== undefined && object !== undefined) yield { id, object }
  }
}

const ID_BYTES = 33

/** Operations by their numbers, in 37 bytes each. */
class OpList {
  #ids = new Uint8Array(ID_BYTES * 64)
  readonly #seqs: number[] = []

  add(id: ObjectId, seq: number): void {
    const at = this.#seqs.length * ID_BYTES
    if (at === this.#ids.length) {
      const larger = new Uint8Array(at * 2)
      larger.set(this.#ids)
      this.#ids = larger
    }
    writeIdBytes(id, this.#ids, at)
    this.#seqs.push(seq)
  }

  * latestFirst(): Iterable<ObjectId> {
    const order = Uint32Array.from(this.#seqs, (_, index) => index).sort((left, right) => (this.#seqs[right] as number) - (this.#seqs[left] as number))
    for (const index of order) yield idFromBytes(this.#ids.subarray(index * ID_BYTES, (index + 1) * ID_BYTES))
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

/** Opens an ATOM or an operation whose bytes are those of its name. */
function openSound(id: ObjectId, bytes: Uint8Array): OpenedObject | undefined {
  try {
    const object = openAny(bytes)
    // Only what is looked at is hashed.
    return (object.kind === 'atom' || object.kind === 'op') && idOf(bytes, 'dag-cbor') === id ? object : undefined
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
