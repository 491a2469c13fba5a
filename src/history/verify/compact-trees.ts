/**
 * Trees in 12 bytes for each entry: the number of the name, what it is, and the keyed hash of its link. Made while the objects are read in the order of their
 * ids; compared afterwards in the order of the ATOMs, without reading anything again. Bounded: what does not fit is read from the store (`tree-changes.ts`).
 */
import { toDisplayText } from '../../base/bytes.js'
import { PATH_MAX_BYTES } from '../../base/limits.js'
import { compareKeys } from '../../codec/cbor.js'
import { ADD, DELETE, MODE, MODIFY, TYPE } from './change-codes.js'
import type { KeyedHash } from './keyed-hash.js'
import { SumMap } from './sum-map.js'

const ENTRY_WORDS = 3
const BLOCK_ENTRIES = 1 << 14
const ENTRIES_MAX_BYTES = 25_165_824
const TREE_MOST_ENTRIES = 1_024
const NAMES_MAX = 200_000
const FOLDERS_MAX = 50_000

/** What an entry is, in the top two bits of its first word. */
export const ENTRY_KINDS = { file: 0, executable: 1, symlink: 2, folder: 3 } as const
export type EntryKind = (typeof ENTRY_KINDS)[keyof typeof ENTRY_KINDS]
const NAME_BITS = 30
const NAME_MASK = (1 << NAME_BITS) - 1

export interface Sum { readonly lo: number; readonly hi: number }
export interface CompactChange { readonly path: string; readonly code: number }

export class CompactTrees {
  readonly #blocks: Uint32Array[] = []
  #used = BLOCK_ENTRIES
  readonly #hash: KeyedHash
  /** By the keyed hash of a name: its number. */
  readonly #names = new SumMap()
  readonly #texts: string[] = []
  /** By the keyed hash of a tree: where its entries begin, and how many they are, in 22 and 10 bits. */
  readonly #trees = new SumMap()
  #write = 0
  #walked = 0

  constructor(hash: KeyedHash) {
    this.#hash = hash
  }

