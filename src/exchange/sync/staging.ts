/** Where what arrives lies until all of it has been judged: in memory while it is little, else in a store of its own that is thrown away afterwards. */
import type { ObjectId } from '../../codec/object-id.js'
import { objectKey } from '../../store/keys.js'
import type { Store } from '../../store/types.js'
import type { RemoteObject } from '../remote.js'

export interface Staging extends AsyncDisposable {
  getObject(id: ObjectId): Uint8Array | undefined
  /** Keeps an object; it can be read at once. */
  put(object: RemoteObject): Promise<void> | undefined
}

/** Makes an empty store, which closing throws away. */
export type OpenScratch = () => Promise<Store>

const IN_MEMORY_MAX_BYTES = 8_388_608
/** What an entry of a map takes beside the object's bytes. */
const ENTRY_BYTES = 200

export function createStaging(openScratch: OpenScratch): Staging {
  let young = new Map<ObjectId, Uint8Array>()
  let youngBytes = 0
  let scratch: Store | undefined
  const spill = async (): Promise<void> => {
    scratch ??= await openScratch()
    await scratch.write({ puts: [...young].map(([id, bytes]) => [objectKey(id), bytes] as const), deletes: [] }, 'buffered')
    young = new Map()
    youngBytes = 0
  }
  return {
    getObject: (id) => young.get(id) ?? scratch?.getRecord(objectKey(id)),
    put({ id, bytes }) {
      young.set(id, bytes)
      youngBytes += bytes.length + ENTRY_BYTES
      return youngBytes > IN_MEMORY_MAX_BYTES ? spill() : undefined
    },
    async [Symbol.asyncDispose]() {
      await scratch?.close()
    },
  }
}
