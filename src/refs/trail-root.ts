/** The root of a trail: one object over its branches and tags, whose id changes with anything that they reach. */
import { objectId, type ObjectId } from '../codec/object-id.js'
import { encodeRefs } from '../object/refs.js'
import { seal, type SealedObject } from '../object/seal.js'
import { HEADS, TAGS } from './name.js'
import type { Ref } from './ref.js'

/** Returns the `refs` object over the branches and tags among these refs. */
export function trailRoot(refs: readonly Ref[]): SealedObject {
  const named = new Map<string, ObjectId>()
  for (const { name, target } of refs) {
    if (target.is === 'object' && (name.startsWith(HEADS) || name.startsWith(TAGS))) named.set(name, objectId(target.digest, 'dag-cbor'))
  }
  return seal(encodeRefs(named))
}
