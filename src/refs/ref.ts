/** Refs: names that point at objects, or, for HEAD, at another name. Reading only; `transaction.ts` is the only writer. */
import { AtomError } from '../base/errors.js'
import { concatBytes, getText, utf8 } from '../base/bytes.js'
import { digestBytes, digestFromBytes, digestOf, objectId, type ObjectId } from '../codec/object-id.js'
import type { RefTarget } from '../object/op.js'
import { rangeOf, refKey } from '../store/keys.js'
import type { RecordReader } from '../store/types.js'

const OBJECT = 1
const SYMBOLIC = 2

const OBJECT_BYTE = Uint8Array.of(OBJECT)
const SYMBOLIC_BYTE = Uint8Array.of(SYMBOLIC)

export interface Ref {
  readonly name: string
  readonly target: RefTarget
}

export function encodeTarget(target: RefTarget): Uint8Array {
  return target.is === 'object' ? concatBytes([OBJECT_BYTE, digestBytes(target.digest)]) : concatBytes([SYMBOLIC_BYTE, utf8(target.ref)])
}

/** Returns the target in a ref's record, or undefined when the bytes are not one. */
export function getTarget(bytes: Uint8Array): RefTarget | undefined {
  if (bytes[0] === OBJECT && bytes.length === 33) return { is: 'object', digest: digestFromBytes(bytes.subarray(1)) }
  const ref = bytes[0] === SYMBOLIC ? getText(bytes.subarray(1)) : undefined
  return ref === undefined || ref === '' ? undefined : { is: 'symbolic', ref }
}

/** Returns where a ref points, not following a symbolic one; undefined when there is no such ref. */
export function getRef(records: RecordReader, name: string): RefTarget | undefined {
  const bytes = records.getRecord(refKey(name))
  if (bytes === undefined) return undefined
  const target = getTarget(bytes)
  if (target === undefined) throw new AtomError('STORE_CORRUPT', `the ref ${name} cannot be read`, { data: { folder: '', reason: `ref ${name}` }, hint: 'atom verify' })
  return target
}

/** Returns the object that a ref names, followed once through HEAD; undefined when it, or the branch HEAD names, has none yet. */
export function resolveRef(records: RecordReader, name: string): ObjectId | undefined {
  const target = getRef(records, name)
  const final = target?.is === 'symbolic' ? getRef(records, target.ref) : target
  return final?.is === 'object' ? objectId(final.digest, 'dag-cbor') : undefined
}

/** Returns all refs whose name begins with a prefix, sorted by name. */
export async function listRefs(records: RecordReader, prefix: string): Promise<readonly Ref[]> {
  const refs: Ref[] = []
  for await (const list of records.scan(rangeOf('ref', utf8(prefix)))) {
    for (const [key, value] of list) {
      const name = getText(key.subarray(1))
      const target = getTarget(value)
      if (name !== undefined && target !== undefined) refs.push({ name, target })
    }
  }
  return refs
}

/** Returns the branch that HEAD names (its full ref name), or undefined when HEAD is detached. */
export function getHeadBranch(records: RecordReader): string | undefined {
  const head = getRef(records, 'HEAD')
  return head?.is === 'symbolic' ? head.ref : undefined
}

export function pointAt(id: ObjectId): RefTarget {
  return { is: 'object', digest: digestOf(id) }
}
