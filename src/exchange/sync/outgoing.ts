/** What a push sends, in the order in which a remote takes it: what is owned before what owns it. Reads one ATOM after the other. */
import { codecOf, objectId, type ObjectId } from '../../codec/object-id.js'
import { range } from '../../history/graph/reachable.js'
import type { TrailIndex } from '../../index/trail-index.js'
import type { AtomHeader } from '../../object/atom.js'
import { ownedLinks } from '../../object/links.js'
import type { Op, RefTarget } from '../../object/op.js'
import { openAny } from '../../object/open.js'
import type { SealedObject } from '../../object/seal.js'
import type { Tag } from '../../object/tag.js'
import { FOLDER_MODE, type TreeObject } from '../../object/tree.js'
import { FORGOTTEN } from '../../refs/name.js'
import { getObjectAs, readObject } from '../../store/objects.js'
import type { ObjectReader } from '../../store/types.js'
import { EMPTY_TREE, readTree } from '../../tree/read.js'

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

/** Yields the ATOMs that `include` reach and `exclude` do not, oldest arrival first, each after what it owns besides its parents. What was erased is left out. */
export function* outgoingAtoms({ objects, index }: TrailSource, { include, exclude, boundary = 'known' }: Selection): Iterable<SealedObject> {
  const chosen = range(index, include, exclude)
  for (const seq of chosen.ascending()) {
    const { id, parents: [first] } = index.node(seq)
    const header = readObject(objects, id, 'atom')
    const isKnown = first !== undefined && (boundary === 'known' || chosen.has(first))
    yield* treeObjects(objects, header.tree, isKnown ? parentTree(objects, header) : undefined)
    yield* ownedObjects(objects, header.body)
    yield { id, bytes: objects.getObject(id) as Uint8Array }
  }
}

/** Returns how many ATOMs `outgoingAtoms` yields. */
export function countOutgoing({ index }: TrailSource, { include, exclude }: Selection): number {
  return range(index, include, exclude).size
}

function parentTree(objects: ObjectReader, { parents: [first] }: AtomHeader): ObjectId | undefined {
  return first === undefined ? undefined : readObject(objects, first, 'atom').tree
}

/** Yields what an object owns, near and far, then the object; ATOMs and operations are not followed. */
export function* ownedObjects(objects: ObjectReader, root: ObjectId): Iterable<SealedObject> {
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
function* treeObjects(objects: ObjectReader, id: ObjectId, base: ObjectId | undefined): Iterable<SealedObject> {
  if (id === base) return
  const tree = readTree(objects, id)
  const before = base === undefined ? undefined : readTree(objects, base)
  for (const { link, isFolder, counterpart } of linksOf(tree, before)) {
    if (isFolder) yield* treeObjects(objects, link, counterpart)
    else if (link !== counterpart) yield* ownedObjects(objects, link)
  }
  yield { id, bytes: id === EMPTY_TREE.id ? EMPTY_TREE.bytes : objects.getObject(id) as Uint8Array }
}

interface TreeLink { readonly link: ObjectId; readonly isFolder: boolean; readonly counterpart: ObjectId | undefined }

function* linksOf(tree: TreeObject, before: TreeObject | undefined): Iterable<TreeLink> {
  if (tree.is === 'node') {
    for (const [digit, link] of tree.leaves) yield { link, isFolder: true, counterpart: before?.is === 'node' ? before.leaves.get(digit) : undefined }
    return
  }
  const old = before?.is === 'entries' ? before.entries : undefined
  for (const [name, { mode, link }] of tree.entries) {
    const entry = old?.get(name)
    const isFolder = mode === FOLDER_MODE
    yield { link, isFolder, counterpart: entry !== undefined && (entry.mode === FOLDER_MODE) === isFolder ? entry.link : undefined }
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
}

/** Returns the operations from the end of a log back to the one that the remote has (undefined: to the first that is here), and what they name. */
export function outgoingLog({ objects, index }: TrailSource, tip: ObjectId | undefined, known: ObjectId | undefined): OutgoingLog {
  const ops: ObjectId[] = []
  const named = new Set<number>()
  const forgotten: ObjectId[] = []
  let id = tip
  while (id !== undefined && id !== known) {
    const op: Op | undefined = getObjectAs(objects, id, 'op')
    // After a prune the first one kept names one that is gone.
    if (op === undefined) break
    ops.push(id)
    for (const { ref, before, after } of op.changes) {
      if (op.command === 'forget' && ref.startsWith(FORGOTTEN) && after?.is === 'object') forgotten.push(objectId(after.digest, 'dag-cbor'))
      for (const seq of [...seqOf(index, before), ...seqOf(index, after)]) named.add(seq)
    }
    id = op.previous
  }
  return { ops: ops.reverse(), named: [...named], forgotten, isOurs: known === undefined || id === known }
}

function seqOf(index: TrailIndex, target: RefTarget | undefined): readonly number[] {
  const seq = target?.is === 'object' ? index.getSeq(target.digest) : undefined
  return seq === undefined ? [] : [seq]
}
