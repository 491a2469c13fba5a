/** What a typed path means among the tracked files. */
import { AtomError } from '../../base/errors.js'
import type { ObjectId } from '../../codec/object-id.js'
import { walkPath, type PathEntry } from '../../tree/read.js'
import type { TrackedPath } from '../ports.js'
import type { Repo } from '../repo.js'

/** Returns the tracked files at or below what was typed; throws `PATH_NOT_FOUND` where there are none. */
export function readTracked(repo: Repo, tree: ObjectId, typed: string): { readonly path: TrackedPath; readonly files: readonly PathEntry[] } {
  const path = repo.worktree.locate(typed)
  const files = [...walkPath(repo.objects, tree, path)]
  if (files.length === 0) throw new AtomError('PATH_NOT_FOUND', `${typed} is not tracked`, { data: { path: typed }, hint: 'atom ls-tree HEAD lists what is; atom status what is not' })
  return { path, files }
}
