/** What changed between two trees, path by path. Equal folders are skipped without being read. */
import { compareText } from '../base/bytes.js'
import type { ObjectId } from '../codec/object-id.js'
import { differingEntries } from '../object/differing-entries.js'
import { FOLDER_MODE, SYMLINK_MODE, type TreeEntry } from '../object/tree.js'
import { EMPTY_TREE, readFolder, readKeptLeaf, walkFolder, type TreeReader } from './read.js'
import { createWalkGuard, type WalkGuard } from './walk-guard.js'

/** `mode`: only the executable bit; `type`: file ↔ symlink. */
export type ChangeKind = 'add' | 'modify' | 'delete' | 'mode' | 'type'

export interface TreeChange {
  readonly path: string
  readonly change: ChangeKind
  readonly before?: TreeEntry
  readonly after?: TreeEntry
}

/** Returns the changes from one tree to another, sorted by path. A folder that became a file is its files' deletes and an add. */
export function diffTrees(reader: TreeReader, before: ObjectId, after: ObjectId): TreeChange[] {
  const changes: TreeChange[] = []
  diffFolders({ reader, changes, guard: createWalkGuard() }, '', { before, after })
  return changes.sort((left, right) => compareText(left.path, right.path))
}

interface Diff { readonly reader: TreeReader; readonly changes: TreeChange[]; readonly guard: WalkGuard }
interface Pair<Value> { readonly before?: Value; readonly after?: Value }

function diffFolders(diff: Diff, prefix: string, folders: Pair<ObjectId>): void {
  const differing = differingNames(diff.reader, folders, '')
  diff.guard.enter(folders.after ?? EMPTY_TREE.id, prefix, differing.size)
  for (const [name, pair] of differing) {
    const path = prefix + name
    const before = folderOf(pair.before)
    const after = folderOf(pair.after)
    if (before !== undefined && after !== undefined) {
      diffFolders(diff, `${path}/`, { before, after })
      continue
    }
    if (before !== undefined) for (const entry of walkFolder(diff, before, `${path}/`)) pushChange(diff, entry.path, { before: entryOf(entry) })
    if (after !== undefined) for (const entry of walkFolder(diff, after, `${path}/`)) pushChange(diff, entry.path, { after: entryOf(entry) })
    pushChange(diff, path, { ...(before === undefined && pair.before && { before: pair.before }), ...(after === undefined && pair.after && { after: pair.after }) })
  }
}

function folderOf(entry: TreeEntry | undefined): ObjectId | undefined {
  return entry?.mode === FOLDER_MODE ? entry.link : undefined
}

function entryOf(entry: TreeEntry): TreeEntry {
  return { mode: entry.mode, link: entry.link }
}

function pushChange(diff: Diff, path: string, pair: Pair<TreeEntry>): void {
  const change = changeKind(pair)
  if (change !== undefined) diff.changes.push({ path, change, ...pair })
}

/** Returns the kind of change between two entries of one path, or undefined when they are equal. */
export function changeKind({ before, after }: Pair<TreeEntry>): ChangeKind | undefined {
  if (before === undefined) return after === undefined ? undefined : 'add'
  if (after === undefined) return 'delete'
  if ((before.mode === SYMLINK_MODE) !== (after.mode === SYMLINK_MODE)) return 'type'
  if (before.link !== after.link) return 'modify'
  return before.mode === after.mode ? undefined : 'mode'
}

/** Returns the names whose entries differ; of split folders only leaves that differ are read. */
function differingNames(reader: TreeReader, { before = EMPTY_TREE.id, after = EMPTY_TREE.id }: Pair<ObjectId>, digits: string): Map<string, Pair<TreeEntry>> {
  if (before === after) return new Map()
  const left = readKeptLeaf(reader, before, before === EMPTY_TREE.id ? '' : digits)
  const right = readKeptLeaf(reader, after, after === EMPTY_TREE.id ? '' : digits)
  if (left.is === 'node' && right.is === 'node') return differingLeaves(reader, { left: left.leaves, right: right.leaves }, digits)
  return left.is === 'packed' && right.is === 'packed' ? differingEntries(left, right) : differingNamesIn(readFolder(reader, before, digits), readFolder(reader, after, digits))
}

type Leaves = ReadonlyMap<string, ObjectId>

function differingLeaves(reader: TreeReader, { left, right }: { readonly left: Leaves; readonly right: Leaves }, digits: string): Map<string, Pair<TreeEntry>> {
  const names = new Map<string, Pair<TreeEntry>>()
  for (const digit of new Set([...left.keys(), ...right.keys()])) {
    const before = left.get(digit)
    const after = right.get(digit)
    for (const [name, pair] of differingNames(reader, { ...(before && { before }), ...(after && { after }) }, digits + digit)) names.set(name, pair)
  }
  return names
}

function differingNamesIn(left: ReadonlyMap<string, TreeEntry>, right: ReadonlyMap<string, TreeEntry>): Map<string, Pair<TreeEntry>> {
  const names = new Map<string, Pair<TreeEntry>>()
  for (const [name, before] of left) {
    const after = right.get(name)
    if (after === undefined || after.link !== before.link || after.mode !== before.mode) names.set(name, { before, ...(after && { after }) })
  }
  for (const [name, after] of right) if (!left.has(name)) names.set(name, { after })
  return names
}
