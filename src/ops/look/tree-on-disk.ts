/** The tree that the files on disk make, without writing anything: what was last laid out, with what changed since. */
import type { ObjectId } from '../../codec/object-id.js'
import type { SealedObject } from '../../object/seal.js'
import type { TreeEntry } from '../../object/tree.js'
import type { ObjectReader } from '../../store/types.js'
import { getEntry } from '../../tree/read.js'
import { PROJECT } from '../../tree/scope.js'
import { updateTree } from '../../tree/update.js'
import { DIFF_MAX_BYTES } from './file-diffs.js'
import { layoutTree } from '../record/record-draft.js'
import type { Repo } from '../repo.js'

export interface TreeOnDisk {
  readonly tree: ObjectId
  /** The store's objects and those of the changed files. Of contents too large to be compared only what names them. */
  readonly objects: ObjectReader
  /** Tells whether a path can be judged here: files of home and system that were never laid out cannot. */
  knows(path: string): boolean
}

/** Reads the tracked files that changed; at the given paths only, where there are some. */
export async function treeOnDisk(repo: Repo, paths: readonly string[]): Promise<TreeOnDisk> {
  const made = new Map<ObjectId, Uint8Array>()
  const objects: ObjectReader = { getObject: (id) => made.get(id) ?? repo.objects.getObject(id) }
  const keep = (list: readonly SealedObject[]): void => {
    for (const { id, bytes } of list) made.set(id, bytes)
  }
  const layout = layoutTree(repo.store)
  const source = { ...repo.store, ...repo.objects }
  const changed = new Map<string, TreeEntry | undefined>()
  for (const { path, change } of await repo.worktree.changes(source, layout, { untracked: 'hide', ...(paths.length > 0 && { paths }) })) {
    repo.signal.throwIfAborted()
    if (change === 'conflict' && getEntry(repo.objects, layout, path) === undefined) continue
    let keptBytes = 0
    const file = await repo.worktree.capture(path, (ahead) => {
      keptBytes += ahead.reduce((sum, { bytes }) => sum + bytes.length, 0)
      if (keptBytes <= DIFF_MAX_BYTES) keep(ahead)
      return Promise.resolve()
    })
    if (file !== undefined) keep(file.objects)
    changed.set(path, file?.entry)
  }
  const updated = updateTree(objects, layout, changed)
  keep(updated.objects)
  return { tree: updated.root, objects, knows: (path) => path.startsWith(PROJECT) || changed.has(path) || getEntry(repo.objects, layout, path) !== undefined }
}
