/** Where what is pushed into a store lies until a ref leads to it and it was judged. Thrown away when the endpoint ends. */
import type { ObjectId } from '../../codec/object-id.js'
import { getObjectKeyId, objectKey, rangeOf } from '../../store/keys.js'
import type { ObjectReader, Store } from '../../store/types.js'
import type { RemoteObject } from '../remote.js'
import type { OpenScratch } from '../sync/staging.js'

export interface Quarantine extends ObjectReader, AsyncDisposable {
  /** Keeps objects, whose digests were checked. Cut off in the middle, what was kept stays. */
  put(objects: AsyncIterable<RemoteObject>): Promise<void>
  /** Drops what is in a store by now. */
  dropKnown(store: ObjectReader): Promise<void>
}

const BATCH_BYTES = 4_194_304

/** The database is made for the first object. */
export function createQuarantine(openScratch: OpenScratch): Quarantine {
  let opening: Promise<Store> | undefined
  let scratch: Store | undefined
  const open = async (): Promise<Store> => scratch = await (opening ??= openScratch())
  return {
    getObject: (id) => scratch?.getRecord(objectKey(id)),
    async put(objects) {
      const store = await open()
      let batch = new Map<ObjectId, Uint8Array>()
      let sizeBytes = 0
      const flush = async (): Promise<void> => {
        const puts = [...batch].map(([id, bytes]) => [objectKey(id), bytes] as const)
        batch = new Map()
        sizeBytes = 0
        if (puts.length > 0) await store.write({ puts, deletes: [] }, 'buffered')
      }
      try {
        for await (const { id, bytes } of objects) {
          batch.set(id, bytes)
          sizeBytes += bytes.length
          if (sizeBytes >= BATCH_BYTES) await flush()
        }
      } finally {
        await flush()
      }
    },
    async dropKnown(known) {
      if (scratch === undefined) return
      for await (const records of scratch.scan(rangeOf('object'))) {
        const deletes = records.flatMap(([key]) => {
          const id: ObjectId | undefined = getObjectKeyId(key)
          return id !== undefined && known.getObject(id) !== undefined ? [key] : []
        })
        if (deletes.length > 0) await scratch.write({ puts: [], deletes }, 'buffered')
      }
    },
    async [Symbol.asyncDispose]() {
      await (await opening)?.close()
    },
  }
}
