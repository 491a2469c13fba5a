/** Makes the index records of ATOMs whose objects are in the store already, many in a batch: what a new store is filled with. */
import { workAhead } from '../../base/look-ahead.js'
import type { ObjectId } from '../../codec/object-id.js'
import type { OpStamp } from '../../refs/transaction.js'
import { readObject } from '../../store/objects.js'
import type { Repo } from '../../ops/repo.js'
import { changesIn } from './atom-changes.js'
import { ReadAhead } from './read-ahead.js'

export interface Indexing {
  /** Parents first. */
  readonly atoms: Iterable<ObjectId>
  readonly stamp: OpStamp
  /** How errors call the source. */
  readonly location: string
}

const GROUP_ATOMS = 1_000
/** One is made while another is written. */
const GROUPS_AT_ONCE = 2

/** Returns how many there were. Throws `OBJECT_CORRUPT` for a tree that claims more than it can hold. */
export async function indexArrived({ objects, writer, reporter, signal }: Pick<Repo, 'objects' | 'writer' | 'reporter' | 'signal'>, { atoms, stamp, location }: Indexing): Promise<number> {
  const ahead: ReadAhead = new ReadAhead(objects, (tree) => changes.remembers(tree))
  const changes = changesIn(ahead, location)
  let count = 0
  await workAhead(groups(atoms), GROUPS_AT_ONCE, (ids) => {
    signal.throwIfAborted()
    count += ids.length
    reporter.progress('storing ATOMs', count)
    ahead.read(ids)
    return writer.transact(stamp, (tx) => {
      for (const id of ids) {
        const header = readObject(ahead, id, 'atom')
        tx.indexAtom({ id, header, changes: changes.of(id, header), objects: ahead })
      }
    })
  })
  return count
}

async function* groups(atoms: Iterable<ObjectId>): AsyncIterable<readonly ObjectId[]> {
  let group: ObjectId[] = []
  for (const id of atoms) {
    group.push(id)
    if (group.length < GROUP_ATOMS) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}
