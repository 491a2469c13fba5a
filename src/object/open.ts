/** Bytes → checked object. Unknown kinds and versions are kept and walked, never judged. */
import { AtomError } from '../base/errors.js'
import { OBJECT_MAX_BYTES } from '../base/limits.js'
import { decode } from '../codec/cbor-decode.js'
import { openAtom, type AtomHeader } from './atom.js'
import { openBody, type Body } from './body.js'
import { openFile, type FileObject } from './file.js'
import { openOp, type Op } from './op.js'
import { openReceipt, type Receipt } from './receipt.js'
import { openRefs } from './refs.js'
import { invalid, isFields, type Fields } from './shape.js'
import { openTag, type Tag } from './tag.js'
import { openTree, type TreeObject } from './tree.js'
import type { ObjectId } from '../codec/object-id.js'

/** What each kind opens to. */
export interface ObjectKinds {
  atom: AtomHeader
  body: Body
  tree: TreeObject
  file: FileObject
  op: Op
  tag: Tag
  receipt: Receipt
  refs: ReadonlyMap<string, ObjectId>
}
export type ObjectKind = keyof ObjectKinds

const OPENERS: { readonly [Kind in ObjectKind]: (fields: Fields) => ObjectKinds[Kind] } = {
  atom: openAtom, body: openBody, tree: openTree, file: openFile, op: openOp, tag: openTag, receipt: openReceipt, refs: openRefs,
}

export type OpenedObject =
  | { readonly [Kind in ObjectKind]: { readonly kind: Kind; readonly value: ObjectKinds[Kind] } }[ObjectKind]
  | { readonly kind: 'unknown'; readonly name: string; readonly version: number; readonly value: Fields }

/** Returns the object as the kind that its link's role demands; throws `CBOR_INVALID`, `OBJECT_INVALID` or `KIND_UNKNOWN`. */
export function openAs<Kind extends ObjectKind>(bytes: Uint8Array, kind: Kind): ObjectKinds[Kind] {
  const fields = openFields(bytes)
  if (fields['kind'] !== kind) throw invalid(kind, `it is a ${String(fields['kind']).slice(0, 80)}`)
  if (fields['version'] !== 1) {
    throw new AtomError('KIND_UNKNOWN', `a ${kind} of version ${String(fields['version'])}, and this program reads version 1`, { data: { kind, version: Number(fields['version']) }, hint: 'install a newer atom' })
  }
  return OPENERS[kind](fields)
}

/** Returns the object as what it says it is. */
export function openAny(bytes: Uint8Array): OpenedObject {
  const fields = openFields(bytes)
  const kind = fields['kind'] as string
  const version = fields['version'] as number
  if (!Object.hasOwn(OPENERS, kind) || version !== 1) return { kind: 'unknown', name: kind, version, value: fields }
  return { kind: kind as ObjectKind, value: OPENERS[kind as ObjectKind](fields) } as OpenedObject
}

/** Returns the map of any object: it has a `kind` and a `version`. */
export function openFields(bytes: Uint8Array): Fields {
  if (bytes.length > OBJECT_MAX_BYTES) throw invalid('object', `${String(bytes.length)} bytes, and no object is larger than ${String(OBJECT_MAX_BYTES)}`)
  const value = decode(bytes)
  if (!isFields(value)) throw invalid('object', 'it is no map')
  if (typeof value['kind'] !== 'string' || value['kind'] === '') throw invalid('object', 'it has no kind')
  if (typeof value['version'] !== 'number' || !Number.isSafeInteger(value['version']) || value['version'] < 1) throw invalid('object', 'it has no version')
  return value
}
