/** Reads ATOMs one after the other, as the view wants them. */
import { createBoundedCache } from '../../base/bounded-cache.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { typeOf } from '../../object/atom-id.js'
import type { FollowSource } from '../../ops/ports.js'
import { getBody } from '../../store/body.js'
import { readObject } from '../../store/objects.js'
import type { ObjectReader } from '../../store/types.js'
import type { Taint } from '../../trail/taint.js'
import { diffTrees } from '../../tree/diff.js'
import { EMPTY_TREE } from '../../tree/read.js'
import type { ReadAtom } from './project.js'

/** The parent of the next ATOM is nearly always one of the last few. */
const TREES_REMEMBERED = 256

export interface AtomSource {
  readonly objects: ObjectReader
  read(seq: number): ReadAtom
}

export function createAtomSource({ objects, index }: FollowSource, taint: Taint): AtomSource {
  const trees = createBoundedCache<ObjectId, ObjectId>({ limit: TREES_REMEMBERED })
  const parentTree = (id: ObjectId | undefined): ObjectId => id === undefined ? EMPTY_TREE.id : trees.peek(id) ?? readObject(objects, id, 'atom').tree
  return {
    objects,
    read(seq) {
      const { id } = index.node(seq)
      const header = readObject(objects, id, 'atom')
      trees.set(id, header.tree)
      const [first] = index.parents(seq)
      const before = parentTree(header.parents[0])
      return {
        seq, header,
        object: digestOf(id),
        type: typeOf(header.atomId),
        body: getBody(objects, header.body),
        previousAtomId: first === undefined ? undefined : index.node(first).atomId,
        changes: before === header.tree ? [] : diffTrees(objects, before, header.tree),
        isTainted: taint.isTainted(seq),
      }
    },
  }
}
