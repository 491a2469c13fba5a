/** What ATOMs that came from elsewhere changed, one after the other. To know it is to judge it: a tree that claims more than it can hold shows only here. */
import { isAtomError } from '../../base/errors.js'
import { createBoundedCache } from '../../base/bounded-cache.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import type { AtomHeader } from '../../object/atom.js'
import { readObject } from '../../store/objects.js'
import type { ObjectReader } from '../../store/types.js'
import { diffTrees, type TreeChange } from '../../tree/diff.js'
import { EMPTY_TREE, weighTree, type KeptTree, type TreeReader } from '../../tree/read.js'
import { sentCorrupt } from '../remote-errors.js'

export interface AtomChanges {
  /** Returns what an ATOM changed against its first parent. Throws `OBJECT_CORRUPT`. */
  of(id: ObjectId, header: AtomHeader): readonly TreeChange[]
  /** Tells whether a tree is held, and need not be read again. */
  remembers(tree: ObjectId): boolean
}

/** Of the last ATOMs: mostly that of the parent. */
const ATOMS_REMEMBERED = 1_000
const ENTRIES_REMEMBERED = 20_000

/** Keeps what it read last: what one ATOM came to, the next one begins with. `location`: how errors call the source. */
export function changesIn(reader: ObjectReader, location: string): AtomChanges {
  const kept = createBoundedCache<ObjectId, KeptTree>({ limit: ENTRIES_REMEMBERED, weigh: weighTree })
  const trees: TreeReader = { getObject: (id) => reader.getObject(id), getTree: (id) => kept.peek(id), keepTree: (id, tree) => { kept.set(id, tree) } }
  const roots = createBoundedCache<ObjectId, ObjectId>({ limit: ATOMS_REMEMBERED })
  return {
    remembers: (tree) => kept.peek(tree) !== undefined,
    of(id, { tree, parents: [first], atomId }) {
      roots.set(id, tree)
      const before = first === undefined ? EMPTY_TREE.id : roots.get(first, () => readObject(reader, first, 'atom').tree)
      try {
        return before === tree ? [] : diffTrees(trees, before, tree)
      } catch (cause) {
        if (isAtomError(cause, 'OBJECT_CORRUPT')) throw sentCorrupt(location, { id: digestOf(id), reason: `the files of ${atomId}: ${cause.message}`, cause })
        throw cause
      }
    },
  }
}
