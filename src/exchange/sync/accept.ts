/**
 * Takes what was received and judged into the store: objects, then ATOMs with their index records, parents first, many in a batch.
 *
 * Guarantees: whatever is in the store owns nothing that is not; cut off anywhere, what was taken lies there without a ref, and the next attempt goes on from it. Moves no ref.
 */
import { AtomError, isAtomError } from '../../base/errors.js'
import { createBoundedCache, type BoundedCache } from '../../base/bounded-cache.js'
import { BATCH_MAX_BYTES } from '../../base/limits.js'
import { codecOf, digestOf, type ObjectId } from '../../codec/object-id.js'
import type { AtomHeader } from '../../object/atom.js'
import { ownedLinks } from '../../object/links.js'
import { openAny } from '../../object/open.js'
import type { SealedObject } from '../../object/seal.js'
import { isForgotten, type OpStamp, type Transaction } from '../../refs/transaction.js'
import { objectKey } from '../../store/keys.js'
import { getObjectAs, META, readObject } from '../../store/objects.js'
import type { ObjectReader } from '../../store/types.js'
import { diffTrees, type TreeChange } from '../../tree/diff.js'
import { EMPTY_TREE } from '../../tree/read.js'
import type { Repo } from '../../ops/repo.js'
import { sentCorrupt } from '../remote-errors.js'

export type AcceptParts = Pick<Repo, 'store' | 'objects' | 'index' | 'writer' | 'reporter' | 'signal'>

export interface Accepted {
  /** ATOMs that are new here. */
  readonly atoms: number
}

const GROUP_ATOMS = 500
const GROUP_BYTES = BATCH_MAX_BYTES / 2
const TREES_REMEMBERED = 1_000

/** Checks what only shows ATOM by ATOM: that no tree claims more than it can hold. Throws `OBJECT_CORRUPT` before anything is taken. */
export async function judgeTrees(parts: AcceptParts, { staged, tips, location }: { readonly staged: ObjectReader; readonly tips: readonly ObjectId[]; readonly location: string }): Promise<void> {
  const reader = over(staged, parts.objects)
  const judged = new Set<ObjectId>()
  const trees = createBoundedCache<ObjectId, ObjectId>({ limit: TREES_REMEMBERED })
  let count = 0
  for (const id of newAtoms({ reader, isDone: (atom) => judged.has(atom) || parts.index.getSeq(digestOf(atom)) !== undefined }, tips)) {
    parts.signal.throwIfAborted()
    judgeTree({ reader, trees, location }, id)
    judged.add(id)
    if (++count % GROUP_ATOMS === 0) await giveWay(parts, 'checking', count)
  }
}

interface TreeJudge {
  readonly reader: ObjectReader
  /** Of the last ATOMs: mostly that of the parent. */
  readonly trees: BoundedCache<ObjectId, ObjectId>
  readonly location: string
}

function judgeTree({ reader, trees, location }: TreeJudge, id: ObjectId): void {
  const header = readObject(reader, id, 'atom')
  trees.set(id, header.tree)
  const [first] = header.parents
  try {
    const before = first === undefined ? EMPTY_TREE.id : trees.get(first, () => readObject(reader, first, 'atom').tree)
    if (before !== header.tree) diffTrees(reader, before, header.tree)
  } catch (cause) {
    if (isAtomError(cause, 'OBJECT_CORRUPT')) throw sentCorrupt(location, { id: digestOf(id), reason: `the files of ${header.atomId}: ${cause.message}`, cause })
    throw cause
  }
}

