/** Reads ATOMs one after the other, as the view wants them. */
import { createBoundedCache } from '../../base/bounded-cache.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { typeOf } from '../../object/atom-id.js'
import { BODY_DIGEST_AT, type AtomHeader } from '../../object/atom.js'
import type { Body } from '../../object/body.js'
import type { FollowSource } from '../../ops/ports.js'
import { getBody } from '../../store/body.js'
import { readObject } from '../../store/objects.js'
import type { ObjectReader } from '../../store/types.js'
import type { Taint } from '../../trail/taint.js'
import { diffTrees } from '../../tree/diff.js'
import { EMPTY_TREE } from '../../tree/read.js'
import type { ReadAtom } from './project.js'
import { fillShelves, Shelf } from './shelf.js'

/** The parent of the next ATOM is nearly always one of the last few. */
const TREES_REMEMBERED = 256

export interface AtomSource {
  readonly objects: ObjectReader
  read(seq: number): ReadAtom
  /** Yields many in the order given, in lists as they come. What a list needs is looked up together; bytes in it hold until the next list is asked for. */
  readLists(lists: Iterable<readonly number[]>, turn: () => Promise<void>): AsyncIterable<Iterable<ReadAtom>>
}

interface OpenedAtom { readonly seq: number; readonly id: ObjectId; readonly header: AtomHeader; readonly body: Body | undefined }

export function createAtomSource({ objects, index }: FollowSource, taint: Taint): AtomSource {
  const trees = createBoundedCache<ObjectId, ObjectId>({ limit: TREES_REMEMBERED })
  const parentTree = (id: ObjectId | undefined): ObjectId => id === undefined ? EMPTY_TREE.id : trees.peek(id) ?? readObject(objects, id, 'atom').tree
  const atomOf = ({ seq, id, header, body }: OpenedAtom): ReadAtom => {
    trees.set(id, header.tree)
    const [first] = index.parents(seq)
    const before = parentTree(header.parents[0])
    return {
      seq, header, body,
      object: digestOf(id),
      type: typeOf(header.atomId),
      previousAtomId: first === undefined ? undefined : index.node(first).atomId,
      changes: before === header.tree ? [] : diffTrees(objects, before, header.tree),
      isTainted: taint.isTainted(seq),
    }
  }
  return {
    objects,
    read(seq) {
      const { id } = index.node(seq)
      const header = readObject(objects, id, 'atom')
      return atomOf({ seq, id, header, body: getBody(objects, header.body) })
    },
    async* readLists(lists, turn) {
      const shelved = (shelf: Shelf, place: number, id: ObjectId): ObjectReader => {
        const bytes = shelf.get(place, objects)
        return { getObject: (wanted) => wanted === id ? bytes : objects.getObject(wanted) }
      }
      const read = function* (seqs: readonly number[], headers: Shelf, bodies: Shelf): Iterable<ReadAtom> {
        for (const [place, seq] of seqs.entries()) {
          const id = headers.id(place)
          const header = readObject(shelved(headers, place, id), id, 'atom')
          yield atomOf({ seq, id, header, body: getBody(shelved(bodies, place, bodies.id(place)), header.body) })
        }
      }
      const bodies = new Shelf(SHELF_MAX_BYTES)
      let [headers, next] = [new Shelf(SHELF_MAX_BYTES), new Shelf(SHELF_MAX_BYTES)]
      let seqs: readonly number[] = []
      for (const list of lists) {
        next.clear(list.length)
        for (const seq of list) next.want(index.node(seq).digestBytes, 0)
        // The bodies of one list and the headers of the next lie among each other.
        await fillShelves(objects, [bodies, next], turn)
        yield read(seqs, headers, bodies);
        [headers, next, seqs] = [next, headers, list]
        bodies.clear(list.length)
        for (let place = 0; place < list.length; place++) bodies.want(headers.get(place, objects) ?? NO_HEADER, BODY_DIGEST_AT)
      }
      await fillShelves(objects, [bodies], turn)
      yield read(seqs, headers, bodies)
    },
  }
}

/** Of one that cannot be read, which is told when its turn comes. */
const NO_HEADER = new Uint8Array(0)
/** The memory for the headers, or the bodies, of one list. */
const SHELF_MAX_BYTES = 33_554_432
