/** A new tree from an old one and changed paths: only the folders on the way are made anew. Computes; the caller stores the objects. */
import { compareText } from '../base/bytes.js'
import type { ObjectId } from '../codec/object-id.js'
import { isOverfull, spliceEntries, getPackedTree, type PackedTree } from '../object/packed-tree.js'
import { seal, type SealedObject } from '../object/seal.js'
import { checkEntryName, encodeTree, FOLDER_MODE, mustSplit, type TreeEntry, type TreeObject } from '../object/tree.js'
import { invalid } from '../object/shape.js'
import { changeKind, type TreeChange } from './diff.js'
import { EMPTY_TREE, getName, leafDigit, leafDigits, readKept, readLeaf, readFolder, type TreeReader } from './read.js'
import type { ObjectReader } from '../store/types.js'

/** What a path holds afterwards; undefined = it is gone, with all below it. Never a folder. */
export type PathChanges = ReadonlyMap<string, TreeEntry | undefined>

export interface UpdatedTree {
  readonly root: ObjectId
  /** The tree objects that the update made, children first; some may exist already. */
  readonly objects: readonly SealedObject[]
  /** What `diffTrees` would find; absent where a folder went or came as a whole, so that it has to be asked. */
  readonly changes?: readonly TreeChange[]
}

/**
 * Returns the tree after the changes. A file put where a folder was replaces the folder, and the other way round; folders left empty go.
 * Throws `OBJECT_INVALID` for a path that cannot be recorded, and for one that is put as a file and as a folder.
 */
export function updateTree(reader: TreeReader, root: ObjectId, changes: PathChanges): UpdatedTree {
  if (changes.size === 0) return { root, objects: [], changes: [] }
  const made = new Map<ObjectId, SealedObject>()
  const overlay: TreeReader = {
    getObject: (id) => made.get(id)?.bytes ?? reader.getObject(id),
    getTree: (id) => reader.getTree?.(id),
    keepTree: (id, tree) => reader.keepTree?.(id, tree),
  }
  const update: Update = { reader: overlay, made, changes: [], isPlain: true }
  const entry = updateFolder(update, { id: root, prefix: '' }, new Map([...changes].map(([path, value]) => [path.split('/'), value])))
  const next = entry ?? EMPTY_TREE.id
  return { root: next, objects: [...made.values()], ...(update.isPlain && { changes: update.changes.sort((left, right) => compareText(left.path, right.path)) }) }
}

interface Update {
  readonly reader: TreeReader
  readonly made: Map<ObjectId, SealedObject>
  /** What the paths held and hold. */
  readonly changes: TreeChange[]
  /** Only files changed, each by itself. */
  isPlain: boolean
}
type SegmentChanges = ReadonlyMap<readonly string[], TreeEntry | undefined>
interface Folder { readonly id: ObjectId | undefined; readonly prefix: string }

/** Returns the folder after the changes, or undefined when it is empty. */
function updateFolder(update: Update, folder: Folder, changes: SegmentChanges): ObjectId | undefined {
  const direct = new Map<string, TreeEntry | undefined>()
  const below = new Map<string, Map<readonly string[], TreeEntry | undefined>>()
  for (const [[name = '', ...rest], value] of changes) {
    checkEntryName(name)
    if (rest.length === 0) direct.set(name, value)
    else if (below.get(name)?.set(rest, value) === undefined) below.set(name, new Map([[rest, value]]))
  }
  noteChanges(update, folder, direct)
  for (const [name, inner] of below) {
    if (direct.has(name)) replaceWithFolder(update, direct, { name, inner })
    else changeBelow(update, direct, { name, inner, folder })
  }
  return updateEntries(update, { id: folder.id, depth: 0, changes: direct })
}

function noteChanges(update: Update, folder: Folder, direct: ReadonlyMap<string, TreeEntry | undefined>): void {
  for (const [name, after] of direct) {
    if (!update.isPlain) return
    const before = nameIn(update, folder, name)
    if (before?.mode === FOLDER_MODE) update.isPlain = false
    const pair = { ...(before && { before }), ...(after && { after }) }
    const change = changeKind(pair)
    if (change !== undefined) update.changes.push({ path: folder.prefix + name, change, ...pair })
  }
}

function nameIn({ reader }: Update, { id }: Folder, name: string): TreeEntry | undefined {
  return id === undefined ? undefined : getName(reader, id, name)
}

interface Below { readonly name: string; readonly inner: SegmentChanges }

/** What is below a name that changes itself: it is gone, so that a folder is made anew, or a file takes its place. */
function replaceWithFolder(update: Update, direct: Map<string, TreeEntry | undefined>, { name, inner }: Below): void {
  if (!putsSomething(inner)) return
  if (direct.get(name) !== undefined) throw invalid('tree', `${name.slice(0, 80)} is a file and a folder in the same change`)
  update.isPlain = false
  const next = updateFolder(update, { id: undefined, prefix: '' }, inner)
  if (next !== undefined) direct.set(name, { mode: FOLDER_MODE, link: next })
}

