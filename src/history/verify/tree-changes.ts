/** What differs between two trees, derived by code of its own: folders with equal ids are skipped unread, small ones stay in memory. */
import { isAtomError } from '../../base/errors.js'
import { PATH_MAX_BYTES } from '../../base/limits.js'
import { idOf, type ObjectId } from '../../codec/object-id.js'
import { openAs } from '../../object/open.js'
import { encodeTree, FOLDER_MODE, SYMLINK_MODE, type TreeEntry, type TreeObject } from '../../object/tree.js'
import { objectKey } from '../../store/keys.js'
import { ADD, DELETE, MODE, MODIFY, TYPE } from './change-codes.js'
import { PlainTree } from './plain-objects.js'
import type { SafeReader } from './safe-reader.js'

const EMPTY: TreeObject = { is: 'entries', entries: new Map() }
const EMPTY_TREE_BYTES = encodeTree(EMPTY)
export const EMPTY_TREE_ID: ObjectId = idOf(EMPTY_TREE_BYTES, 'dag-cbor')

/** Two trees at one place, of the ATOM with a number and of its first parent. */
export interface TreePair {
  readonly seq: number
  readonly before: ObjectId
  readonly after: ObjectId
  /** Empty, or a folder with a slash at its end. */
  readonly prefix: string
}

export interface ChangeListener {
  changed(change: { readonly path: string; readonly seq: number; readonly code: number }): void
  /** A tree on the way is gone or damaged. */
  unknown(seq: number): void
  /** A tree claims more than it can hold: it names itself again and again, or a path deeper than can be recorded. Said once; it is unknown too. */
  excessive(seq: number, tree: ObjectId): void
}

/** So many folders are walked for one ATOM whatever they are; beyond that, each one that is really there counts for so many. */
const FREE_FOLDERS = 50_000
const REPEATS_MAX = 64
/** More leaves than the largest folder has. */
const LEAVES_MAX = 20_000
/** Paths in a tree begin with the scope. */
const PREFIX_MAX = PATH_MAX_BYTES + 16

interface Walked { folders: number; readonly distinct: Set<ObjectId> }

/** About what is read at once. */
const READ_MAX_BYTES = 4_194_304
/** What a map takes for one of them beside its bytes. */
const HELD_COST_BYTES = 300
const READ_LEAST_PAIRS = 256
const READ_MOST_PAIRS = 3_072

/**
 * Compares trees by their bytes where these are plain, else by what the decoder makes of them. Takes many pairs at a time and reads what they need in
 * the order of the keys: one by one, each would be somewhere else in the database's files.
 */
export class TreeChanges {
  readonly #records: SafeReader
  readonly #listener: ChangeListener
  readonly #loaded = new Map<ObjectId, Uint8Array>()
  #treeBytes = 1_000
  /** By ATOM; undefined for one that is given up. */
  readonly #walked = new Map<number, Walked | undefined>()

  constructor(records: SafeReader, listener: ChangeListener) {
    this.#records = records
    this.#listener = listener
  }

