/** What differs between two trees, derived by code of its own: folders with equal ids are skipped unread, small ones stay in memory. */
import { isAtomError } from '../../base/errors.js'
import { idOf, type ObjectId } from '../../codec/object-id.js'
import { openAs } from '../../object/open.js'
import { encodeTree, FOLDER_MODE, SYMLINK_MODE, type TreeEntry, type TreeObject } from '../../object/tree.js'
import { objectKey } from '../../store/keys.js'
import type { SafeReader } from './safe-reader.js'

/** The numbers of the path index. */
const ADD = 1
const MODIFY = 2
const DELETE = 3
const MODE = 4
const TYPE = 5

const EMPTY: TreeObject = { is: 'entries', entries: new Map() }
export const EMPTY_TREE_ID: ObjectId = idOf(encodeTree(EMPTY), 'dag-cbor')
const CACHE_MAX_ENTRIES = 100_000

const KEPT_MAX_BYTES = 25_165_824
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

export class TreeChanges {
  readonly #records: SafeReader
  readonly #kept: TreeBytes
  readonly #cache = new Map<ObjectId, TreeObject>()
  #cachedEntries = 0
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

  #folders({ before, after, prefix }: { readonly before: ObjectId; readonly after: ObjectId; readonly prefix: string }, listener: ChangeListener): void {
    if (before === after) return
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

  #entry(path: string, { before, after }: { readonly before: TreeEntry | undefined; readonly after: TreeEntry | undefined }, listener: ChangeListener): void {
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
    if (id === EMPTY_TREE_ID) return EMPTY
    const cached = this.#cache.get(id)
    if (cached !== undefined) return cached
    const bytes = this.#kept.get(id) ?? this.#records.getRecord(objectKey(id))
    const tree = bytes === undefined ? undefined : getTree(bytes)
    if (tree === undefined) {
      this.#isWhole = false
      return EMPTY
    }
    this.#cachedEntries += tree.is === 'entries' ? tree.entries.size : tree.leaves.size
    this.#cache.set(id, tree)
    for (const [old, value] of this.#cache) {
      if (this.#cachedEntries <= CACHE_MAX_ENTRIES) break
      this.#cachedEntries -= value.is === 'entries' ? value.entries.size : value.leaves.size
      this.#cache.delete(old)
    }
    return tree
  }
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
