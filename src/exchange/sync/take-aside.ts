/** Takes what lies in a staging area aside into a store that is in use: what is owned before what owns it, many objects in a batch. */
import { AtomError } from '../../base/errors.js'
import { BATCH_MAX_BYTES } from '../../base/limits.js'
import { codecOf, digestOf, type ObjectId } from '../../codec/object-id.js'
import type { AtomHeader } from '../../object/atom.js'
import { ownedLinks } from '../../object/links.js'
import { openAny } from '../../object/open.js'
import type { SealedObject } from '../../object/seal.js'
import { isForgotten, type OpStamp, type Transaction } from '../../refs/transaction.js'
import { objectKey } from '../../store/keys.js'
import { META, readObject } from '../../store/objects.js'
import type { ObjectReader } from '../../store/types.js'
import { diffTrees, type TreeChange } from '../../tree/diff.js'
import { EMPTY_TREE } from '../../tree/read.js'
import type { Repo } from '../../ops/repo.js'

export type TakeParts = Pick<Repo, 'store' | 'objects' | 'writer' | 'reporter' | 'signal'>

export interface Taking {
  /** What was staged, over the store. */
  readonly reader: ObjectReader
  /** Parents first. */
  readonly atoms: Iterable<ObjectId>
  /** What refs are to point at: what is no ATOM is taken after all ATOMs. */
  readonly roots: readonly ObjectId[]
  readonly stamp: OpStamp
}

const GROUP_ATOMS = 500
const GROUP_BYTES = BATCH_MAX_BYTES / 2

/** Returns how many ATOMs there were. */
export async function takeAside(parts: TakeParts, { reader, atoms, roots, stamp }: Taking): Promise<number> {
  const group = new Group(parts, stamp)
  let count = 0
  for (const id of atoms) {
    parts.signal.throwIfAborted()
    await takeAtom(group, reader, id)
    if (++count % GROUP_ATOMS === 0) parts.reporter.progress('storing ATOMs', count)
  }
  for (const root of roots) for (const id of chain(reader, root, (next) => parts.objects.getObject(next) !== undefined)) await takeOwned(group, reader, id)
  await group.flush()
  return count
}

/** Yields what stands before an object in a line (`previous`, `target`), the first first, then the object; up to what is taken, and without ATOMs. */
function chain(reader: ObjectReader, root: ObjectId, isTaken: (id: ObjectId) => boolean): readonly ObjectId[] {
  const line: ObjectId[] = []
  for (let id: ObjectId | undefined = root; id !== undefined && !isTaken(id);) {
    const bytes = reader.getObject(id)
    const object = bytes === undefined ? undefined : openAny(bytes)
    if (object === undefined || object.kind === 'atom') break
    line.push(id)
    id = object.kind === 'tag' ? object.value.target : object.kind === 'op' ? object.value.previous : undefined
  }
  return line.reverse()
}
async function takeAtom(group: Group, reader: ObjectReader, id: ObjectId): Promise<void> {
  const bytes = reader.getObject(id)
  const header = readObject({ getObject: () => bytes }, id, 'atom')
  for (const owned of [header.tree, header.body]) await takeOwned(group, reader, owned)
  await group.addAtom({ id, bytes: bytes as Uint8Array }, header)
}

/** Takes an object and all that it owns but ATOMs, what is owned before what owns it. */
async function takeOwned(group: Group, reader: ObjectReader, root: ObjectId): Promise<void> {
  const stack: { readonly id: ObjectId; readonly opened?: Uint8Array }[] = [{ id: root }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { id, opened } = next
    if (opened !== undefined) {
      await group.add({ id, bytes: opened })
      continue
    }
    const bytes = group.has(id) ? undefined : reader.getObject(id)
    // What is nowhere was explained before: see `receive`.
    if (bytes === undefined) continue
    const links = codecOf(id) === 'raw' ? [] : ownedLinks(openAny(bytes)).filter((link) => !['parent', 'previous', 'target'].includes(link.role))
    stack.push({ id, opened: bytes })
    for (const link of links) stack.push({ id: link.id })
  }
}

function changesOf(reader: ObjectReader, header: AtomHeader): TreeChange[] {
  const [first] = header.parents
  return diffTrees(reader, first === undefined ? EMPTY_TREE.id : readObject(reader, first, 'atom').tree, header.tree)
}

/** What goes into the store in one batch. */
class Group {
  readonly #parts: TakeParts
  readonly #stamp: OpStamp
  #objects = new Map<ObjectId, SealedObject>()
  #atoms = new Map<ObjectId, { readonly object: SealedObject; readonly header: AtomHeader }>()
  #sizeBytes = 0

  constructor(parts: TakeParts, stamp: OpStamp) {
    this.#parts = parts
    this.#stamp = stamp
  }

  has(id: ObjectId): boolean {
    return this.#objects.has(id) || this.#parts.store.getRecord(objectKey(id)) !== undefined
  }

  hasAtom(id: ObjectId): boolean {
    return this.#atoms.has(id)
  }

  async add(object: SealedObject): Promise<void> {
    this.#objects.set(object.id, object)
    this.#sizeBytes += object.bytes.length
    if (this.#sizeBytes >= GROUP_BYTES) await this.flush()
  }

  async addAtom(object: SealedObject, header: AtomHeader): Promise<void> {
    this.#atoms.set(object.id, { object, header })
    this.#sizeBytes += object.bytes.length
    if (this.#atoms.size >= GROUP_ATOMS || this.#sizeBytes >= GROUP_BYTES) await this.flush()
  }

  async flush(): Promise<void> {
    const [objects, atoms] = [this.#objects, this.#atoms]
    this.#objects = new Map()
    this.#atoms = new Map()
    this.#sizeBytes = 0
    if (objects.size === 0 && atoms.size === 0) return
    await this.#parts.writer.transact(this.#stamp, (tx) => {
      const hasReceipts = tx.getRecord(META.receipts) !== undefined
      for (const object of objects.values()) if (!hasReceipts || !isForgotten(tx, object.id)) tx.put(object)
      for (const { object, header } of atoms.values()) tx.putAtom(object, { header, changes: presentChanges(tx, object.id, header) })
    })
  }
}

/** Returns what an ATOM changed, and refuses one whose files are not all there: somebody may have tidied up meanwhile. */
function presentChanges(tx: Transaction, id: ObjectId, header: AtomHeader): TreeChange[] {
  const changes = changesOf(tx, header)
  for (const { path, after } of changes) {
    if (after === undefined || tx.getObject(after.link) !== undefined || isForgotten(tx, after.link)) continue
    throw new AtomError('LINK_MISSING', `${header.atomId} needs ${digestOf(after.link)} for ${path}, which is not here any more`, { data: { from: digestOf(id), id: digestOf(after.link), role: 'content' }, hint: 'repeat the command' })
  }
  return changes
}

