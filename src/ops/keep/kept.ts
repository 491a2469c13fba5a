/** What `gc` begins with: everything that a store must keep besides what these own. */
import { toHex } from '../../base/bytes.js'
import { isAtomError } from '../../base/errors.js'
import { decode } from '../../codec/cbor-decode.js'
import { Float, type CborValue } from '../../codec/cbor.js'
import { Cid } from '../../codec/cid.js'
import { getDigest, idFromBytes, idFromCid, objectId, type Digest, type ObjectId } from '../../codec/object-id.js'
import { readLogState } from '../../refs/log-state.js'
import { listRefs } from '../../refs/ref.js'
import { META } from '../../store/objects.js'
import type { RecordReader } from '../../store/types.js'

/** Returns the roots: refs of every kind, the end of the operation log, the tree that was laid out, a merge or a search that is under way. */
export async function keptRoots(records: RecordReader): Promise<readonly ObjectId[]> {
  const roots: ObjectId[] = []
  for (const { target } of await listRefs(records, '')) if (target.is === 'object') roots.push(objectId(target.digest, 'dag-cbor'))
  const { tip } = readLogState(records)
  if (tip !== undefined) roots.push(tip)
  const layout = records.getRecord(META.layout)
  if (layout !== undefined) roots.push(idFromBytes(layout))
  for (const key of [META.merge, META.bisect]) {
    const bytes = records.getRecord(key)
    if (bytes !== undefined) roots.push(...idsIn(bytes))
  }
  return roots
}

/** Returns whatever may be an id in a state that another use case wrote: links, digests as bytes, digests as text. */
function idsIn(bytes: Uint8Array): readonly ObjectId[] {
  const found: ObjectId[] = []
  const either = (digest: Digest): void => { found.push(objectId(digest, 'dag-cbor'), objectId(digest, 'raw')) }
  const walk = (value: CborValue): void => {
    if (value instanceof Cid) {
      const id = idFromCid(value)
      if (id !== undefined) found.push(id)
    } else if (value instanceof Uint8Array) {
      const digest = getDigest(toHex(value.length === 33 ? value.subarray(1) : value))
      if (digest !== undefined) either(digest)
    } else if (typeof value === 'string') {
      const digest = getDigest(value) ?? getDigest(value.slice(2))
      if (digest !== undefined) either(digest)
    } else if (typeof value === 'object' && value !== null && !(value instanceof Float)) for (const inner of Array.isArray(value) ? value as readonly CborValue[] : Object.values(value)) walk(inner as CborValue)
  }
  try {
    walk(decode(bytes))
  } catch (error) {
    if (!isAtomError(error)) throw error
  }
  return found
}
