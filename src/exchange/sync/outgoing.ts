/** What a push sends, in the order in which a remote takes it: what is owned before what owns it. Reads one ATOM after the other. */
import { createBoundedCache } from '../../base/bounded-cache.js'
import { codecOf, digestOf, linksIn, objectId, type Digest, type ObjectId } from '../../codec/object-id.js'
import { range } from '../../history/graph/reachable.js'
import type { TrailIndex } from '../../index/trail-index.js'
import { ownedLinks } from '../../object/links.js'
import type { Op, RefTarget } from '../../object/op.js'
import { openAny } from '../../object/open.js'
import { compareTrees, EMPTY_PACKED } from '../../object/packed-tree.js'
import type { SealedObject } from '../../object/seal.js'
import type { Tag } from '../../object/tag.js'
import { FOLDER_MODE } from '../../object/tree.js'
import { FORGOTTEN } from '../../refs/name.js'
import { getObjectAs, readObject } from '../../store/objects.js'
import type { ObjectReader } from '../../store/types.js'
import { readKept, weighTree, type KeptTree, type TreeReader } from '../../tree/read.js'

export interface TrailSource {
  readonly objects: ObjectReader
  readonly index: TrailIndex
}

export interface Selection {
  readonly include: readonly number[]
  readonly exclude: readonly number[]
  /** `known` (default): who receives has what the excluded ATOMs own. `absent`: the first ATOMs come with their whole trees. */
  readonly boundary?: 'known' | 'absent'
}

/** An object as it is sent; `seq` is an ATOM's. */
export interface OutgoingObject extends SealedObject {
  readonly seq?: number
}

/** Yields the ATOMs that `include` reach and `exclude` do not, oldest arrival first, each after what it owns besides its parents. What was erased is left out. */
export function* outgoingAtoms({ objects, index }: TrailSource, { include, exclude, boundary = 'known' }: Selection): Iterable<OutgoingObject> {
  const chosen = range(index, include, exclude)
  const reader = rememberingTrees(objects)
  const roots = createBoundedCache<ObjectId, ObjectId>({ limit: ROOTS_REMEMBERED })
  for (const seq of chosen.ascending()) {
    const { id, parents: [first] } = index.node(seq)
    const bytes = objects.getObject(id)
    const header = readObject({ getObject: () => bytes }, id, 'atom')
    const isKnown = first !== undefined && (boundary === 'known' || chosen.has(first))
    const [parent] = header.parents
    yield* treeObjects(reader, header.tree, isKnown && parent !== undefined ? roots.get(parent, () => readObject(objects, parent, 'atom').tree) : undefined)
    yield* ownedObjects(objects, header.body)
    yield { id, bytes: bytes as Uint8Array, seq }
    roots.set(id, header.tree)
  }
}

/** ATOMs that others may come after, and the entries of trees that may be beside the next ones. */
const ROOTS_REMEMBERED = 2_000
const ENTRIES_REMEMBERED = 20_000

function rememberingTrees(objects: ObjectReader): TreeReader {
  const trees = createBoundedCache<ObjectId, KeptTree>({ limit: ENTRIES_REMEMBERED, weigh: weighTree })
  return { getObject: (id) => objects.getObject(id), getTree: trees.peek, keepTree: trees.set }
}

/** Returns how many ATOMs `outgoingAtoms` yields. */
export function countOutgoing({ index }: TrailSource, { include, exclude }: Selection): number {
  return range(index, include, exclude).size
}

/** Yields what an object owns, near and far, then the object; ATOMs and operations are not followed. */
export function* ownedObjects(objects: ObjectReader, root: ObjectId): Iterable<SealedObject> {
  const whole = objects.getObject(root)
  if (whole === undefined) return
  // Most objects own nothing, which shows without decoding them.
  if (codecOf(root) === 'raw' || hasNoLinks(whole)) {
    yield { id: root, bytes: whole }
    return
  }
  const stack: { readonly id: ObjectId; readonly isOpen: boolean }[] = [{ id: root, isOpen: false }]
  const seen = new Set<ObjectId>()
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { id, isOpen } = next
    const bytes = objects.getObject(id)
    if (bytes === undefined || (!isOpen && seen.has(id))) continue
    seen.add(id)
    const links = isOpen || codecOf(id) === 'raw' ? [] : ownedLinks(openAny(bytes)).filter(({ role }) => !['parent', 'previous', 'target'].includes(role))
    if (links.length === 0) yield { id, bytes }
    else stack.push({ id, isOpen: true }, ...links.map((link) => ({ id: link.id, isOpen: false })))
  }
}

