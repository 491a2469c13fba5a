import type { ObjectId } from '../../src/codec/object-id.js'
import { EXECUTABLE_MODE, FILE_MODE, SYMLINK_MODE, type TreeEntry } from '../../src/object/tree.js'
import type { ObjectReader } from '../../src/store/types.js'
import { EMPTY_TREE, walkTree } from '../../src/tree/read.js'
import { updateTree, type PathChanges } from '../../src/tree/update.js'
import { anId } from './objects.js'

/** Holds the objects of trees; contents are not needed, for trees never read them. */
export interface TreeStore extends ObjectReader {
  readonly objects: Map<ObjectId, Uint8Array>
  update(root: ObjectId, changes: PathChanges): ObjectId
  /** Returns the tree that holds exactly these paths. */
  of(paths: ReadonlyMap<string, TreeEntry> | readonly string[]): ObjectId
  paths(root: ObjectId): ReadonlyMap<string, TreeEntry>
}

export function aTreeStore(): TreeStore {
  const objects = new Map<ObjectId, Uint8Array>([[EMPTY_TREE.id, EMPTY_TREE.bytes]])
  const store: TreeStore = {
    objects,
    getObject: (id) => objects.get(id),
    update(root, changes) {
      const updated = updateTree(store, root, changes)
      for (const { id, bytes } of updated.objects) objects.set(id, bytes)
      return updated.root
    },
    of: (paths) => store.update(EMPTY_TREE.id, paths instanceof Map ? paths as PathChanges : new Map((paths as readonly string[]).map((path) => [path, file(path)]))),
    paths: (root) => new Map([...walkTree(store, root)].map(({ path, mode, link }) => [path, { mode, link }])),
  }
  return store
}

export const file = (seed: string): TreeEntry => ({ mode: FILE_MODE, link: anId(seed, 'raw') })
export const executable = (seed: string): TreeEntry => ({ mode: EXECUTABLE_MODE, link: anId(seed, 'raw') })
export const symlink = (seed: string): TreeEntry => ({ mode: SYMLINK_MODE, link: anId(seed, 'raw') })
