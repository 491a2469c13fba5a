/**
 * Records one ATOM: everything that could be read and hashed before is in the draft; what depends on the tip happens under the lock. Every
 * use case that makes an ATOM ends here.
 */
import { AtomError } from '../../base/errors.js'
import { SALT_BYTES } from '../../base/limits.js'
import { digestOf, idBytes, idFromBytes, objectId, type ObjectId } from '../../codec/object-id.js'
import { encodeAtom, type AtomHeader, type Influence } from '../../object/atom.js'
import type { AtomId } from '../../object/atom-id.js'
import type { Body } from '../../object/body.js'
import { seal, type SealedObject } from '../../object/seal.js'
import type { TreeEntry } from '../../object/tree.js'
import { pointAt, getHeadBranch, resolveRef } from '../../refs/ref.js'
import type { OpStamp, Transaction } from '../../refs/transaction.js'
import { sealBody } from '../../store/body.js'
import { META } from '../../store/objects.js'
import { worktreeKey } from '../../store/keys.js'
import type { RecordReader } from '../../store/types.js'
import { diffTrees, type TreeChange } from '../../tree/diff.js'
import { EMPTY_TREE } from '../../tree/read.js'
import { updateTree, type PathChanges } from '../../tree/update.js'
import { defaultOperation } from '../../trail/types.js'
import type { LayoutRecord } from '../ports.js'
import type { Repo } from '../repo.js'

export interface Draft {
  readonly type: string
  /** Default: by type and by what changed. */
  readonly operation?: string
  readonly agent: string
  readonly timeMs?: number
  readonly influencedBy: readonly Influence[]
  readonly body: Omit<Body, 'salt'>
  /** Changes to the tip's tree, or the whole tree. */
  readonly files: PathChanges | { readonly tree: ObjectId }
  /** Contents and trees that are not stored yet. */
  readonly objects: readonly SealedObject[]
  /** What is on disk now, to be remembered with the ATOM. */
  readonly layout: readonly LayoutRecord[]
  /** Parents after the tip: a merge's other side. */
  readonly otherParents?: readonly ObjectId[]
  /** Called under the lock once the atom id is known: contents that must carry it. */
  readonly stamp?: (atomId: AtomId) => { readonly path: string; readonly entry: TreeEntry; readonly objects: readonly SealedObject[] }
}

export interface RecordPlace {
  /** Full name of the ref that moves; `HEAD` where it is detached. */
  readonly ref: string
  /** Fails with `REF_MOVED` unless the ref is here. */
  readonly expected?: ObjectId
  readonly command: string
  readonly request?: string
}

export interface RecordedAtom {
  readonly seq: number
  readonly id: ObjectId
  readonly header: AtomHeader
  readonly changes: readonly TreeChange[]
  /** The tip before; undefined for the first ATOM of a branch. */
  readonly previous: ObjectId | undefined
  /** True where the branch did not exist and was made from HEAD. */
  readonly isNewBranch: boolean
  readonly body: Body
}

/** Records a draft in a transaction of its own. Durable on return. */
export async function recordDraft(repo: Repo, draft: Draft, place: RecordPlace): Promise<RecordedAtom> {
  const stamp: OpStamp = { agent: draft.agent, command: place.command, ...(place.request !== undefined && { request: place.request }) }
  const salt = repo.random.bytes(SALT_BYTES)
  const { value } = await repo.writer.transact(stamp, (tx) => stageDraft(tx, draft, { ...place, salt }))
  return value
}

/** Stages a draft in an open transaction: several may share one. */
export function stageDraft(tx: Transaction, draft: Draft, place: RecordPlace & { readonly salt: Uint8Array }): RecordedAtom {
  const { tip, isNewBranch } = findTip(tx, place)
  const timeMs = draft.timeMs ?? tx.nowMs
  const atomId = tx.nextAtomId(draft.type, timeMs)
  for (const object of draft.objects) tx.put(object)
  const stamped = draft.stamp?.(atomId)
  for (const object of stamped?.objects ?? []) tx.put(object)
  const before = tip === undefined ? EMPTY_TREE.id : tx.header(tip).tree
  const { tree, changes } = stageTree(tx, before, withStamp(draft.files, stamped))
  const { body, value, contents } = sealBody({ ...draft.body, salt: place.salt })
  for (const content of contents) tx.put(content)
  tx.put(body, (draft.body.evidence ?? []).flatMap(({ content }) => content === undefined ? [] : [content]))
  const header: AtomHeader = {
    atomId,
    operation: draft.operation ?? defaultOperation(draft.type, changes.map(({ change }) => change)),
    agent: draft.agent,
    timeMs,
    parents: [...(tip === undefined ? [] : [tip]), ...draft.otherParents ?? []],
    influencedBy: draft.influencedBy,
    tree,
    body: body.id,
  }
  const object = seal(encodeAtom(header))
  const seq = tx.putAtom(object, { header, changes })
  tx.edit({ ref: place.ref, expected: 'any', next: pointAt(object.id) })
  stageLayout(tx, draft, stamped)
  return { seq, id: object.id, header, changes, previous: tip, isNewBranch, body: value }
}