function hasNoLinks(bytes: Uint8Array): boolean {
  for (const _ of linksIn(bytes)) return false
  return true
}

/** Returns the annotated tags on the way to an ATOM, the innermost first. */
export function tagObjects(objects: ObjectReader, id: ObjectId): readonly SealedObject[] {
  const found: SealedObject[] = []
  let at = id
  for (let tag = getTag(objects, at); tag !== undefined && found.length < TAGS_NESTED_MAX; tag = getTag(objects, at)) {
    found.push({ id: at, bytes: objects.getObject(at) as Uint8Array })
    at = tag.target
  }
  return found.reverse()
}
const TAGS_NESTED_MAX = 64

function getTag(objects: ObjectReader, id: ObjectId): Tag | undefined {
  const bytes = codecOf(id) === 'raw' ? undefined : objects.getObject(id)
  const object = bytes === undefined ? undefined : openAny(bytes)
  return object?.kind === 'tag' ? object.value : undefined
}

/** Yields what a tree has and another one at the same place has not, the tree last. */
function* treeObjects(reader: TreeReader, id: ObjectId, base: ObjectId | undefined): Iterable<SealedObject> {
  if (id === base) return
  const tree = readKept(reader, id)
  for (const { link, isFolder, counterpart } of linksOf(tree, base === undefined ? undefined : readKept(reader, base))) {
    if (isFolder) yield* treeObjects(reader, link, counterpart)
    else if (link !== counterpart) yield* ownedObjects(reader, link)
  }
  yield { id, bytes: tree.is === 'packed' ? tree.bytes : reader.getObject(id) as Uint8Array }
}

interface TreeLink { readonly link: ObjectId; readonly isFolder: boolean; readonly counterpart: ObjectId | undefined }

function* linksOf(tree: KeptTree, before: KeptTree | undefined): Iterable<TreeLink> {
  if (tree.is === 'node') {
    for (const [digit, link] of tree.leaves) yield { link, isFolder: true, counterpart: before?.is === 'node' ? before.leaves.get(digit) : undefined }
    return
  }
  for (const { entry: { mode, link }, before: old } of compareTrees(tree, before?.is === 'packed' ? before : EMPTY_PACKED).changed) {
    const isFolder = mode === FOLDER_MODE
    yield { link, isFolder, counterpart: old !== undefined && (old.mode === FOLDER_MODE) === isFolder ? old.link : undefined }
  }
}

export interface OutgoingLog {
  /** From the oldest on. */
  readonly ops: readonly ObjectId[]
  /** ATOMs that they name, as far as they are here. */
  readonly named: readonly number[]
  /** Receipts of what was forgotten in them. */
  readonly forgotten: readonly ObjectId[]
  /** Whether the end that the remote has is in this log. */
  readonly isOurs: boolean
  /** Whether the beginning was pruned: what the remote has may have been in it. */
  readonly isPruned: boolean
}

/** Returns the operations from the end of a log back to the one that the remote has (undefined: to the first that is here), and what they name. */
export function outgoingLog({ objects, index }: TrailSource, tip: ObjectId | undefined, known: ObjectId | undefined): OutgoingLog {
  const ops: ObjectId[] = []
  const named = new Set<number>()
  const forgotten: ObjectId[] = []
  const pruned = new Set<Digest>()
  let isPruned = false
  let id = tip
  while (id !== undefined && id !== known) {
    const op: Op | undefined = getObjectAs(objects, id, 'op')
    // After a prune the first one kept names one that is gone.
    if (op === undefined) {
      isPruned = pruned.has(digestOf(id))
      break
    }
    ops.push(id)
    if (op.pruned !== undefined) pruned.add(op.pruned)
    for (const { ref, before, after } of op.changes) {
      if (op.command === 'forget' && ref.startsWith(FORGOTTEN) && after?.is === 'object') forgotten.push(objectId(after.digest, 'dag-cbor'))
      for (const seq of [...seqOf(index, before), ...seqOf(index, after)]) named.add(seq)
    }
    id = op.previous
  }
  return { ops: ops.reverse(), named: [...named], forgotten, isOurs: known === undefined || id === known, isPruned }
}

function seqOf(index: TrailIndex, target: RefTarget | undefined): readonly number[] {
  const seq = target?.is === 'object' ? index.getSeq(target.digest) : undefined
  return seq === undefined ? [] : [seq]
}