function changeBelow(update: Update, direct: Map<string, TreeEntry | undefined>, { name, inner, folder }: Below & { readonly folder: Folder }): void {
  const old = nameIn(update, folder, name)
  const base = old?.mode === FOLDER_MODE ? old.link : undefined
  // Nothing to delete below what is no folder: leave the file there.
  if (base === undefined && !putsSomething(inner)) return
  if (base === undefined && old !== undefined) update.isPlain = false
  const next = updateFolder(update, { id: base, prefix: `${folder.prefix}${name}/` }, inner)
  direct.set(name, next === undefined ? undefined : { mode: FOLDER_MODE, link: next })
}

function putsSomething(changes: SegmentChanges): boolean {
  for (const value of changes.values()) if (value !== undefined) return true
  return false
}

interface Leaf { readonly id: ObjectId | undefined; readonly depth: number; readonly changes: ReadonlyMap<string, TreeEntry | undefined> }

/** Applies changes of names to one tree object: entries, or a node whose leaves are updated one by one. */
function updateEntries(update: Update, leaf: Leaf): ObjectId | undefined {
  const old = readKept(update.reader, leaf.id ?? EMPTY_TREE.id)
  if (old.is === 'packed') {
    const next = spliceEntries(old, leaf.changes)
    return isOverfull(next) ? buildEntries(update, applied(leaf.id === undefined ? new Map() : readFolder(update.reader, leaf.id), leaf.changes), leaf.depth) : putPacked(update, next)
  }
  const groups = new Map<string, Map<string, TreeEntry | undefined>>()
  for (const [name, entry] of leaf.changes) {
    const digit = leafDigit(name, leaf.depth)
    groups.set(digit, (groups.get(digit) ?? new Map<string, TreeEntry | undefined>()).set(name, entry))
  }
  const hasDeletes = [...leaf.changes.values()].includes(undefined)
  const node = { leaves: old.leaves, digits: digitsOf(leaf) }
  if (hasDeletes && leaf.id !== undefined && !mustSplit(namesAfter(update.reader, node, leaf.changes))) {
    return buildEntries(update, applied(readFolder(update.reader, leaf.id, node.digits), leaf.changes), leaf.depth)
  }
  const leaves = new Map(old.leaves)
  for (const [digit, changes] of groups) {
    const next = updateEntries(update, { id: leaves.get(digit), depth: leaf.depth + 1, changes })
    if (next === undefined) leaves.delete(digit)
    else leaves.set(digit, next)
  }
  return put(update, { is: 'node', leaves })
}

function applied(entries: ReadonlyMap<string, TreeEntry>, changes: ReadonlyMap<string, TreeEntry | undefined>): Map<string, TreeEntry> {
  const next = new Map(entries)
  for (const [name, entry] of changes) {
    if (entry === undefined) next.delete(name)
    else next.set(name, entry)
  }
  return next
}

function buildEntries(update: Update, entries: ReadonlyMap<string, TreeEntry>, depth: number): ObjectId | undefined {
  if (entries.size === 0) return undefined
  if (!mustSplit(entries.keys())) return put(update, { is: 'entries', entries })
  const groups = new Map<string, Map<string, TreeEntry>>()
  for (const [name, entry] of entries) {
    const digit = leafDigit(name, depth)
    groups.set(digit, (groups.get(digit) ?? new Map<string, TreeEntry>()).set(name, entry))
  }
  const leaves = new Map<string, ObjectId>()
  for (const [digit, group] of groups) {
    const leaf = buildEntries(update, group, depth + 1)
    if (leaf !== undefined) leaves.set(digit, leaf)
  }
  return put(update, { is: 'node', leaves })
}

/** Yields the names that a split folder has after changes. */
function* namesAfter(reader: ObjectReader, node: Node, changes: ReadonlyMap<string, TreeEntry | undefined>): Iterable<string> {
  for (const [name, entry] of changes) if (entry !== undefined) yield name
  for (const name of names(reader, node)) if (!changes.has(name)) yield name
}

interface Node { readonly leaves: ReadonlyMap<string, ObjectId>; readonly digits: string }

function* names(reader: ObjectReader, { leaves, digits }: Node): Iterable<string> {
  for (const [digit, id] of leaves) {
    const tree = readLeaf(reader, id, digits + digit)
    if (tree.is === 'entries') yield* tree.entries.keys()
    else yield* names(reader, { leaves: tree.leaves, digits: digits + digit })
  }
}

/** Returns the digits that led to a leaf: those of any name in it. */
function digitsOf({ depth, changes }: Leaf): string {
  const [name] = changes.keys()
  return name === undefined || depth === 0 ? '' : leafDigits(name, depth)
}

function put(update: Update, tree: TreeObject): ObjectId {
  const object = seal(encodeTree(tree))
  const kept = tree.is === 'node' ? tree : getPackedTree(object.bytes)
  if (kept !== undefined) update.reader.keepTree?.(object.id, kept)
  update.made.set(object.id, object)
  return object.id
}

function putPacked(update: Update, tree: PackedTree): ObjectId | undefined {
  if (tree.count === 0) return undefined
  const object = seal(tree.bytes)
  update.made.set(object.id, object)
  update.reader.keepTree?.(object.id, tree)
  return object.id
}