  /** Begins a tree; `add` MUST follow for each of its entries in the order of their keys. Returns false where it does not fit. */
  begin(tree: Sum, count: number): boolean {
    if (count >= TREE_MOST_ENTRIES || this.#names.size > NAMES_MAX) return false
    if (this.#used + count > BLOCK_ENTRIES) {
      if ((this.#blocks.length + 1) * BLOCK_ENTRIES * ENTRY_WORDS * 4 > ENTRIES_MAX_BYTES) return false
      this.#blocks.push(new Uint32Array(BLOCK_ENTRIES * ENTRY_WORDS))
      this.#used = 0
    }
    const from = (this.#blocks.length - 1) * BLOCK_ENTRIES + this.#used
    this.#trees.set(tree.lo, tree.hi, ((from << 10) | count) >>> 0)
    this.#write = this.#used * ENTRY_WORDS
    this.#used += count
    return true
  }

  /** Returns the number of an ASCII name, which stands in these bytes. Leaves another result in the hash. */
  nameNumber(bytes: Uint8Array, from: number, to: number): number {
    const hash = this.#hash
    hash.start()
    hash.bytes(bytes, from, to)
    hash.end()
    const known = this.#names.get(hash.lo, hash.hi)
    if (known >= 0) return known
    const number = this.#texts.length
    this.#names.set(hash.lo, hash.hi, number)
    this.#texts.push(toDisplayText(bytes, from, to))
    return number
  }

  add(name: number, kind: EntryKind, link: Sum): void {
    const block = this.#blocks[this.#blocks.length - 1] as Uint32Array
    block[this.#write++] = (name | (kind << NAME_BITS)) >>> 0
    block[this.#write++] = link.lo
    block[this.#write++] = link.hi
  }

  /** Returns what changed from one tree to another, or undefined where one on the way is not held here. `none`: there is no tree. */
  compare(before: Sum | undefined, after: Sum | undefined): readonly CompactChange[] | undefined {
    const changes: CompactChange[] = []
    this.#walked = 0
    return this.#folders({ before, after, prefix: '' }, changes) ? changes : undefined
  }

  #folders(pair: CompactPair, changes: CompactChange[]): boolean {
    // Left to `tree-changes.ts`, which judges what claims to be this large.
    if (++this.#walked > FOLDERS_MAX || pair.prefix.length > PATH_MAX_BYTES) return false
    return this.#mergeFolders(pair, changes)
  }

  #mergeFolders({ before, after, prefix }: CompactPair, changes: CompactChange[]): boolean {
    const left = before === undefined ? noEntries() : this.#entries(before)
    const right = after === undefined ? noEntries() : this.#entries(after)
    if (left === undefined || right === undefined) return false
    while (left.at < left.end || right.at < right.end) {
      if (isSame(left, right)) {
        left.at += ENTRY_WORDS
        right.at += ENTRY_WORDS
        continue
      }
      const order = left.at === left.end ? 1 : right.at === right.end ? -1 : this.#order(left.block[left.at] as number, right.block[right.at] as number)
      const old = order <= 0 ? takeEntry(left) : undefined
      const fresh = order >= 0 ? takeEntry(right) : undefined
      if (!this.#entry(old, fresh, { prefix, changes })) return false
    }
    return true
  }

  #entry(old: Entry | undefined, fresh: Entry | undefined, { prefix, changes }: { readonly prefix: string; readonly changes: CompactChange[] }): boolean {
    const path = prefix + (this.#texts[(old ?? fresh)?.name ?? 0] ?? '')
    const before = old?.kind === ENTRY_KINDS.folder ? old : undefined
    const after = fresh?.kind === ENTRY_KINDS.folder ? fresh : undefined
    if ((before !== undefined || after !== undefined) && !this.#folders({ before, after, prefix: `${path}/` }, changes)) return false
    const code = codeOf(before === undefined ? old : undefined, after === undefined ? fresh : undefined)
    if (code !== 0) changes.push({ path, code })
    return true
  }

  #order(left: number, right: number): number {
    const [one, other] = [left & NAME_MASK, right & NAME_MASK]
    return one === other ? 0 : compareKeys(this.#texts[one] as string, this.#texts[other] as string)
  }

  #entries({ lo, hi }: Sum): Entries | undefined {
    const at = this.#trees.get(lo, hi)
    if (at < 0) return undefined
    const from = at >>> 10
    const start = (from % BLOCK_ENTRIES) * ENTRY_WORDS
    const block = this.#blocks[Math.floor(from / BLOCK_ENTRIES)]
    return block === undefined ? undefined : { block, at: start, end: start + (at & 1_023) * ENTRY_WORDS }
  }
}

interface CompactPair { readonly before: Sum | undefined; readonly after: Sum | undefined; readonly prefix: string }
/** What is left of a tree's entries. */
interface Entries { readonly block: Uint32Array; at: number; readonly end: number }
const NO_WORDS = new Uint32Array(0)

function noEntries(): Entries {
  return { block: NO_WORDS, at: 0, end: 0 }
}

interface Entry extends Sum { readonly name: number; readonly kind: EntryKind }

function takeEntry(entries: Entries): Entry {
  const { block, at } = entries
  const word = block[at] as number
  entries.at += ENTRY_WORDS
  return { name: word & NAME_MASK, kind: (word >>> NAME_BITS) as EntryKind, lo: block[at + 1] as number, hi: block[at + 2] as number }
}

/** Tells whether both go on with one entry. */
function isSame(left: Entries, right: Entries): boolean {
  if (left.at === left.end || right.at === right.end) return false
  for (let word = 0; word < ENTRY_WORDS; word++) if (left.block[left.at + word] !== right.block[right.at + word]) return false
  return true
}

/** Returns the number of the path index for what is a file before and after, or 0. */
function codeOf(before: Entry | undefined, after: Entry | undefined): number {
  if (before === undefined) return after === undefined ? 0 : ADD
  if (after === undefined) return DELETE
  if ((before.kind === ENTRY_KINDS.symlink) !== (after.kind === ENTRY_KINDS.symlink)) return TYPE
  return before.lo === after.lo && before.hi === after.hi ? MODE : MODIFY
}
