/** Which ATOMs can be the break, as `--type` and `-- PATH` say. */
import { readObject } from '../../store/objects.js'
import { getEntry } from '../../tree/read.js'
import type { ObjectId } from '../../codec/object-id.js'
import type { SearchFilter } from './bisect-state.js'
import type { Repo } from '../repo.js'

/** Returns the question, answered from the indexes, or undefined where anything can be the break. */
export async function relevantIn(repo: Repo, { types, paths }: SearchFilter): Promise<((seq: number) => boolean) | undefined> {
  if (types.length === 0 && paths.length === 0) return undefined
  const wanted = new Set(types)
  const changing = new Set<number>()
  for (const path of paths) for await (const seq of repo.index.changing(path)) changing.add(seq)
  return (seq) => {
    if (wanted.size > 0 && !wanted.has(repo.index.type(seq))) return false
    if (paths.length === 0) return true
    return changing.has(seq) && !isTakenFromParent(repo, seq, paths)
  }
}

/** Tells whether a merge has these paths just as one of its parents: then it only brought them along. */
function isTakenFromParent(repo: Repo, seq: number, paths: readonly string[]): boolean {
  const parents = repo.index.parents(seq)
  if (parents.length < 2) return false
  const linkAt = (at: number, path: string): ObjectId | undefined => getEntry(repo.objects, readObject(repo.objects, repo.index.node(at).id, 'atom').tree, path)?.link
  return parents.some((parent) => paths.every((path) => linkAt(parent, path) === linkAt(seq, path)))
}
