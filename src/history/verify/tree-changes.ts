/** What differs between two trees, derived by code of its own: folders with equal ids are skipped unread, small ones stay in memory. */
import { isAtomError } from '../../base/errors.js'
import { idOf, type ObjectId } from '../../codec/object-id.js'
import { openAs } from '../../object/open.js'
import { encodeTree, FOLDER_MODE, SYMLINK_MODE, type TreeEntry, type TreeObject } from '../../object/tree.js'
import { objectKey } from '../../store/keys.js'
import { PlainTree } from './plain-objects.js'
import type { SafeReader } from './safe-reader.js'

/** The numbers of the path index. */
const ADD = 1
const MODIFY = 2
const DELETE = 3
const MODE = 4
const TYPE = 5

const EMPTY: TreeObject = { is: 'entries', entries: new Map() }
const EMPTY_TREE_BYTES = encodeTree(EMPTY)
export const EMPTY_TREE_ID: ObjectId = idOf(EMPTY_TREE_BYTES, 'dag-cbor')

const KEPT_MAX_BYTES = 8_388_608
const KEPT_TREE_MAX_BYTES = 8_192

/** The bytes of trees that were read in passing and proved right, up to a bound. */
export class TreeBytes {
  readonly #kept = new Map<string, Uint8Array>()
  #sizeBytes = 0

  keep(digest: string, bytes: Uint8Array): void {
    const sizeBytes = bytes.length + ENTRY_COST_BYTES
    if (bytes.length > KEPT_TREE_MAX_BYTES || this.#sizeBytes + sizeBytes > KEPT_MAX_BYTES) return
    this.#sizeBytes += sizeBytes
    this.#kept.set(digest, bytes)
  }

  get(id: ObjectId): Uint8Array | undefined {
    return this.#kept.get(id.slice(2))
  }
}
/** What a map takes for an entry beside its bytes. */
const ENTRY_COST_BYTES = 300

export type ChangeListener = (path: string, code: number) => void

const REMEMBERED_BYTES = 4_194_304

/** Compares trees by their bytes where these are plain, else by what the decoder makes of them. */
export class TreeChanges {
  readonly #records: SafeReader
  readonly #kept: TreeBytes
  /** Bytes read lately, in two generations. */
  #young = new Map<ObjectId, Uint8Array>()
  #old = new Map<ObjectId, Uint8Array>()
  #youngBytes = 0
  #isWhole = true

  constructor(records: SafeReader, kept: TreeBytes) {
    this.#records = records
    this.#kept = kept
  }

  /** Calls back for each path that differs. Returns false where a tree on the way is gone or damaged. */
  compare(before: ObjectId, after: ObjectId, listener: ChangeListener): boolean {
    this.#isWhole = true
    this.#folders({ before, after, prefix: '' }, listener)
    return this.#isWhole
  }

  #folders({ before, after, prefix }: Folders, listener: ChangeListener): void {
    if (before === after) return
    const left = this.#bytes(before)
    const right = this.#bytes(after)
    const plain = left === undefined || right === undefined ? undefined : differingEntries(left, right)
    if (plain === undefined) this.#decoded({ before, after, prefix }, listener)
    else for (const { name, ...pair } of plain) this.#entry(prefix + name, pair, listener)
  }