/** Returns where the ATOM goes on: the tip of its ref, or HEAD's for a branch that is made by this. */
function findTip(tx: Transaction, place: RecordPlace): { readonly tip: ObjectId | undefined; readonly isNewBranch: boolean } {
  const target = tx.target(place.ref)
  const isUnborn = target === undefined && getHeadBranch(tx) === place.ref
  const tip = target?.is === 'object' ? objectId(target.digest, 'dag-cbor') : resolveRef(tx, target !== undefined || isUnborn ? place.ref : 'HEAD')
  if (place.expected !== undefined && tip !== place.expected) {
    const actual = tip === undefined ? null : digestOf(tip)
    throw new AtomError('REF_MOVED', `${place.ref} is at ${actual ?? 'nothing'} and not at ${digestOf(place.expected)}`, {
      data: { ref: place.ref, expected: digestOf(place.expected), actual }, hint: 'look at what came in between (atom log), then repeat the command',
    })
  }
  return { tip, isNewBranch: target === undefined && !isUnborn }
}

type Stamped = ReturnType<NonNullable<Draft['stamp']>> | undefined

function withStamp(files: Draft['files'], stamped: Stamped): Draft['files'] {
  if (stamped === undefined || 'tree' in files) return files
  return new Map([...files, [stamped.path, stamped.entry]])
}

function stageTree(tx: Transaction, before: ObjectId, files: Draft['files']): { readonly tree: ObjectId; readonly changes: readonly TreeChange[] } {
  const { tree, changes } = 'tree' in files ? { tree: checkTree(tx, files.tree), changes: undefined } : stageFiles(tx, before, files)
  return { tree, changes: tree === before ? [] : changes ?? diffTrees(tx, before, tree) }
}

function stageFiles(tx: Transaction, before: ObjectId, files: PathChanges): { readonly tree: ObjectId; readonly changes: readonly TreeChange[] | undefined } {
  if (files.size === 0) {
    if (before === EMPTY_TREE.id && tx.getObject(before) === undefined) tx.put(EMPTY_TREE)
    return { tree: before, changes: [] }
  }
  const links = [...files.values()].flatMap((entry) => entry === undefined ? [] : [entry.link])
  const updated = updateTree(tx, before, files)
  updated.objects.forEach((object, index) => { tx.put(object, index === 0 ? links : []) })
  if (updated.root === EMPTY_TREE.id) tx.put(EMPTY_TREE)
  return { tree: updated.root, changes: updated.changes }
}

/** Checks that a tree made before the lock is there now. */
function checkTree(tx: Transaction, tree: ObjectId): ObjectId {
  if (tree === EMPTY_TREE.id) tx.put(EMPTY_TREE)
  else if (tx.getObject(tree) === undefined) throw new AtomError('LINK_MISSING', `the tree ${digestOf(tree)} is not in this store`, { data: { from: 'a new ATOM', id: digestOf(tree), role: 'tree' }, hint: 'atom fsck' })
  return tree
}

/** Remembers what lies on disk: the tree that was last laid out goes on with what this ATOM captured from there. */
function stageLayout(tx: Transaction, draft: Draft, stamped: Stamped): void {
  if (draft.layout.length === 0 && stamped === undefined) return
  const files = withStamp(draft.files, stamped)
  const captured = new Map<string, TreeEntry | undefined>()
  const paths = new Set(draft.layout.map(({ path }) => path))
  if (!('tree' in files)) for (const [path, entry] of files) if (paths.has(path) || path === stamped?.path) captured.set(path, entry)
  const layout = 'tree' in files ? { root: files.tree, objects: [] } : updateTree(tx, layoutTree(tx), captured)
  for (const object of layout.objects) tx.put(object)
  putLayout(tx, layout.root, draft.layout)
}

/** Stages what lies on disk now: the whole tree, and the stat data of the paths that were written or read. */
export function putLayout(tx: Transaction, tree: ObjectId, records: readonly LayoutRecord[]): void {
  tx.putRecord(META.layout, idBytes(tree))
  for (const { path, bytes } of records) {
    if (bytes === undefined) tx.deleteRecord(worktreeKey(path))
    else tx.putRecord(worktreeKey(path), bytes)
  }
}

/** Returns the tree that was last laid out or captured: what local changes are measured against. */
export function layoutTree(records: RecordReader): ObjectId {
  const bytes = records.getRecord(META.layout)
  return bytes === undefined ? EMPTY_TREE.id : idFromBytes(bytes)
}
