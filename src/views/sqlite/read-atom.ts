/** Reads ATOMs one after the other, as the view wants them; trees that come again are not decoded again. */
import { createBoundedCache } from '../../base/bounded-cache.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { typeOf } from '../../object/atom-id.js'
import type { AtomHeader } from '../../object/atom.js'
import type { FollowSource } from '../../ops/ports.js'
import { getBody } from '../../store/body.js'
import { readObject } from '../../store/objects.js'
import type { Taint } from '../../trail/taint.js'
import { diffTrees } from '../../tree/diff.js'
import { EMPTY_TREE, type KeptTree, type TreeReader } from '../../tree/read.js'
import type { ReadAtom } from './project.js'

/** Entries of trees that are remembered. */
const TREE_ENTRIES = 50_000
const HEADERS = 256

export interface AtomSource {
  readonly objects: TreeReader
  read(seq: number): ReadAtom
}

export function createAtomSource({ objects, index }: FollowSource, taint: Taint): AtomSource {
  const trees = createBoundedCache<ObjectId, KeptTree>({ limit: TREE_ENTRIES, weigh: (tree) => 1 + (tree.is === 'node' ? tree.leaves.size : tree.count) })
  const reader: TreeReader = { getObject: (id) => objects.getObject(id), getTree: (id) => trees.peek(id), keepTree: (id, tree) => { trees.set(id, tree) } }
  // The parent of the next ATOM is nearly always one of the last few.
  const treeOf = createBoundedCache<ObjectId, ObjectId>({ limit: HEADERS })
  const parentTree = (id: ObjectId | undefined): ObjectId => id === undefined ? EMPTY_TREE.id : treeOf.peek(id) ?? readObject(objects, id, 'atom').tree
  return {
    objects: reader,
    read(seq) {
      const { id } = index.node(seq)
      const header: AtomHeader = readObject(objects, id, 'atom')
      treeOf.set(id, header.tree)
      const [first] = index.parents(seq)
      const before = parentTree(header.parents[0])
      return {
        seq, header,
        object: digestOf(id),
        type: typeOf(header.atomId),
        body: getBody(objects, header.body),
        previousAtomId: first === undefined ? undefined : index.node(first).atomId,
        changes: before === header.tree ? [] : diffTrees(reader, before, header.tree),
        isTainted: taint.isTainted(seq),
      }
    },
  }
}
