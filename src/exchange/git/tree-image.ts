/** A folder of tracked files beside its git tree: the next one at the same place mostly differs in an entry or two, whose ids are written over those in a copy of the bytes. */
import { writeHex } from '../../base/bytes.js'
import type { ObjectId } from '../../codec/object-id.js'
import { encodeGitTree, GIT_FOLDER, OID_BYTES, sortGitNames, type GitEntry, type Oid } from '../../git/git-object.js'
import { compareTrees, packedEntries, type PackedTree } from '../../object/packed-tree.js'
import { FOLDER_MODE, type TreeEntry } from '../../object/tree.js'
import { escapeName } from './escape-name.js'

export interface TreeImage {
  readonly id: ObjectId
  readonly tree: PackedTree
  /** Of git's tree. */
  readonly bytes: Uint8Array
  /** The names of the entries in the order of the tree's bytes, and where the id of each stands in git's. */
  readonly names: readonly string[]
  readonly offsets: readonly number[]
}

export type Imaged = Pick<TreeImage, 'id' | 'tree'>

/** Returns git's id of what an entry links; undefined where it leaves the entry out. */
export type FindOid = (name: string, entry: TreeEntry) => Promise<Oid | undefined>

/** Returns the image of a tree out of that of another one; undefined where they have other names or modes, or an entry is left out. */
export async function changeImage(before: TreeImage, { id, tree }: Imaged, find: FindOid): Promise<TreeImage | undefined> {
  const { changed, names } = compareTrees(tree, before.tree)
  if (names === 'other' || changed.some(({ entry, before: old }) => entry.mode !== old?.mode)) return undefined
  const bytes = before.bytes.slice()
  for (const { index, entry } of changed) {
    const oid = await find(before.names[index] ?? '', entry)
    if (oid === undefined) return undefined
    writeHex(oid, bytes, before.offsets[index] ?? 0)
  }
  return { ...before, id, tree, bytes }
}

/** Returns the image of a tree; undefined where an entry is left out. */
export async function makeImage({ id, tree }: Imaged, find: FindOid): Promise<TreeImage | undefined> {
  const names: string[] = []
  const entries = new Map<string, GitEntry>()
  const shown: string[] = []
  for (const [name, entry] of packedEntries(tree)) {
    const oid = await find(name, entry)
    if (oid === undefined) return undefined
    const mode = entry.mode === FOLDER_MODE ? GIT_FOLDER : entry.mode
    names.push(name)
    shown.push(escapeName(name, entry.mode))
    entries.set(shown.at(-1) ?? '', { mode, oid })
  }
  const ends = new Map<string, number>()
  let end = 0
  for (const { name, head } of sortGitNames(entries)) ends.set(name, end += head.length + OID_BYTES)
  return { id, tree, bytes: encodeGitTree(entries), names, offsets: shown.map((name) => (ends.get(name) ?? 0) - OID_BYTES) }
}