  /** How many pairs are best given at a time: by how large trees have been. */
  get pairsAtOnce(): number {
    return Math.max(READ_LEAST_PAIRS, Math.min(READ_MOST_PAIRS, Math.floor(READ_MAX_BYTES / this.#treeBytes)))
  }

  compare(pairs: readonly TreePair[]): void {
    this.#walked.clear()
    this.#compare(pairs)
  }

  #compare(pairs: readonly TreePair[]): void {
    for (let from = 0; from < pairs.length;) {
      const slice = pairs.slice(from, from += this.pairsAtOnce)
      this.#load(slice)
      const below: TreePair[] = []
      for (const pair of slice) this.#folders(pair, below)
      this.#loaded.clear()
      if (below.length > 0) this.#compare(below)
    }
  }

  #load(pairs: readonly TreePair[]): void {
    const ids = new Set<ObjectId>()
    for (const { before, after } of pairs) {
      ids.add(before)
      ids.add(after)
    }
    let sizeBytes = 0
    for (const id of [...ids].sort()) {
      const bytes = id === EMPTY_TREE_ID ? EMPTY_TREE_BYTES : this.#records.getRecord(objectKey(id))
      if (bytes === undefined) continue
      this.#loaded.set(id, bytes)
      sizeBytes += bytes.length + HELD_COST_BYTES
    }
    if (this.#loaded.size > 0) this.#treeBytes = Math.max(this.#treeBytes / 2, sizeBytes / this.#loaded.size)
  }

  /** Tells whether a folder is still to be walked, and counts it. */
  #enter({ seq, before, after, prefix }: TreePair): boolean {
    const known = this.#walked.get(seq)
    if (known === undefined && this.#walked.has(seq)) return false
    const walked = known ?? { folders: 0, distinct: new Set<ObjectId>() }
    this.#walked.set(seq, walked)
    walked.distinct.add(before).add(after)
    walked.folders++
    if (prefix.length <= PREFIX_MAX && (walked.folders <= FREE_FOLDERS || walked.folders <= walked.distinct.size * REPEATS_MAX)) return true
    this.#giveUp(seq, after)
    return false
  }

  #giveUp(seq: number, tree: ObjectId): void {
    this.#walked.set(seq, undefined)
    this.#listener.excessive(seq, tree)
    this.#listener.unknown(seq)
  }

  #folders(pair: TreePair, below: TreePair[]): void {
    if (!this.#enter(pair)) return
    const left = this.#bytes(pair.before)
    const right = this.#bytes(pair.after)
    const plain = left === undefined || right === undefined ? undefined : differingEntries(left, right)
    if (plain === undefined) this.#decoded(pair, below)
    else for (const { name, ...entries } of plain) this.#entry({ ...pair, path: pair.prefix + name }, entries, below)
  }

  /** The slower way: folders that are split, names that are not ASCII. */
  #decoded({ seq, before, after, prefix }: TreePair, below: TreePair[]): void {
    const left = this.#read(before)
    const right = this.#read(after)
    if (left === undefined || right === undefined) {
      this.#listener.unknown(seq)
      return
    }
    if (left.is === 'node' && right.is === 'node') {
      for (const digit of new Set([...left.leaves.keys(), ...right.leaves.keys()])) {
        const leaf = { seq, before: left.leaves.get(digit) ?? EMPTY_TREE_ID, after: right.leaves.get(digit) ?? EMPTY_TREE_ID, prefix }
        if (leaf.before !== leaf.after) below.push(leaf)
      }
      return
    }
    const leaves = { left: LEAVES_MAX }
    const old = this.#entries(left, leaves)
    const fresh = this.#entries(right, leaves)
    if (leaves.left < 0) {
      this.#giveUp(seq, after)
      return
    }
    if (old === undefined || fresh === undefined) {
      this.#listener.unknown(seq)
      return
    }
    for (const [name, entry] of old) this.#entry({ seq, path: prefix + name }, { before: entry, after: fresh.get(name) }, below)
    for (const [name, entry] of fresh) if (!old.has(name)) this.#entry({ seq, path: prefix + name }, { before: undefined, after: entry }, below)
  }

  #entry({ seq, path }: { readonly seq: number; readonly path: string }, { before, after }: EntryPair, below: TreePair[]): void {
    if (before !== undefined && after !== undefined && before.link === after.link && before.mode === after.mode) return
    const oldFolder = before?.mode === FOLDER_MODE ? before.link : EMPTY_TREE_ID
    const newFolder = after?.mode === FOLDER_MODE ? after.link : EMPTY_TREE_ID
    if (oldFolder !== newFolder) below.push({ seq, before: oldFolder, after: newFolder, prefix: `${path}/` })
    const old = before?.mode === FOLDER_MODE ? undefined : before
    const fresh = after?.mode === FOLDER_MODE ? undefined : after
    if (old !== undefined || fresh !== undefined) this.#listener.changed({ seq, path, code: codeOf(old, fresh) })
  }

  /** Returns the entries of a folder, its leaves put together; undefined where one cannot be read. */
  #entries(tree: TreeObject, leaves: { left: number }): ReadonlyMap<string, TreeEntry> | undefined {
    if (tree.is === 'entries') return tree.entries
    const entries = new Map<string, TreeEntry>()
    for (const id of tree.leaves.values()) {
      const leaf = --leaves.left < 0 ? undefined : this.#read(id)
      const inner = leaf === undefined ? undefined : this.#entries(leaf, leaves)
      if (inner === undefined) return undefined
      for (const [name, entry] of inner) entries.set(name, entry)
    }
    return entries
  }

  #read(id: ObjectId): TreeObject | undefined {
    const bytes = this.#bytes(id) ?? this.#records.getRecord(objectKey(id))
    return bytes === undefined ? undefined : getTree(bytes)
  }

  #bytes(id: ObjectId): Uint8Array | undefined {
    return id === EMPTY_TREE_ID ? EMPTY_TREE_BYTES : this.#loaded.get(id)
  }
}

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
