/** Reading trees: a folder's entries, one path, all paths. Split folders look like any other from here. */
import { compareText, fromHex, utf8 } from '../base/bytes.js'
import { sha256Hex } from '../codec/hash.js'
import type { ObjectId } from '../codec/object-id.js'
import { firstName } from '../object/differing-entries.js'
import { EMPTY_PACKED, getPackedEntry, getPackedTree, type PackedTree } from '../object/packed-tree.js'
import type { SealedObject } from '../object/seal.js'
import { FOLDER_MODE, type TreeEntry, type TreeObject } from '../object/tree.js'
import { readObject } from '../store/objects.js'
import type { ObjectReader } from '../store/types.js'
import { createWalkGuard, unwalkable, type WalkGuard } from './walk-guard.js'

/** The tree without entries: the first ATOM's, unless it carries files. Written out, so that no command has to encode and hash it first. */
export const EMPTY_TREE: SealedObject = {
  id: '7141e327a7d751c763a4434a32fa045c89a914639f143e8a485a53af6a06c4957c' as ObjectId,
  bytes: fromHex('a3646b696e64647472656567656e7472696573a06776657273696f6e01'),
}

/** Of a name's SHA-256: one more cannot be told apart by it. */
const LEAF_DIGITS = 64

export interface PathEntry extends TreeEntry {
  /** Segments joined by `/`, beginning with the scope: `project/a.env`. */
  readonly path: string
}

/** A tree as who makes one after another keeps it: entries as they are stored, nodes as values. */
export type KeptTree = PackedTree | (TreeObject & { readonly is: 'node' })

/** Returns how many entries a tree takes in a cache. */
export function weighTree(tree: KeptTree): number {
  return 1 + (tree.is === 'packed' ? tree.count : tree.leaves.size)
}

/** A reader MAY remember trees: who makes one tree after another then judges each of them once. */
export interface TreeReader extends ObjectReader {
  getTree?(id: ObjectId): KeptTree | undefined
  keepTree?(id: ObjectId, tree: KeptTree): void
}

export function readTree(reader: TreeReader, id: ObjectId): TreeObject {
  if (id === EMPTY_TREE.id) return { is: 'entries', entries: new Map() }
  const known = reader.getTree?.(id)
  return known?.is === 'node' ? known : readObject(reader, id, 'tree')
}

/** Returns a tree to look names up in, or to change. */
export function readKept(reader: TreeReader, id: ObjectId): KeptTree {
  if (id === EMPTY_TREE.id) return EMPTY_PACKED
  const known = reader.getTree?.(id)
  if (known !== undefined) return known
  const bytes = reader.getObject(id)
  const tree = (bytes === undefined ? undefined : getPackedTree(bytes)) ?? readNode(reader, id)
  reader.keepTree?.(id, tree)
  return tree
}

/** Reads what is no packed tree: a node. Throws what there is to say about anything else. */
function readNode(reader: ObjectReader, id: ObjectId): TreeObject & { readonly is: 'node' } {
  const tree = readObject(reader, id, 'tree')
  if (tree.is === 'node') return tree
  throw new TypeError(`the tree ${id} is read in one way and not in the other`)
}

/** Returns all entries of one folder, in no order. `digits`: those that led to it, where it is a leaf of a split one. */
export function readFolder(reader: ObjectReader, id: ObjectId, digits = ''): ReadonlyMap<string, TreeEntry> {
  const tree = readLeaf(reader, id, digits)
  if (tree.is === 'entries') return tree.entries
  const entries = new Map<string, TreeEntry>()
  for (const [digit, leaf] of tree.leaves) for (const [name, entry] of readFolder(reader, leaf, digits + digit)) entries.set(name, entry)
  return entries
}