/** Takes the ATOMs that the roots reach, and what else they own. */
export async function accept(parts: AcceptParts, { staged, roots, stamp }: { readonly staged: ObjectReader; readonly roots: readonly ObjectId[]; readonly stamp: OpStamp }): Promise<Accepted> {
  const reader = over(staged, parts.objects)
  const group = new Group(parts, stamp)
  let atoms = 0
  const isDone = (id: ObjectId): boolean => group.hasAtom(id) || parts.index.getSeq(digestOf(id)) !== undefined
  for (const root of roots) {
    const isAtom = getKind(reader, root) === 'atom'
    // A tag's ATOM comes before the tag, an operation's predecessor before it: the order of what owns what.
    for (const id of isAtom ? [] : chain(reader, root, (next) => parts.objects.getObject(next) !== undefined && getKind(reader, next) !== 'atom')) {
      for (const atom of getKind(reader, id) === 'atom' ? newAtoms({ reader, isDone }, [id]) : []) atoms += await takeAtom(group, reader, atom)
      if (getKind(reader, id) !== 'atom') await takeOwned(group, reader, id)
    }
    for (const atom of isAtom ? newAtoms({ reader, isDone }, [root]) : []) {
      parts.signal.throwIfAborted()
      atoms += await takeAtom(group, reader, atom)
      if (atoms % GROUP_ATOMS === 0) parts.reporter.progress('storing ATOMs', atoms)
    }
  }
  await group.flush()
  return { atoms }
}

function over(staged: ObjectReader, below: ObjectReader): ObjectReader {
  return { getObject: (id) => staged.getObject(id) ?? below.getObject(id) }
}

async function giveWay({ reporter }: AcceptParts, label: string, count: number): Promise<void> {
  reporter.progress(label, count)
  await new Promise<void>((resolve) => { setImmediate(resolve) })
}

function getKind(reader: ObjectReader, id: ObjectId): string | undefined {
  const bytes = codecOf(id) === 'raw' ? undefined : reader.getObject(id)
  return bytes === undefined ? undefined : openAny(bytes).kind
}

/** Yields what stands before an object in a line (`previous`, `target`), the first first, then the object. */
function chain(reader: ObjectReader, root: ObjectId, isTaken: (id: ObjectId) => boolean): readonly ObjectId[] {
  const line: ObjectId[] = []
  for (let id: ObjectId | undefined = root; id !== undefined && !isTaken(id);) {
    const bytes = reader.getObject(id)
    if (bytes === undefined) break
    line.push(id)
    const object = openAny(bytes)
    id = object.kind === 'tag' ? object.value.target : object.kind === 'op' ? object.value.previous : undefined
  }
  return line.reverse()
}

interface AtomWalk { readonly reader: ObjectReader; readonly isDone: (id: ObjectId) => boolean }

/** Yields the ATOMs that are not done among the tips and their ancestors, parents first. Each MUST be done when the next is asked for. */
function* newAtoms({ reader, isDone }: AtomWalk, tips: readonly ObjectId[]): Iterable<ObjectId> {
  // With its parents once they are known: a long line is read once on the way down, and not again on the way up.
  const stack: { readonly id: ObjectId; parents?: readonly ObjectId[] }[] = tips.map((id) => ({ id }))
  for (let next = stack.at(-1); next !== undefined; next = stack.at(-1)) {
    const { id } = next
    next.parents ??= isDone(id) ? [] : readObject(reader, id, 'atom').parents
    const waiting = next.parents.filter((parent) => !isDone(parent))
    if (waiting.length > 0) {
      for (const parent of waiting) stack.push({ id: parent })
      continue
    }
    stack.pop()
    if (!isDone(id)) yield id
  }
}

async function takeAtom(group: Group, reader: ObjectReader, id: ObjectId): Promise<number> {
  const bytes = reader.getObject(id)
  const header = readObject({ getObject: () => bytes }, id, 'atom')
  for (const owned of [header.tree, header.body]) await takeOwned(group, reader, owned)
  await group.addAtom({ id, bytes: bytes as Uint8Array }, header)
  return 1
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
  readonly #parts: AcceptParts
  readonly #stamp: OpStamp
  #objects = new Map<ObjectId, SealedObject>()
  #atoms = new Map<ObjectId, { readonly object: SealedObject; readonly header: AtomHeader }>()
  #sizeBytes = 0

  constructor(parts: AcceptParts, stamp: OpStamp) {
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

/** Returns the ATOM that a tag names in the end, or the ATOM itself; undefined for anything else. */
export function peelToAtom(reader: ObjectReader, id: ObjectId): ObjectId | undefined {
  for (let at = id, depth = 0; depth < 64; depth++) {
    const kind = getKind(reader, at)
    if (kind === 'atom') return at
    const tag = kind === 'tag' ? getObjectAs(reader, at, 'tag') : undefined
    if (tag === undefined) return undefined
    at = tag.target
  }
  return undefined
}
