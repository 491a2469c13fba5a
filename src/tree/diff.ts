/** What changed between two trees, path by path. Equal folders are skipped without being read. */
import { compareText } from '../base/bytes.js'
import type { ObjectId } from '../codec/object-id.js'
import { FOLDER_MODE, SYMLINK_MODE, type TreeEntry } from '../object/tree.js'
import { EMPTY_TREE, readFolder, readTree, walkTree } from './read.js'
import type { ObjectReader } from '../store/types.js'

/** `mode`: only the executable bit; `type`: file ↔ symlink. */
export type ChangeKind = 'add' | 'modify' | 'delete' | 'mode' | 'type'

export interface TreeChange {
  readonly path: string
  readonly change: ChangeKind
  readonly before?: TreeEntry
  readonly after?: TreeEntry
}

/** Returns the changes from one tree to another, sorted by path. A folder that became a file is its files' deletes and an add. */
export function diffTrees(reader: ObjectReader, before: ObjectId, after: ObjectId): TreeChange[] {
  const changes: TreeChange[] = []
  diffFolders({ reader, changes }, '', { before, after })
  return changes.sort((left, right) => compareText(left.path, right.path))
}

interface Diff { readonly reader: ObjectReader; readonly changes: TreeChange[] }
interface Pair<Value> { readonly before?: Value; readonly after?: Value }

function diffFolders(diff: Diff, prefix: string, folders: Pair<ObjectId>): void {
  for (const [name, pair] of differingNames(diff.reader, folders)) {
    const path = prefix + name
    const { before, after } = pair
    const beforeFolder = before?.mode === FOLDER_MODE ? before.link : undefined
    const afterFolder = after?.mode === FOLDER_MODE ? after.link : undefined
    if (beforeFolder !== undefined && afterFolder !== undefined) {
      diffFolders(diff, `${path}/`, { before: beforeFolder, after: afterFolder })
      continue
    }
    if (beforeFolder !== undefined) for (const entry of walkTree(diff.reader, beforeFolder, `${path}/`)) pushChange(diff, entry.path, { before: entryOf(entry) })
    if (afterFolder !== undefined) for (const entry of walkTree(diff.reader, afterFolder, `${path}/`)) pushChange(diff, entry.path, { after: entryOf(entry) })
    const files = { ...(before === undefined || beforeFolder !== undefined ? {} : { before }), ...(after === undefined || afterFolder !== undefined ? {} : { after }) }
    pushChange(diff, path, files)
  }
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
function differingNames(reader: ObjectReader, { before, after }: Pair<ObjectId>): Map<string, Pair<TreeEntry>> {
  const names = new Map<string, Pair<TreeEntry>>()
  if (before === after) return names
  const left = readTree(reader, before ?? EMPTY_TREE.id)
  const right = readTree(reader, after ?? EMPTY_TREE.id)
  if (left.is === 'node' && right.is === 'node') {
    for (const digit of new Set([...left.leaves.keys(), ...right.leaves.keys()])) {
      const a = left.leaves.get(digit)
      const b = right.leaves.get(digit)
      for (const [name, pair] of differingNames(reader, { ...(a && { before: a }), ...(b && { after: b }) })) names.set(name, pair)
    }
    return names
  }
  const old = left.is === 'entries' ? left.entries : readFolder(reader, before ?? EMPTY_TREE.id)
  const fresh = right.is === 'entries' ? right.entries : readFolder(reader, after ?? EMPTY_TREE.id)
  for (const [name, entry] of old) {
    const next = fresh.get(name)
    if (next === undefined || next.link !== entry.link || next.mode !== entry.mode) names.set(name, { before: entry, ...(next && { after: next }) })
  }
  for (const [name, entry] of fresh) if (!old.has(name)) names.set(name, { after: entry })
  return names
}
