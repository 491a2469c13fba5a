/**
 * The entries of a folder as they are stored: looked up and changed in the bytes, so that one more entry costs what it takes to copy and hash the others.
 *
 * Guarantees: `getPackedTree` takes only bytes that the strict decoder takes, and none of a node; what `spliceEntries` makes is what `encodeTree` writes.
 */
import { allocate, compareBytes, fromHex, getText, toDisplayText, utf8 } from '../base/bytes.js'
import { NAME_MAX_BYTES, TREE_MAX_BYTES, TREE_MAX_ENTRIES } from '../base/limits.js'
import { codecOf, objectIdAt, writeDigest } from '../codec/object-id.js'
import { ENTRY_BYTES, EXECUTABLE_MODE, FILE_MODE, FOLDER_MODE, SYMLINK_MODE, type EntryMode, type TreeEntry } from './tree.js'

export interface PackedTree {
  readonly is: 'packed'
  readonly bytes: Uint8Array
  /** Where the first entry begins. */
  readonly start: number
  readonly count: number
  /** What counts towards `TREE_MAX_BYTES`. */
  readonly sizeBytes: number
}

// {"kind": "tree", "entries": {…}, "version": 1}
const HEAD = fromHex('a3646b696e64647472656567656e7472696573')
const TAIL = fromHex('6776657273696f6e01')
// name: {"link": 42(h'00 01 codec 12 20 digest'), "mode": …}
const BEFORE_CODEC = fromHex('a2646c696e6bd82a58250001')
const BEFORE_DIGEST = fromHex('1220')
const BEFORE_MODE = fromHex('646d6f646519')
const CODEC_AT = BEFORE_CODEC.length
const DIGEST_AT = CODEC_AT + 1 + BEFORE_DIGEST.length
const MODE_AT = DIGEST_AT + 32 + BEFORE_MODE.length
const DAG_CBOR = 0x71
const RAW = 0x55

export const EMPTY_PACKED: PackedTree = packed(allocateTree(0, 0), 0, 0)

/** Returns a stored tree, or undefined for a node and for whatever the decoder has to judge. */
export function getPackedTree(bytes: Uint8Array): PackedTree | undefined {
  const count = hasAt(bytes, 0, HEAD) ? getCount(bytes) : undefined
  if (count === undefined || count > TREE_MAX_ENTRIES) return undefined
  const start = startOf(count)
  const end = bytes.length - TAIL.length
  let before: Place | undefined
  let sizeBytes = 0
  let at = start
  for (let index = 0; index < count; index++) {
    const place = placeAt(bytes, at)
    if (!isName(bytes, place) || !isValue(bytes, place.end) || (before !== undefined && compareNames(bytes, before, { bytes, place }) >= 0)) return undefined
    sizeBytes += ENTRY_BYTES + place.end - place.start
    at = place.end + ENTRY_BYTES
    before = place
  }
  if (at !== end || !hasAt(bytes, end, TAIL) || (count > 1 && sizeBytes > TREE_MAX_BYTES)) return undefined
  return packed(bytes, count, sizeBytes)
}

/** Tells whether there are more entries than one object may hold. */
export function isOverfull({ count, sizeBytes }: PackedTree): boolean {
  return count > TREE_MAX_ENTRIES || (count > 1 && sizeBytes > TREE_MAX_BYTES)
}

export function getPackedEntry(tree: PackedTree, name: string): TreeEntry | undefined {
  const wanted = utf8(name)
  const place = seek(tree, tree.start, wanted)
  return isAt(tree, place, wanted) ? entryAt(tree.bytes, place.end) : undefined
}

/** Yields all entries, in the order of the bytes. */
export function* packedEntries({ bytes, start, count }: PackedTree): Iterable<readonly [name: string, entry: TreeEntry]> {
  for (let index = 0, at = start; index < count; index++) {
    const place = placeAt(bytes, at)
    yield [toDisplayText(bytes, place.start, place.end), entryAt(bytes, place.end)]
    at = place.end + ENTRY_BYTES
  }
}

export interface ChangedEntry {
  /** Which one it is in the order of the bytes. */
  readonly index: number
  readonly entry: TreeEntry
  /** What stands under its name in the other tree. */
  readonly before: TreeEntry | undefined
}

export interface TreeComparison {
  /** What one tree has and the other has not, or has otherwise; what only the other has is not here. */
  readonly changed: readonly ChangedEntry[]
  readonly names: 'same' | 'other'
}

