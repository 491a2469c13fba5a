/** Says who names an object: asked only for an error, so every staged object is read again, and nothing is remembered for it while all goes well. */
import { codecOf, digestOf, linksIn, type ObjectId } from '../../codec/object-id.js'
import type { WantedRole } from '../../history/verify/object-table.js'
import { opReferences, ownedLinks } from '../../object/links.js'
import { openAny, type OpenedObject } from '../../object/open.js'
import type { RemoteObject } from '../remote.js'

export interface Namer {
  /** An atom id, or kind and digest. */
  readonly from: string
  readonly role: WantedRole
}

/** Returns the first of the objects that names an id in a role that counts. */
export async function findNamer(objects: AsyncIterable<RemoteObject>, id: ObjectId, counts: (role: WantedRole) => boolean): Promise<Namer | undefined> {
  for await (const { id: owner, bytes } of objects) {
    if (codecOf(owner) === 'raw') continue
    const object = mayName(bytes, id) ? openAny(bytes) : undefined
    const role = object === undefined ? undefined : rolesIn(object, id).find(counts)
    if (object !== undefined && role !== undefined) return { from: nameOf(owner, object), role }
  }
  return undefined
}

/** Operations name what they move by its digest alone. */
function mayName(bytes: Uint8Array, id: ObjectId): boolean {
  for (const link of linksIn(bytes)) if (link === id) return true
  return openAny(bytes).kind === 'op'
}

function rolesIn(object: OpenedObject, id: ObjectId): readonly WantedRole[] {
  const owned = ownedLinks(object).flatMap((link): readonly WantedRole[] => (link.id === id ? [link.role] : []))
  return opReferences(object).includes(id) ? [...owned, 'reference'] : owned
}

export function nameOf(id: ObjectId, object: OpenedObject): string {
  return object.kind === 'atom' ? object.value.atomId : `the ${object.kind} ${digestOf(id)}`
}