  /** The slower way: folders that are split, names that are not ASCII. */
  #decoded({ before, after, prefix }: Folders, listener: ChangeListener): void {
    const left = this.#read(before)
    const right = this.#read(after)
    if (left.is === 'node' && right.is === 'node') {
      for (const digit of new Set([...left.leaves.keys(), ...right.leaves.keys()])) {
        this.#folders({ before: left.leaves.get(digit) ?? EMPTY_TREE_ID, after: right.leaves.get(digit) ?? EMPTY_TREE_ID, prefix }, listener)
      }
      return
    }
    const old = this.#entries(left)
    const fresh = this.#entries(right)
    for (const [name, entry] of old) this.#entry(prefix + name, { before: entry, after: fresh.get(name) }, listener)
    for (const [name, entry] of fresh) if (!old.has(name)) this.#entry(prefix + name, { before: undefined, after: entry }, listener)
  }

  #entry(path: string, { before, after }: EntryPair, listener: ChangeListener): void {
    if (before !== undefined && after !== undefined && before.link === after.link && before.mode === after.mode) return
    const oldFolder = before?.mode === FOLDER_MODE ? before.link : EMPTY_TREE_ID
    const newFolder = after?.mode === FOLDER_MODE ? after.link : EMPTY_TREE_ID
    this.#folders({ before: oldFolder, after: newFolder, prefix: `${path}/` }, listener)
    const old = before?.mode === FOLDER_MODE ? undefined : before
    const fresh = after?.mode === FOLDER_MODE ? undefined : after
    if (old === undefined && fresh === undefined) return
    listener(path, codeOf(old, fresh))
  }

  #entries(tree: TreeObject): ReadonlyMap<string, TreeEntry> {
    if (tree.is === 'entries') return tree.entries
    return new Map([...tree.leaves.values()].flatMap((leaf) => [...this.#entries(this.#read(leaf))]))
  }

  #read(id: ObjectId): TreeObject {
    const bytes = this.#bytes(id)
    const tree = bytes === undefined ? undefined : getTree(bytes)
    if (tree !== undefined) return tree
    this.#isWhole = false
    return EMPTY
  }

  #bytes(id: ObjectId): Uint8Array | undefined {
    if (id === EMPTY_TREE_ID) return EMPTY_TREE_BYTES
    const known = this.#kept.get(id) ?? this.#young.get(id)
    if (known !== undefined) return known
    const bytes = this.#old.get(id) ?? this.#records.getRecord(objectKey(id))
    if (bytes === undefined) return undefined
    this.#young.set(id, bytes)
    this.#youngBytes += bytes.length + ENTRY_COST_BYTES
    if (this.#youngBytes > REMEMBERED_BYTES) {
      this.#old = this.#young
      this.#young = new Map()
      this.#youngBytes = 0
    }
    return bytes
  }
}

interface Folders { readonly before: ObjectId; readonly after: ObjectId; readonly prefix: string }
interface EntryPair { readonly before: TreeEntry | undefined; readonly after: TreeEntry | undefined }
interface NamedPair extends EntryPair { readonly name: string }

const leftTree = new PlainTree()
const rightTree = new PlainTree()

/** Returns the entries of two plain trees that are not the same in both, by walking both in the order of their keys; undefined where one is not plain. */
function differingEntries(left: Uint8Array, right: Uint8Array): readonly NamedPair[] | undefined {
  if (!leftTree.scan(left) || !rightTree.scan(right)) return undefined
  const pairs: NamedPair[] = []
  let at = 0
  let to = 0
  while (at < leftTree.count || to < rightTree.count) {
    const order = at === leftTree.count ? 1 : to === rightTree.count ? -1 : leftTree.compareNames(at, rightTree, to)
    if (order < 0) pairs.push({ name: leftTree.name(at), before: leftTree.entry(at++), after: undefined })
    else if (order > 0) pairs.push({ name: rightTree.name(to), before: undefined, after: rightTree.entry(to++) })
    else {
      if (!leftTree.equalEntries(at, rightTree, to)) pairs.push({ name: leftTree.name(at), before: leftTree.entry(at), after: rightTree.entry(to) })
      at++
      to++
    }
  }
  return pairs
}

function getTree(bytes: Uint8Array): TreeObject | undefined {
  try {
    return openAs(bytes, 'tree')
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}

function codeOf(before: TreeEntry | undefined, after: TreeEntry | undefined): number {
  if (before === undefined) return ADD
  if (after === undefined) return DELETE
  if ((before.mode === SYMLINK_MODE) !== (after.mode === SYMLINK_MODE)) return TYPE
  return before.link === after.link ? MODE : MODIFY
}