/** Returns what a tree has that another one at its place has not, without making up the entries that both have. */
export function compareTrees(tree: PackedTree, base: PackedTree): TreeComparison {
  const end = base.bytes.length - TAIL.length
  const changed: ChangedEntry[] = []
  let names: TreeComparison['names'] = tree.count === base.count ? 'same' : 'other'
  let other = base.start
  for (let index = 0, at = tree.start; index < tree.count; index++) {
    const place = placeAt(tree.bytes, at)
    at = place.end + ENTRY_BYTES
    let beside: Place | undefined
    while (beside === undefined && other < end) {
      const next = placeAt(base.bytes, other)
      const order = compareNames(tree.bytes, place, { bytes: base.bytes, place: next })
      if (order < 0) break
      if (order === 0) beside = next
      else names = 'other'
      other = next.end + ENTRY_BYTES
    }
    if (beside !== undefined && isSameValue(tree.bytes, place.end, { bytes: base.bytes, at: beside.end })) continue
    if (beside === undefined) names = 'other'
    changed.push({ index, entry: entryAt(tree.bytes, place.end), before: beside === undefined ? undefined : entryAt(base.bytes, beside.end) })
  }
  return { changed, names }
}

/** Tells whether the same stands behind two names. */
export function isSameValue(bytes: Uint8Array, at: number, other: { readonly bytes: Uint8Array; readonly at: number }): boolean {
  for (let index = CODEC_AT; index < ENTRY_BYTES; index++) if (bytes[at + index] !== other.bytes[other.at + index]) return false
  return true
}

/** Returns the entry whose name ends at an offset. */
export function entryAt(bytes: Uint8Array, at: number): TreeEntry {
  return { mode: modeAt(bytes, at), link: objectIdAt(bytes, at + DIGEST_AT, bytes[at + CODEC_AT] === RAW ? 'raw' : 'dag-cbor') }
}

/** Returns the tree with entries put in or taken out (undefined), however many it then has. The names MUST have been checked. */
export function spliceEntries(tree: PackedTree, changes: ReadonlyMap<string, TreeEntry | undefined>): PackedTree {
  const { bytes } = tree
  const end = bytes.length - TAIL.length
  const parts: Uint8Array[] = []
  let { count, sizeBytes } = tree
  let kept = tree.start
  let at = tree.start
  for (const [name, entry] of inOrder(changes)) {
    const place = seek(tree, at, name)
    const isThere = isAt(tree, place, name)
    at = place.head
    if (isThere || entry !== undefined) parts.push(bytes.subarray(kept, at))
    if (isThere) {
      at = place.end + ENTRY_BYTES
      count--
      sizeBytes -= ENTRY_BYTES + name.length
    }
    if (isThere || entry !== undefined) kept = at
    if (entry === undefined) continue
    parts.push(encodeEntry(name, entry))
    count++
    sizeBytes += ENTRY_BYTES + name.length
  }
  parts.push(bytes.subarray(kept, end))
  const next = allocateTree(count, parts.reduce((sum, part) => sum + part.length, 0))
  let to = startOf(count)
  for (const part of parts) {
    next.set(part, to)
    to += part.length
  }
  return packed(next, count, sizeBytes)
}

function inOrder(changes: ReadonlyMap<string, TreeEntry | undefined>): readonly (readonly [name: Uint8Array, entry: TreeEntry | undefined])[] {
  const list = [...changes].map(([name, entry]) => [utf8(name), entry] as const)
  return list.length === 1 ? list : list.sort(([left], [right]) => left.length - right.length || compareBytes(left, right))
}

function packed(bytes: Uint8Array, count: number, sizeBytes: number): PackedTree {
  return { is: 'packed', bytes, start: startOf(count), count, sizeBytes }
}

/** Returns a tree with room for entries of so many bytes. */
function allocateTree(count: number, entryBytes: number): Uint8Array {
  const start = startOf(count)
  const bytes = allocate(start + entryBytes + TAIL.length)
  bytes.set(HEAD)
  if (count < 24) bytes[HEAD.length] = 0xa0 + count
  else if (count < 0x100) bytes.set([0xb8, count], HEAD.length)
  else if (count < 0x10000) bytes.set([0xb9, count >> 8, count & 255], HEAD.length)
  else bytes.set([0xba, count >>> 24, (count >> 16) & 255, (count >> 8) & 255, count & 255], HEAD.length)
  bytes.set(TAIL, start + entryBytes)
  return bytes
}

/** The head of the map of entries lies before the first one. */
function startOf(count: number): number {
  return HEAD.length + (count < 24 ? 1 : count < 0x100 ? 2 : count < 0x10000 ? 3 : 5)
}

/** Returns the number of entries that a head in its shortest form claims. */
function getCount(bytes: Uint8Array): number | undefined {
  const [head = 0, high = 0, low = 0] = bytes.subarray(HEAD.length, HEAD.length + 3)
  if (head >= 0xa0 && head < 0xa0 + 24) return head - 0xa0
  if (head === 0xb8) return high < 24 ? undefined : high
  return head === 0xb9 && high > 0 ? high * 256 + low : undefined
}

/** A name in the bytes, its head before it. */
export interface Place { readonly head: number; readonly start: number; readonly end: number }

