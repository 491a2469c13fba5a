/** One folder of tracked files as tree objects: split where its names are too many. The shape depends on the set of names alone. */
import type { ObjectId } from '../../codec/object-id.js'
import { seal, type SealedObject } from '../../object/seal.js'
import { encodeTree, mustSplit, type TreeEntry } from '../../object/tree.js'
import { leafDigit } from '../../tree/read.js'

export interface SealedFolder {
  readonly root: ObjectId
  /** Leaves first, the whole last. */
  readonly objects: readonly SealedObject[]
}

/** Returns the objects of a folder that is not empty; throws `OBJECT_INVALID` for a name that cannot be recorded. */
export function sealFolder(entries: ReadonlyMap<string, TreeEntry>, depth = 0): SealedFolder {
  if (!mustSplit(entries.keys())) return whole(seal(encodeTree({ is: 'entries', entries })), [])
  const groups = new Map<string, Map<string, TreeEntry>>()
  for (const [name, entry] of entries) {
    const digit = leafDigit(name, depth)
    groups.set(digit, (groups.get(digit) ?? new Map<string, TreeEntry>()).set(name, entry))
  }
  const leaves = [...groups].map(([digit, group]) => ({ digit, leaf: sealFolder(group, depth + 1) }))
  return whole(seal(encodeTree({ is: 'node', leaves: new Map(leaves.map(({ digit, leaf }) => [digit, leaf.root])) })), leaves.flatMap(({ leaf }) => leaf.objects))
}

function whole(object: SealedObject, before: readonly SealedObject[]): SealedFolder {
  return { root: object.id, objects: [...before, object] }
}
