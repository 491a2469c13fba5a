/**
 * ATOMs on their way into the store: built outside the lock, written many in a transaction. Until a ref names them nothing depends on
 * them, so an import that is killed leaves only what the next one finds and uses.
 */
import { createBoundedCache } from '../../base/bounded-cache.js'
import type { ObjectId } from '../../codec/object-id.js'
import { encodeAtom, type AtomHeader } from '../../object/atom.js'
import { seal, type SealedObject } from '../../object/seal.js'
import { isForgotten, type Transaction } from '../../refs/transaction.js'
import { META } from '../../store/objects.js'
import type { ChangeKind } from '../../tree/diff.js'
import { EMPTY_TREE, weighTree, type KeptTree, type TreeReader } from '../../tree/read.js'
import { updateTree, type PathChanges } from '../../tree/update.js'
import type { Repo } from '../repo.js'

export interface TrailAtom {
  readonly header: Omit<AtomHeader, 'tree' | 'body'>
  readonly body: { readonly id: ObjectId; readonly objects: readonly SealedObject[] }
  /** The tree that the changes are made to: the first parent's. */
  readonly base: ObjectId
  readonly files: PathChanges
  readonly changes: readonly { readonly path: string; readonly change: ChangeKind }[]
}

/** An ATOM as objects, not staged yet. */
export interface BuiltAtom extends StagedAtom {
  readonly trees: readonly SealedObject[]
  readonly bodyObjects: readonly SealedObject[]
}

interface StagedAtom {
  readonly object: SealedObject
  readonly header: AtomHeader
  readonly changes: TrailAtom['changes']
}

const GROUP_ATOMS = 500
const GROUP_BYTES = 4_194_304
/** Entries of trees that are kept decoded. */
const ENTRIES_CACHED = 100_000

export interface ImportedTrail {
  /** Computes an ATOM whose parents were added before, or are stored. */
  build(atom: TrailAtom): BuiltAtom
  add(atom: BuiltAtom): void
  /** Stages an object that later ATOMs link. */
  keep(object: SealedObject): void
  /** Tells whether an object is staged, stored, or forgotten on purpose. */
  has(id: ObjectId): boolean
  /** What is staged, over what is stored. */
  readonly reader: TreeReader
  /** Time to flush. */
  readonly isFull: boolean
  /** Writes what was added since, with these contents, in one transaction. */
  flush(contents?: readonly SealedObject[]): Promise<void>
}

export function createImportedTrail(repo: Repo, command: string): ImportedTrail {
  const trees = createBoundedCache<ObjectId, KeptTree>({ limit: ENTRIES_CACHED, weigh: weighTree })
  let objects = new Map<ObjectId, SealedObject>()
  let atoms: StagedAtom[] = []
  let sizeBytes = 0
  const reader: TreeReader = {
    getObject: (id) => objects.get(id)?.bytes ?? repo.objects.getObject(id),
    getTree: (id) => trees.peek(id),
    keepTree: (id, tree) => { trees.set(id, tree) },
  }
  const keep = (object: SealedObject): void => {
    objects.set(object.id, object)
    sizeBytes += object.bytes.length
  }
  return {
    keep,
    reader,
    has: (id) => objects.has(id) || repo.objects.getObject(id) !== undefined || isForgotten(repo.store, id),
    build(atom) {
      const updated = updateTree(reader, atom.base, atom.files)
      const header: AtomHeader = { ...atom.header, tree: updated.root, body: atom.body.id }
      const made = updated.root === EMPTY_TREE.id ? [...updated.objects, EMPTY_TREE] : updated.objects
      return { object: seal(encodeAtom(header)), header, changes: atom.changes, trees: made, bodyObjects: atom.body.objects }
    },
    add({ object, header, changes, trees: made, bodyObjects }) {
      for (const tree of made) keep(tree)
      for (const part of bodyObjects) keep(part)
      sizeBytes += object.bytes.length
      atoms.push({ object, header, changes })
    },
    get isFull() {
      return atoms.length >= GROUP_ATOMS || sizeBytes >= GROUP_BYTES
    },
    async flush(contents = []) {
      const staged = { objects: [...contents, ...objects.values()], atoms }
      objects = new Map()
      atoms = []
      sizeBytes = 0
      if (staged.objects.length === 0 && staged.atoms.length === 0) return
      await repo.writer.transact({ agent: repo.identity.agent, command }, (tx) => { stage(tx, staged) })
    },
  }
}

function stage(tx: Transaction, staged: { readonly objects: readonly SealedObject[]; readonly atoms: readonly StagedAtom[] }): void {
  const hasReceipts = tx.getRecord(META.receipts) !== undefined
  for (const object of staged.objects) if (!hasReceipts || !isForgotten(tx, object.id)) tx.put(object)
  for (const { object, header, changes } of staged.atoms) tx.putAtom(object, { header, changes })
}
