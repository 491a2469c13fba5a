/**
 * Where what arrives lies until all of it has been judged: in memory while it is little, else in a store of its own that is thrown away afterwards. For a new store
 * that does not count before everything is in it, that store itself: each object is then written once.
 */
import type { ObjectId } from '../../codec/object-id.js'
import { getObjectKeyId, objectKey, rangeOf } from '../../store/keys.js'
import type { Store } from '../../store/types.js'
import type { RemoteObject } from '../remote.js'

export interface Staging extends AsyncDisposable {
  /** `in the store`: that store held no object before, and does not count yet. */
  readonly place: 'aside' | 'in the store'
  getObject(id: ObjectId): Uint8Array | undefined
  /** Keeps an object; it can be read at once. */
  put(object: RemoteObject): Promise<void> | undefined
  /** Yields all that are kept. */
  objects(): AsyncIterable<RemoteObject>
  /** Resolves when all that was put into the store is durable there; aside nothing has to be. */
  settle(): Promise<void>
}

/** Makes an empty store, which closing throws away. */
export type OpenScratch = () => Promise<Store>

const IN_MEMORY_MAX_BYTES = 8_388_608
/** A batch of LevelDB's, while the next one is filled. */
const BATCH_BYTES = 2_097_152
/** What an entry of a map takes beside the object's bytes. */
const ENTRY_BYTES = 200

export function createStaging(openScratch: OpenScratch): Staging {
  let scratch: Store | undefined
  const area = new Area(IN_MEMORY_MAX_BYTES, async () => scratch ??= await openScratch(), () => scratch)
  return {
    place: 'aside',
    getObject: (id) => area.getObject(id),
    put: (object) => area.put(object),
    objects: () => area.objects(),
    settle: () => Promise.resolve(),
    async [Symbol.asyncDispose]() {
      await area.ended()
      await scratch?.close()
    },
  }
}

/** Nobody else MAY write objects to the store meanwhile. Closing leaves it open. */
export function stageInStore(store: Store): Staging {
  const area = new Area(BATCH_BYTES, () => Promise.resolve(store), () => store)
  return {
    place: 'in the store',
    getObject: (id) => area.getObject(id),
    put: (object) => area.put(object),
    objects: () => area.objects(),
    async settle() {
      if (!area.isUnsettled) return
      await area.spill()
      await area.idle()
      area.isUnsettled = false
      // Makes tables, which are synced, of all that only a log has so far: what is synced after it stands on the disk behind it.
      await store.compact(NOTHING)
    },
    [Symbol.asyncDispose]: () => area.ended(),
  }
}

/** No key of ours is so short. */
const NOTHING = { gte: Uint8Array.of(0), lt: Uint8Array.of(0, 0) }

/** A store below, a batch on its way to it, and what came since. */
class Area {
  readonly #limitBytes: number
  readonly #open: () => Promise<Store>
  readonly #opened: () => Store | undefined
  #young = new Map<ObjectId, Uint8Array>()
  #youngBytes = 0
  #leaving = new Map<ObjectId, Uint8Array>()
  #writing: Promise<void> = Promise.resolve()
  /** Set by what is put. */
  isUnsettled = false

  constructor(limitBytes: number, open: () => Promise<Store>, opened: () => Store | undefined) {
    this.#limitBytes = limitBytes
    this.#open = open
    this.#opened = opened
  }

  getObject(id: ObjectId): Uint8Array | undefined {
    return this.#young.get(id) ?? this.#leaving.get(id) ?? this.#opened()?.getRecord(objectKey(id))
  }

  put({ id, bytes }: RemoteObject): Promise<void> | undefined {
    this.#young.set(id, bytes)
    this.isUnsettled = true
    this.#youngBytes += bytes.length + ENTRY_BYTES
    return this.#youngBytes > this.#limitBytes ? this.spill() : undefined
  }

  /** Resolves when the batch before is written: this one is on its way then. */
  async spill(): Promise<void> {
    await this.#writing
    const leaving = this.#young
    this.#leaving = leaving
    this.#young = new Map()
    this.#youngBytes = 0
    this.#writing = this.#write(leaving)
    // Awaited by the next, or by `idle`.
    this.#writing.catch(() => undefined)
  }

  async #write(objects: ReadonlyMap<ObjectId, Uint8Array>): Promise<void> {
    const store = await this.#open()
    await store.write({ puts: [...objects].map(([id, bytes]) => [objectKey(id), bytes] as const), deletes: [] }, 'buffered')
    if (this.#leaving === objects) this.#leaving = new Map()
  }

  /** Resolves when nothing is on its way; throws what writing met. */
  idle(): Promise<void> {
    return this.#writing
  }

  /** Resolves when nothing is on its way. What writing met was thrown where the objects were needed: who leaves early does not need them. */
  async ended(): Promise<void> {
    await this.#writing.catch(() => undefined)
  }

  async* objects(): AsyncIterable<RemoteObject> {
    for (const held of [this.#young, this.#leaving]) for (const [id, bytes] of held) yield { id, bytes }
    for await (const list of this.#opened()?.scan(rangeOf('object')) ?? []) for (const [key, bytes] of list) yield { id: getObjectKeyId(key) as ObjectId, bytes }
  }
}