export function placeAt(bytes: Uint8Array, at: number): Place {
  const head = bytes[at] ?? 0
  if (head < 0x78) return { head: at, start: at + 1, end: at + 1 + head - 0x60 }
  if (head === 0x78) return { head: at, start: at + 2, end: at + 2 + (bytes[at + 1] ?? 0) }
  return { head: at, start: at + 3, end: at + 3 + (bytes[at + 1] ?? 0) * 256 + (bytes[at + 2] ?? 0) }
}

/** Returns the place of the first entry from one on whose name is not before the wanted one; that of the end where there is none. */
function seek({ bytes }: PackedTree, from: number, wanted: Uint8Array): Place {
  const end = bytes.length - TAIL.length
  let at = from
  while (at < end) {
    const place = placeAt(bytes, at)
    const lengthBytes = place.end - place.start
    if (lengthBytes > wanted.length || (lengthBytes === wanted.length && compareAt(bytes, place.start, wanted) >= 0)) return place
    at = place.end + ENTRY_BYTES
  }
  return { head: end, start: end, end }
}

function isAt({ bytes }: PackedTree, { start, end }: Place, name: Uint8Array): boolean {
  return end - start === name.length && compareAt(bytes, start, name) === 0
}

/** Compares the bytes at an offset with as many others. */
function compareAt(bytes: Uint8Array, offset: number, others: Uint8Array): number {
  for (let index = 0; index < others.length; index++) {
    const difference = (bytes[offset + index] ?? 0) - (others[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

export function compareNames(bytes: Uint8Array, left: Place, other: { readonly bytes: Uint8Array; readonly place: Place }): number {
  const right = other.place
  const lengthBytes = left.end - left.start
  if (lengthBytes !== right.end - right.start) return lengthBytes - (right.end - right.start)
  for (let index = 0; index < lengthBytes; index++) {
    const difference = (bytes[left.start + index] ?? 0) - (other.bytes[right.start + index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function hasAt(bytes: Uint8Array, at: number, part: Uint8Array): boolean {
  for (let index = 0; index < part.length; index++) if (bytes[at + index] !== part[index]) return false
  return true
}

/** What `checkEntryName` takes, with a head in its shortest form. */
function isName(bytes: Uint8Array, place: Place): boolean {
  const { start, end } = place
  if (end > bytes.length || !isNameHead(bytes[place.head] ?? 0, end - start)) return false
  if (end - start <= 2 && bytes[start] === DOT && bytes[end - 1] === DOT) return false
  let isAscii = true
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0 || byte === SLASH) return false
    if (byte > 127) isAscii = false
  }
  return isAscii || getText(bytes.subarray(start, end)) !== undefined
}

function isNameHead(head: number, lengthBytes: number): boolean {
  if (head === 0x78) return lengthBytes >= 24
  if (head === 0x79) return lengthBytes >= 0x100 && lengthBytes <= NAME_MAX_BYTES
  return head > 0x60 && head < 0x78
}

const SLASH = 47
const DOT = 46

function isValue(bytes: Uint8Array, at: number): boolean {
  const codec = bytes[at + CODEC_AT]
  if (!hasAt(bytes, at, BEFORE_CODEC) || !hasAt(bytes, at + CODEC_AT + 1, BEFORE_DIGEST) || !hasAt(bytes, at + DIGEST_AT + 32, BEFORE_MODE)) return false
  const mode = modeAt(bytes, at)
  return codec === DAG_CBOR ? TREE_MODES.includes(mode) : codec === RAW && mode !== FOLDER_MODE && TREE_MODES.includes(mode)
}

const TREE_MODES: readonly number[] = [FILE_MODE, EXECUTABLE_MODE, SYMLINK_MODE, FOLDER_MODE]

function modeAt(bytes: Uint8Array, at: number): EntryMode {
  return (((bytes[at + MODE_AT] ?? 0) << 8) | (bytes[at + MODE_AT + 1] ?? 0)) as EntryMode
}

function encodeEntry(name: Uint8Array, { mode, link }: TreeEntry): Uint8Array {
  const { length } = name
  const headBytes = length < 24 ? 1 : length < 0x100 ? 2 : 3
  const bytes = allocate(headBytes + length + ENTRY_BYTES)
  if (headBytes === 1) bytes[0] = 0x60 + length
  else if (headBytes === 2) bytes.set([0x78, length])
  else bytes.set([0x79, length >> 8, length & 255])
  bytes.set(name, headBytes)
  const at = headBytes + length
  bytes.set(BEFORE_CODEC, at)
  bytes[at + CODEC_AT] = codecOf(link) === 'raw' ? RAW : DAG_CBOR
  bytes.set(BEFORE_DIGEST, at + CODEC_AT + 1)
  writeDigest(link, bytes, at + DIGEST_AT)
  bytes.set(BEFORE_MODE, at + DIGEST_AT + 32)
  bytes[at + MODE_AT] = mode >> 8
  bytes[at + MODE_AT + 1] = mode & 255
  return bytes
}
