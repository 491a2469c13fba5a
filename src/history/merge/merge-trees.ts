/**
 * Merges two descendants of a tree, path by path. Computes: the caller stores the objects.
 *
 * Guarantees that nothing is guessed and nothing of either side is lost without a conflict: a path changed on one side takes that side, changed on
 * both it is merged by content, and whatever cannot be is a conflict. A rename is a delete and an add; against anything that the other side did to the
 * same file it is a conflict. Folders that are the same on both sides, or changed on one only, are never read.
 */
import { compareText } from '../../base/bytes.js'
import type { SealedObject } from '../../object/seal.js'
import { SYMLINK_MODE, type TreeEntry } from '../../object/tree.js'
import { contentSizeBytes, readContent, sealContent } from '../../store/content.js'
import type { ObjectReader } from '../../store/types.js'
import { diffTrees, type TreeChange } from '../../tree/diff.js'
import { updateTree } from '../../tree/update.js'
import { mergeFile } from '../content/merge-file.js'
import { findRenames } from '../renames.js'
import { settleFolders } from './settle-folders.js'
import type { MergeConflict, MergeConflictKind, MergeSidesTrees, TreeMerge, TreeMergeOptions } from './types.js'

/** Above this, a content that both sides changed is a conflict without markers. */
const MERGED_MAX_BYTES = 33_554_432

/** Merges the trees of two sides with their common base. */
export async function mergeTrees(reader: ObjectReader, sides: MergeSidesTrees, options: TreeMergeOptions): Promise<TreeMerge> {
  const ours = changesBy(diffTrees(reader, sides.base, sides.ours))
  const theirs = changesBy(diffTrees(reader, sides.base, sides.theirs))
  const merge: Merge = { reader, sides, options, ours, theirs, changes: new Map(), objects: [], conflicts: [] }
  const renames = { ours: renamesOf(merge, ours, theirs), theirs: renamesOf(merge, theirs, ours) }
  for (const path of [...theirs.keys()].sort(compareText)) {
    options.signal?.throwIfAborted()
    await mergePath(merge, path, renames)
  }
  const clashes = settleFolders(reader, sides.ours, merge.changes)
  for (const { path, theirs } of clashes) {
    const known = merge.conflicts.findIndex((conflict) => conflict.path === path)
    const [conflict = { path, theirs }] = known === -1 ? [] : merge.conflicts.splice(known, 1)
    addConflict(merge, { ...conflict, kind: 'type', isMarked: false })
  }
  if (options.unmarked === 'keep-base') for (const { path, base, isMarked } of merge.conflicts) if (!isMarked) merge.changes.set(path, base)
  const updated = updateTree(withMade(reader, merge.objects), sides.ours, merge.changes)
  const conflicts = merge.conflicts.sort((left, right) => compareText(left.path, right.path))
  return { tree: updated.root, objects: [...merge.objects, ...updated.objects], conflicts, changes: merge.changes }
}

type SideChanges = ReadonlyMap<string, TreeChange>
/** Old path → new path. */
type Renames = ReadonlyMap<string, string>
interface BothRenames { readonly ours: Renames; readonly theirs: Renames }

interface Merge {
  readonly reader: ObjectReader
  readonly sides: MergeSidesTrees
  readonly options: TreeMergeOptions
  readonly ours: SideChanges
  readonly theirs: SideChanges
  /** From ours' tree to the merged one. */
  readonly changes: Map<string, TreeEntry | undefined>
  readonly objects: SealedObject[]
  readonly conflicts: MergeConflict[]
}

function changesBy(changes: readonly TreeChange[]): SideChanges {
  return new Map(changes.map((change) => [change.path, change]))
}

/** Reads what a merge made before what is stored. */
export function withMade(reader: ObjectReader, made: readonly SealedObject[]): ObjectReader {
  if (made.length === 0) return reader
  const fresh = new Map(made.map(({ id, bytes }) => [id, bytes]))
  return { getObject: (id) => fresh.get(id) ?? reader.getObject(id) }
}

const EMPTY_FILE = sealContent(new Uint8Array(0)).id

/** Returns where a side moved the files that are gone there and touched by the other side. Empty files cannot be recognized. */
function renamesOf({ reader }: Merge, side: SideChanges, other: SideChanges): Renames {
  const isNamed = ({ path, change, before, after }: TreeChange): boolean => (change === 'add' ? after?.link !== EMPTY_FILE : change === 'delete' && other.has(path) && before?.link !== EMPTY_FILE)
  const candidates = [...side.values()].filter(isNamed)
  return new Map(findRenames(reader, candidates).flatMap((change) => change.change === 'rename' ? [[change.from, change.path] as const] : []))
}

