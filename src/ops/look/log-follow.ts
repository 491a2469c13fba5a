/** `log --follow`: one file, also under the names that it had before. */
import type * as Renames from '../../history/renames.js'
import { indexedChanges } from '../../history/path-history.js'
import { filesOf } from '../../trail/record.js'
import type { TreeEntry } from '../../object/tree.js'
import { readObject } from '../../store/objects.js'
import { getEntry } from '../../tree/read.js'
import { treeOf } from '../context.js'
import type { Repo } from '../repo.js'

export interface FollowedPath {
  readonly seqs: Iterable<number>
  /** The path as it was called in an ATOM that was yielded. */
  pathOf(seq: number): string | undefined
}

/** Returns the ATOMs of a walk that touched a path, going on under its old name where one of them renamed it. */
export async function followPath(repo: Repo, path: string, walked: Iterable<number>): Promise<FollowedPath> {
  const { findRenames } = await import('../../history/renames.js')
  const names = new Map<number, string>()
  const changesOf = new Map<string, ReadonlySet<number>>()
  await readChanges(repo, changesOf, { path, depth: 0, findRenames })
  function* follow(): Iterable<number> {
    let current = path
    for (const seq of walked) {
      if (changesOf.get(current)?.has(seq) !== true || isTakenOver(repo, seq, current)) continue
      names.set(seq, current)
      yield seq
      current = renamedFrom(repo, { seq, path: current, findRenames }) ?? current
    }
  }
  return { seqs: follow(), pathOf: (seq) => names.get(seq) }
}

/** Tells whether a merge has the file as one of its parents has it: the change is that side's. */
function isTakenOver(repo: Repo, seq: number, path: string): boolean {
  const parents = repo.index.parents(seq)
  if (parents.length < 2) return false
  const entryAt = (at: number): TreeEntry | undefined => getEntry(repo.objects, treeOf(repo.objects, repo.index.node(at).id), path)
  const own = entryAt(seq)
  return parents.some((parent) => {
    const theirs = entryAt(parent)
    return theirs?.link === own?.link && theirs?.mode === own?.mode
  })
}

type FindRenames = typeof Renames.findRenames

const MAX_NAMES = 100

/** Reads the changes of a path, and of every name it may have had: the index is read before the walk begins. */
async function readChanges(repo: Repo, changesOf: Map<string, ReadonlySet<number>>, { path, depth, findRenames }: { readonly path: string; readonly depth: number; readonly findRenames: FindRenames }): Promise<void> {
  if (changesOf.has(path) || depth > MAX_NAMES) return
  const changes = await indexedChanges(repo.store, [path], Infinity) ?? []
  changesOf.set(path, new Set(changes))
  for (const seq of changes) {
    const from = renamedFrom(repo, { seq, path, findRenames })
    if (from !== undefined) await readChanges(repo, changesOf, { path: from, depth: depth + 1, findRenames })
  }
}

/** Returns what a path was called before an ATOM that renamed it. */
export function renamedFrom(repo: Pick<Repo, 'objects' | 'index'>, { seq, path, findRenames }: { readonly seq: number; readonly path: string; readonly findRenames: FindRenames }): string | undefined {
  const header = readObject(repo.objects, repo.index.node(seq).id, 'atom')
  const files = filesOf(repo, seq, header)
  const own = files.find((file) => file.path === path)
  if (own?.change !== 'add') return undefined
  const renames = findRenames(repo.objects, [own, ...files.filter(({ change }) => change === 'delete')])
  const renamed = renames.find((file) => file.path === path)
  return renamed?.change === 'rename' ? renamed.from : undefined
}
