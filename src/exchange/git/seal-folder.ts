/** One folder of tracked files as tree objects: split where its names are too many. The shape depends on the set of names alone. */
import type { ObjectId } from '../../codec/object-id.js'
import { EMPTY_PACKED, spliceEntries, type PackedTree } from '../../object/packed-tree.js'
import { seal, type SealedObject } from '../../object/seal.js'
import { checkEntryName, encodeTree, mustSplit, type TreeEntry } from '../../object/tree.js'
import { leafDigit } from '../../tree/read.js'

export interface SealedFolder {
  readonly root: ObjectId
  /** Leaves first, the whole last. */
  readonly objects: readonly SealedObject[]
  /** The whole, where it is not split. */
  readonly packed?: PackedTree
}

/** Returns the objects of a folder that is not empty; throws `OBJECT_INVALID` for a name that cannot be recorded. */
export function sealFolder(entries: ReadonlyMap<string, TreeEntry>, depth = 0): SealedFolder {
  if (!mustSplit(entries.keys())) return sealPacked(packEntries(EMPTY_PACKED, entries))
  const groups = new Map<string, Map<string, TreeEntry>>()
  for (const [name, entry] of entries) {
    const digit = leafDigit(name, depth)
    groups.set(digit, (groups.get(digit) ?? new Map<string, TreeEntry>()).set(name, entry))
  }
  const leaves = [...groups].map(([digit, group]) => ({ digit, leaf: sealFolder(group, depth + 1) }))
  return whole(seal(encodeTree({ is: 'node', leaves: new Map(leaves.map(({ digit, leaf }) => [digit, leaf.root])) })), leaves.flatMap(({ leaf }) => leaf.objects))
}

/** Returns a tree with entries put in or taken out (undefined), as `encodeTree` would make it. Throws as above. */
export function packEntries(tree: PackedTree, changes: ReadonlyMap<string, TreeEntry | undefined>): PackedTree {
  for (const name of changes.keys()) checkEntryName(name)
  return spliceEntries(tree, changes)
}

export function sealPacked(packed: PackedTree): SealedFolder {
  return { ...whole(seal(packed.bytes), []), packed }
}

function whole(object: SealedObject, before: readonly SealedObject[]): SealedFolder {
  return { root: object.id, objects: [...before, object] }
}