/** Returns a folder or a leaf of one. A leaf under digits that none of its names has is refused: few of them, named again and again, could claim to be any number. */
export function readLeaf(reader: ObjectReader, id: ObjectId, digits: string): TreeObject {
  const tree = readTree(reader, id)
  if (digits === '' || (tree.is === 'node' && digits.length < LEAF_DIGITS)) return tree
  const [first] = tree.is === 'node' ? [] : tree.entries.keys()
  checkLeaf(id, first, digits)
  return tree
}

/** As `readLeaf`, with the entries as they are stored. */
export function readKeptLeaf(reader: TreeReader, id: ObjectId, digits: string): KeptTree {
  const tree = readKept(reader, id)
  if (digits === '' || (tree.is === 'node' && digits.length < LEAF_DIGITS)) return tree
  checkLeaf(id, tree.is === 'node' ? undefined : firstName(tree), digits)
  return tree
}

function checkLeaf(id: ObjectId, first: string | undefined, digits: string): void {
  if (first === undefined || !sha256Hex(utf8(first)).startsWith(digits)) throw unwalkable(id, `it is no leaf of ${digits.slice(0, LEAF_DIGITS)}`)
}

/** Returns the entry of a path below a tree, or undefined. The empty path is the tree itself. */
export function getEntry(reader: ObjectReader, root: ObjectId, path: string): TreeEntry | undefined {
  let entry: TreeEntry = { mode: FOLDER_MODE, link: root }
  for (const name of path === '' ? [] : path.split('/')) {
    if (entry.mode !== FOLDER_MODE) return undefined
    const next = getName(reader, entry.link, name)
    if (next === undefined) return undefined
    entry = next
  }
  return entry
}

/** Returns the entry of one name in a folder, reading only the leaf that may hold it. */
export function getName(reader: ObjectReader, folder: ObjectId, name: string): TreeEntry | undefined {
  let tree = readKept(reader, folder)
  for (let depth = 0; tree.is === 'node'; depth++) {
    const leaf = tree.leaves.get(leafDigit(name, depth))
    if (leaf === undefined) return undefined
    tree = readKept(reader, leaf)
  }
  return getPackedEntry(tree, name)
}

/** Returns the leaf of a split folder that a name belongs to at a depth. */
export function leafDigit(name: string, depth: number): string {
  return sha256Hex(utf8(name)).charAt(depth)
}

/** Returns the digits on the way to the leaf that a name belongs to at a depth. */
export function leafDigits(name: string, depth: number): string {
  return sha256Hex(utf8(name)).slice(0, depth)
}

/** Yields every file and symlink below a tree, sorted by path. Throws `OBJECT_CORRUPT` for a tree that claims too much: see `WalkGuard`. */
export function* walkTree(reader: ObjectReader, root: ObjectId, prefix = ''): Iterable<PathEntry> {
  yield* walkFolder({ reader, guard: createWalkGuard() }, root, prefix)
}

interface Walk { readonly reader: ObjectReader; readonly guard: WalkGuard }

export function* walkFolder(walk: Walk, root: ObjectId, prefix: string): Iterable<PathEntry> {
  const folder = readFolder(walk.reader, root)
  walk.guard.enter(root, prefix, folder.size)
  const entries = [...folder].map(([name, entry]) => ({ name, entry, key: entry.mode === FOLDER_MODE ? `${name}/` : name }))
  entries.sort((left, right) => compareText(left.key, right.key))
  for (const { name, entry } of entries) {
    if (entry.mode === FOLDER_MODE) yield* walkFolder(walk, entry.link, `${prefix}${name}/`)
    else yield { path: prefix + name, ...entry }
  }
}

/** Yields every file at or below a path: the whole tree for '', one file for a file's path, nothing for an unknown one. */
export function* walkPath(reader: ObjectReader, root: ObjectId, path: string): Iterable<PathEntry> {
  const entry = getEntry(reader, root, path)
  if (entry === undefined) return
  if (entry.mode === FOLDER_MODE) yield* walkTree(reader, entry.link, path === '' ? '' : `${path}/`)
  else yield { path, ...entry }
}
