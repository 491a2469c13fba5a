/** What differs between two git trees, path by path, told as tracked paths. Equal folders are skipped unread. */
import { EXECUTABLE_MODE, FILE_MODE, SYMLINK_MODE } from '../../object/tree.js'
import type { OddName, SourceChange, SourceChanges, SourceFile } from '../../ops/transfer/git/history-source.js'
import { getPathProblem } from '../../trail/paths.js'
import { PATH_MAX_BYTES } from '../../base/limits.js'
import { unreadable } from './repository.js'
import type { GitEntry, GitTree } from './tree.js'

/** More changed paths than any real commit has: a tree made to exhaust who reads it. */
const CHANGES_MAX = 4_000_000

export type ReadTree = (id: string) => Promise<GitTree>

interface Pair { readonly before: string | undefined; readonly after: string | undefined }

interface Collected {
  readonly readTree: ReadTree
  readonly files: SourceChange[]
  readonly submodules: Map<string, string | undefined>
  readonly odd: OddName[]
}

/** Returns the changes from one tree to another; undefined is a tree without entries. */
export async function treeChanges(readTree: ReadTree, trees: Pair): Promise<SourceChanges> {
  const collected: Collected = { readTree, files: [], submodules: new Map(), odd: [] }
  await compareFolders(collected, '', trees)
  return collected
}

const NOTHING: GitTree = { entries: new Map(), repeated: [] }

/** Depth first, one folder after the other, so that a tree made to explode is noticed; the folders of one level are asked for together. */
async function compareFolders(collected: Collected, prefix: string, pair: Pair): Promise<void> {
  const [before, after] = await Promise.all([readSide(collected, pair.before), readSide(collected, pair.after)])
  for (const name of after.repeated) collected.odd.push({ name: prefix + name, reason: 'the name stands in its folder twice' })
  const below: (readonly [path: string, pair: Pair])[] = []
  const compare = (path: string, entries: Entries): void => {
    compareEntries(collected, path, entries)
    if (entries.before?.kind === 'folder' || entries.after?.kind === 'folder') below.push([`${path}/`, { before: folderOf(entries.before), after: folderOf(entries.after) }])
  }
  for (const [raw, next] of after.entries) {
    const old = before.entries.get(raw)
    if (old !== undefined && old.id === next.id && old.kind === next.kind) continue
    const path = getPath(collected, prefix, next)
    if (path !== undefined) compare(path, { before: old, after: next })
  }
  for (const [raw, old] of before.entries) {
    if (!after.entries.has(raw) && old.name !== undefined && getProblem(prefix + old.name, old.name) === undefined) compare(prefix + old.name, { before: old, after: undefined })
  }
  if (collected.files.length > CHANGES_MAX) throw unreadable(prefix, `a commit changes more than ${String(CHANGES_MAX)} paths`)
  await readAhead(collected, below.map(([, folders]) => folders))
  for (const [path, folders] of below) await compareFolders(collected, path, folders)
}

function readSide(collected: Collected, id: string | undefined): Promise<GitTree> {
  return id === undefined ? Promise.resolve(NOTHING) : collected.readTree(id)
}

const AHEAD_MAX = 256

async function readAhead(collected: Collected, pairs: readonly Pair[]): Promise<void> {
  if (pairs.length < 2) return
  await Promise.all(pairs.slice(0, AHEAD_MAX).flatMap(({ before, after }) => [readSide(collected, before), readSide(collected, after)]))
}

/** Returns the path of an entry, or undefined, with a word about it, where it cannot be recorded. */
function getPath(collected: Collected, prefix: string, entry: GitEntry): string | undefined {
  const path = prefix + entry.shown
  const problem = entry.name === undefined ? 'it is not UTF-8' : getProblem(path, entry.name)
  if (problem === undefined) return path
  collected.odd.push({ name: path.slice(0, PATH_MAX_BYTES), reason: problem })
  return undefined
}

/** The folders above were judged when their own names were met. */
function getProblem(path: string, name: string): string | undefined {
  if (name.includes('/')) return 'a part of it has a slash'
  return path.length * 3 > PATH_MAX_BYTES ? getPathProblem(path) : getPathProblem(name)
}

interface Entries { readonly before: GitEntry | undefined; readonly after: GitEntry | undefined }

function compareEntries(collected: Collected, path: string, { before, after }: Entries): void {
  if (after?.kind === 'submodule') collected.submodules.set(path, after.id)
  else if (before?.kind === 'submodule') collected.submodules.set(path, undefined)
  const old = fileOf(before)
  const next = fileOf(after)
  if (old !== undefined || next !== undefined) collected.files.push({ path, ...(old && { before: old }), ...(next && { after: next }) })
}

function folderOf(entry: GitEntry | undefined): string | undefined {
  return entry?.kind === 'folder' ? entry.id : undefined
}

function fileOf(entry: GitEntry | undefined): SourceFile | undefined {
  switch (entry?.kind) {
    case 'file': return { mode: FILE_MODE, blob: entry.id }
    case 'executable': return { mode: EXECUTABLE_MODE, blob: entry.id }
    case 'symlink': return { mode: SYMLINK_MODE, blob: entry.id }
    default: return undefined
  }
}
