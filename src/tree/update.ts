/** A new tree from an old one and changed paths: only the folders on the way are made anew. Computes; the caller stores the objects. */
import type { ObjectId } from '../codec/object-id.js'
import { seal, type SealedObject } from '../object/seal.js'
import { checkEntryName, encodeTree, FOLDER_MODE, mustSplit, type TreeEntry, type TreeObject } from '../object/tree.js'
import { invalid } from '../object/shape.js'
import { EMPTY_TREE, getName, leafDigit, leafDigits, readLeaf, readFolder, readTree, type TreeReader } from './read.js'
import type { ObjectReader } from '../store/types.js'

/** What a path holds afterwards; undefined = it is gone, with all below it. Never a folder. */
export type PathChanges = ReadonlyMap<string, TreeEntry | undefined>

export interface UpdatedTree {
  readonly root: ObjectId
  /** The tree objects that the update made, children first; some may exist already. */
  readonly objects: readonly SealedObject[]
}

/**
 * Returns the tree after the changes. A file put where a folder was replaces the folder, and the other way round; folders left empty go.
 * Throws `OBJECT_INVALID` for a path that cannot be recorded, and for one that is put as a file and as a folder.
 */
export function updateTree(reader: TreeReader, root: ObjectId, changes: PathChanges): UpdatedTree {
  if (changes.size === 0) return { root, objects: [] }
  const made = new Map<ObjectId, SealedObject>()
  const overlay: TreeReader = {
    getObject: (id) => made.get(id)?.bytes ?? reader.getObject(id),
    getTree: (id) => reader.getTree?.(id),
    keepTree: (id, tree) => reader.keepTree?.(id, tree),
  }
  const update: Update = { reader: overlay, made }
  const entry = updateFolder(update, root, new Map([...changes].map(([path, value]) => [path.split('/'), value])))
  const next = entry ?? put(update, { is: 'entries', entries: new Map() })
  return { root: next, objects: [...made.values()] }
}

interface Update { readonly reader: TreeReader; readonly made: Map<ObjectId, SealedObject> }
type SegmentChanges = ReadonlyMap<readonly string[], TreeEntry | undefined>

/** Returns the folder after the changes, or undefined when it is empty. */
function updateFolder(update: Update, folder: ObjectId | undefined, changes: SegmentChanges): ObjectId | undefined {
  const direct = new Map<string, TreeEntry | undefined>()
  const below = new Map<string, Map<readonly string[], TreeEntry | undefined>>()
  for (const [[name = '', ...rest], value] of changes) {
    checkEntryName(name)
    if (rest.length === 0) direct.set(name, value)
    else if (below.get(name)?.set(rest, value) === undefined) below.set(name, new Map([[rest, value]]))
  }
  for (const [name, inner] of below) {
    if (direct.has(name)) replaceWithFolder(update, direct, { name, inner })
    else changeBelow(update, direct, { name, inner, old: folder === undefined ? undefined : getName(update.reader, folder, name) })
  }
  return updateEntries(update, { id: folder, depth: 0, changes: direct })
}

interface Below { readonly name: string; readonly inner: SegmentChanges }

/** What is below a name that changes itself: it is gone, so that a folder is made anew, or a file takes its place. */
function replaceWithFolder(update: Update, direct: Map<string, TreeEntry | undefined>, { name, inner }: Below): void {
  if (!putsSomething(inner)) return
  if (direct.get(name) !== undefined) throw invalid('tree', `${name.slice(0, 80)} is a file and a folder in the same change`)
  const next = updateFolder(update, undefined, inner)
  if (next !== undefined) direct.set(name, { mode: FOLDER_MODE, link: next })
}

function changeBelow(update: Update, direct: Map<string, TreeEntry | undefined>, { name, inner, old }: Below & { readonly old: TreeEntry | undefined }): void {
  const base = old?.mode === FOLDER_MODE ? old.link : undefined
  // Nothing to delete below what is no folder: leave the file there.
  if (base === undefined && !putsSomething(inner)) return
  const next = updateFolder(update, base, inner)
  direct.set(name, next === undefined ? undefined : { mode: FOLDER_MODE, link: next })
}

function putsSomething(changes: SegmentChanges): boolean {
  return [...changes.values()].some((value) => value !== undefined)
}

interface Leaf { readonly id: ObjectId | undefined; readonly depth: number; readonly changes: ReadonlyMap<string, TreeEntry | undefined> }

/** Applies changes of names to one tree object: entries, or a node whose leaves are updated one by one. */
function updateEntries(update: Update, leaf: Leaf): ObjectId | undefined {
  const old: TreeObject = leaf.id === undefined ? { is: 'entries', entries: new Map() } : readTree(update.reader, leaf.id)
  if (old.is === 'entries') return buildEntries(update, applied(old.entries, leaf.changes), leaf.depth)
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
  if (tree.is === 'entries' && tree.entries.size === 0) return EMPTY_TREE.id
  const object = seal(encodeTree(tree))
  update.made.set(object.id, object)
  update.reader.keepTree?.(object.id, tree)
  return object.id
}
