/** The objects that an object owns: what must be present, is pushed and is kept. References (influenced_by, before and after) are not here. */
import { Cid } from '../codec/cid.js'
import type { CborValue } from '../codec/cbor.js'
import { idFromCid, objectId, type ObjectId } from '../codec/object-id.js'
import { FOLDER_MODE } from './tree.js'
import { Float } from '../codec/cbor.js'
import type { OpenedObject } from './open.js'

/** `content` is a raw object, or a `file` when its codec is dag-cbor. */
export type LinkRole = 'parent' | 'tree' | 'body' | 'content' | 'chunk' | 'target' | 'previous' | 'ref' | 'unknown'

export interface OwnedLink {
  readonly role: LinkRole
  readonly id: ObjectId
}

/** Returns the owned links of an object in the order of its bytes' meaning; repeats are kept. */
export function ownedLinks(object: OpenedObject): readonly OwnedLink[] {
  switch (object.kind) {
    case 'atom': return [
      ...object.value.parents.map((id) => link('parent', id)),
      link('tree', object.value.tree), link('body', object.value.body),
    ]
    case 'body': return [
      ...Object.values(object.value.large ?? {}).map((id) => link('content', id)),
      ...(object.value.evidence ?? []).flatMap((evidence) => evidence.content === undefined ? [] : [link('content', evidence.content)]),
    ]
    case 'tree': return object.value.is === 'node'
      ? [...object.value.leaves.values()].map((id) => link('tree', id))
      : [...object.value.entries.values()].map((entry) => link(entry.mode === FOLDER_MODE ? 'tree' : 'content', entry.link))
    case 'file': return object.value.chunks.map((id) => link('chunk', id))
    case 'op': return object.value.previous === undefined ? [] : [link('previous', object.value.previous)]
    case 'tag': return [link('target', object.value.target)]
    case 'receipt': return []
    case 'refs': return [...object.value.values()].map((id) => link('ref', id))
    case 'unknown': return unknownLinks(object.value)
  }
}

function link(role: LinkRole, id: ObjectId): OwnedLink {
  return { role, id }
}

/** Returns the ATOMs that an op names as before or after: references, but `gc` and a push of the log keep them. */
export function opReferences(object: OpenedObject): readonly ObjectId[] {
  if (object.kind !== 'op') return []
  return object.value.changes.flatMap(({ before, after }) => [before, after])
    .flatMap((target) => target?.is === 'object' ? [objectId(target.digest, 'dag-cbor')] : [])
}

function unknownLinks(value: CborValue): OwnedLink[] {
  if (value instanceof Cid) {
    const id = idFromCid(value)
    return id === undefined ? [] : [link('unknown', id)]
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof Float) return []
  return (Array.isArray(value) ? (value as CborValue[]) : Object.values(value)).flatMap(unknownLinks)
}
