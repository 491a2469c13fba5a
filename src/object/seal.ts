/** Where encoding meets hashing: value → bytes and id. Nothing else makes an `ObjectId` from new bytes. */
import { AtomError } from '../base/errors.js'
import { OBJECT_MAX_BYTES } from '../base/limits.js'
import { idOf, type ObjectId } from '../codec/object-id.js'
import type { Codec } from '../codec/cid.js'

export interface SealedObject {
  readonly id: ObjectId
  readonly bytes: Uint8Array
}

/** Returns the object of bytes that `encodeX` made (dag-cbor) or of file contents (raw). Throws `OBJECT_INVALID` above 1 MiB. */
export function seal(bytes: Uint8Array, codec: Codec = 'dag-cbor'): SealedObject {
  if (bytes.length > OBJECT_MAX_BYTES) {
    throw new AtomError('OBJECT_INVALID', `an object of ${String(bytes.length)} bytes is larger than ${String(OBJECT_MAX_BYTES)}`, { data: { reason: 'size' } })
  }
  return { id: idOf(bytes, codec), bytes }
}
