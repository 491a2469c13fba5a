/** Reads what objects own, near and far, from a place that only gives single objects: each after one that owns it, the newest history first. */
import { isAtomError } from '../base/errors.js'
import { codecOf, type ObjectId } from '../codec/object-id.js'
import { ownedLinks, type OwnedLink } from '../object/links.js'
import { openAny } from '../object/open.js'
import type { RemoteObject } from './remote.js'

export interface LinkedSource {
  read(id: ObjectId): Promise<Uint8Array | undefined>
  /** Tells whether an object need not be read: whoever asks has it, or has been given it. */
  isHere(id: ObjectId): boolean
}

/**
 * Yields the objects and all that they own, without what is `isHere` and what that owns. Remembers nothing but what it has still to read: the one who asks MUST keep each
 * object before it asks for the next.
 */
export async function* followLinks(source: LinkedSource, ids: readonly ObjectId[]): AsyncIterable<RemoteObject> {
  const stack = [...ids].reverse()
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const bytes = source.isHere(id) ? undefined : await source.read(id)
    if (bytes === undefined) continue
    yield { id, bytes }
    // Parents stand first among the links: put below the rest, they wait until the ATOM is whole.
    for (const link of linksOf(id, bytes)) if (!source.isHere(link.id)) stack.push(link.id)
  }
}

/** What cannot be read owns nothing here: whoever gets it judges it. */
function linksOf(id: ObjectId, bytes: Uint8Array): readonly OwnedLink[] {
  if (codecOf(id) === 'raw') return []
  try {
    return ownedLinks(openAny(bytes))
  } catch (error) {
    if (isAtomError(error)) return []
    throw error
  }
}
