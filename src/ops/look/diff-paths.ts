/** What `diff REV:PATH REV:PATH` compares: two files, under whatever names, or two folders. */
import { AtomError } from '../../base/errors.js'
import type { FileChange } from '../../history/renames.js'
import { resolveRevision } from '../../history/resolve.js'
import { parseRevisionSet, type Revision } from '../../history/revision-syntax.js'
import { FOLDER_MODE, type TreeEntry } from '../../object/tree.js'
import type { ObjectReader } from '../../store/types.js'
import { changeKind, diffTrees } from '../../tree/diff.js'
import { getEntry } from '../../tree/read.js'
import { displayPath, pathInTree, PROJECT } from '../../tree/scope.js'
import { resolveContext, treeOf } from '../context.js'
import type { Repo } from '../repo.js'
import { trackedPathOf } from './tracked-path.js'
import { treeOnDisk } from './tree-on-disk.js'

export interface PathsToDiff {
  readonly objects: ObjectReader
  readonly changes: readonly FileChange[]
}

type AtPath = Revision & { readonly path: string }

interface Side extends TreeEntry {
  readonly path: string
}

/** Returns the changes between what two revisions with a path name, or one and the file on disk; undefined where no revision has a path. */
export async function diffPaths(repo: Repo, revisions: readonly string[], paths: readonly string[]): Promise<PathsToDiff | undefined> {
  const named = revisions.map(atPath)
  const [first, second] = named
  if (named.every((revision) => revision === undefined)) return undefined
  if (first === undefined || (second === undefined && revisions.length > 1) || revisions.length > 2) {
    throw new AtomError('USAGE', 'a path in one revision and an ATOM cannot be compared', { data: { value: revisions.join(' ') }, hint: 'atom diff REV:PATH REV:PATH, or atom diff A B -- PATH' })
  }
  const before = await sideAt(repo, first)
  if (second !== undefined) return { objects: repo.objects, changes: changesBetween(repo.objects, before, await sideAt(repo, second)) }
  const path = paths[0] === undefined ? before.path : trackedPathOf(repo, paths[0])
  const disk = await treeOnDisk(repo, [path])
  return { objects: disk.objects, changes: changesBetween(disk.objects, before, readSide(disk.objects, { tree: disk.tree, path, where: 'the tracked files on disk' })) }
}

function atPath(text: string): AtPath | undefined {
  const set = parseRevisionSet(text)
  return set.is === 'one' && set.revision.path !== null ? { ...set.revision, path: set.revision.path } : undefined
}

async function sideAt(repo: Repo, revision: AtPath): Promise<Side> {
  const node = repo.index.node(await resolveRevision(resolveContext(repo), revision))
  return readSide(repo.objects, { tree: treeOf(repo.objects, node.id), path: pathInTree(revision.path), where: node.atomId })
}

function readSide(objects: ObjectReader, { tree, path, where }: { readonly tree: ReturnType<typeof treeOf>; readonly path: string; readonly where: string }): Side {
  const entry = getEntry(objects, tree, path)
  if (entry === undefined) throw new AtomError('PATH_NOT_FOUND', `there is no ${displayPath(path)} in ${where}`, { data: { path: displayPath(path) }, hint: 'paths behind REV: begin at the project\'s root; ~/x and /x name the other scopes' })
  return { ...entry, path }
}

function changesBetween(objects: ObjectReader, before: Side, after: Side): readonly FileChange[] {
  if (before.mode === FOLDER_MODE && after.mode === FOLDER_MODE) {
    // Of folders inside the scopes the paths are shown from there, as git does.
    const isWhole = before.path === '' || after.path === ''
    return diffTrees(objects, before.link, after.link).map((change) => isWhole ? change : { ...change, path: PROJECT + change.path })
  }
  if (before.mode === FOLDER_MODE || after.mode === FOLDER_MODE) throw new AtomError('USAGE', 'a file and a folder cannot be compared', { data: { value: `${before.path} ${after.path}` }, hint: 'name two files, or two folders' })
  const sides = { before: { mode: before.mode, link: before.link }, after: { mode: after.mode, link: after.link } }
  const change = changeKind(sides)
  if (change === undefined) return []
  return [{ path: after.path, change, ...sides, ...(before.path !== after.path && { from: before.path }) }]
}