async function mergePath(merge: Merge, path: string, renames: BothRenames): Promise<void> {
  const ours = merge.ours.get(path)
  const theirs = merge.theirs.get(path) as TreeChange
  if (ours === undefined) {
    merge.changes.set(path, theirs.after)
    return
  }
  const moved = [renames.ours.get(path), renames.theirs.get(path)]
  const renamedTo = [...new Set(moved.flatMap((to) => to === undefined ? [] : [to]))].sort(compareText)
  if (isSameEntry(ours.after, theirs.after)) {
    // Gone on both sides: moved by both to one place, or by nobody, is what both want.
    const isAgreed = ours.after !== undefined || renamedTo.length === 0 || (renamedTo.length === 1 && !moved.includes(undefined))
    if (!isAgreed) addConflict(merge, { path, kind: 'rename', ...entriesOf(ours, theirs), renamedTo })
    return
  }
  if (ours.after === undefined || theirs.after === undefined) {
    mergeDeleted(merge, { path, ours, theirs, renamedTo })
    return
  }
  await mergeChanged(merge, { path, base: ours.before, ours: ours.after, theirs: theirs.after })
}

function isSameEntry(left: TreeEntry | undefined, right: TreeEntry | undefined): boolean {
  return left?.link === right?.link && left?.mode === right?.mode
}

function entriesOf(ours: TreeChange, theirs: TreeChange): Pick<MergeConflict, 'base' | 'ours' | 'theirs'> {
  return { ...(ours.before && { base: ours.before }), ...(ours.after && { ours: ours.after }), ...(theirs.after && { theirs: theirs.after }) }
}

function addConflict(merge: Merge, conflict: Omit<MergeConflict, 'isMarked'> & { readonly isMarked?: boolean }): void {
  merge.conflicts.push({ isMarked: false, ...conflict })
}

interface DeletedPath { readonly path: string; readonly ours: TreeChange; readonly theirs: TreeChange; readonly renamedTo: readonly string[] }

/** Gone on one side, changed on the other: the changed file stays, so that nothing is lost, and a person decides. */
function mergeDeleted(merge: Merge, { path, ours, theirs, renamedTo }: DeletedPath): void {
  if (ours.after === undefined) merge.changes.set(path, theirs.after)
  const kind: MergeConflictKind = renamedTo.length > 0 ? 'rename' : 'modify-delete'
  addConflict(merge, { path, kind, ...entriesOf(ours, theirs), ...(renamedTo.length > 0 && { renamedTo }) })
}

interface ChangedPath { readonly path: string; readonly base: TreeEntry | undefined; readonly ours: TreeEntry; readonly theirs: TreeEntry }

/** On both sides there is something else than before. */
async function mergeChanged(merge: Merge, { path, base, ours, theirs }: ChangedPath): Promise<void> {
  const entries = { ...(base && { base }), ours, theirs }
  const isLink = [ours, theirs, ...(base === undefined ? [] : [base])].map(({ mode }) => mode === SYMLINK_MODE)
  if (isLink.includes(true)) {
    addConflict(merge, { path, kind: isLink.includes(false) ? 'type' : base === undefined ? 'add-add' : 'content', ...entries })
    return
  }
  const mode = ours.mode === base?.mode ? theirs.mode : ours.mode
  if (base === undefined && ours.mode !== theirs.mode) {
    // Which of the two modes is meant nobody can tell, whatever the contents say.
    addConflict(merge, { path, kind: 'add-add', ...entries })
    return
  }
  if (ours.link === theirs.link || theirs.link === base?.link) {
    if (mode !== ours.mode) merge.changes.set(path, { mode, link: ours.link })
    return
  }
  if (ours.link === base?.link) {
    merge.changes.set(path, { mode, link: theirs.link })
    return
  }
  await mergeContents(merge, { path, base, ours, theirs }, mode)
}

async function mergeContents(merge: Merge, changed: ChangedPath, mode: TreeEntry['mode']): Promise<void> {
  const { path, base, ours, theirs } = changed
  const kind = base === undefined ? 'add-add' : 'content'
  const entries = { ...(base && { base }), ours, theirs }
  const contents = [base, ours, theirs].map((entry) => entry === undefined ? undefined : getMergeable(merge.reader, entry))
  const [baseBytes, ourBytes, theirBytes] = contents
  if ((base !== undefined && baseBytes === undefined) || ourBytes === undefined || theirBytes === undefined) {
    addConflict(merge, { path, kind, ...entries })
    return
  }
  const merged = await mergeFile({ path, base: baseBytes, ours: ourBytes, theirs: theirBytes, labels: merge.options.labels })
  const isMarked = merged.result === 'conflict' && merged.kind !== 'binary'
  if (merged.result === 'conflict') addConflict(merge, { path, kind, ...entries, isMarked, ...(merged.keys.length > 0 && { keys: merged.keys }) })
  if (merged.result === 'conflict' && !isMarked) return
  const content = sealContent(merged.bytes)
  merge.objects.push(...content.objects)
  merge.changes.set(path, { mode, link: content.id })
}

/** Returns the content of a file, or undefined where it is too large to be merged, or was forgotten. */
function getMergeable(reader: ObjectReader, entry: TreeEntry): Uint8Array | undefined {
  if (reader.getObject(entry.link) === undefined || contentSizeBytes(reader, entry.link) > MERGED_MAX_BYTES) return undefined
  return readContent(reader, entry.link)
}
