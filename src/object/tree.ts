/**
 * Trees: the tracked files after an ATOM, nested by folder, so that unchanged folders keep their ids.
 *
 * A folder above `TREE_MAX_ENTRIES` entries or `TREE_MAX_BYTES` is split: a node holds up to 16 leaves keyed by one hex digit of the SHA-256 of
 * the entries' names, each leaf again a tree or a node of the next digit. What is split depends on the set of names alone.
 */
import { compareKeys, encodeOrdered, linkTag } from '../codec/cbor.js'
import { isWellFormed, utf8Length } from '../base/bytes.js'
import { NAME_MAX_BYTES, TREE_MAX_BYTES, TREE_MAX_ENTRIES } from '../base/limits.js'
import { linkBytes, type ObjectId } from '../codec/object-id.js'
import { checkDagCbor, checkKeys, invalid, isFields, readFields, linkOf, type Fields } from './shape.js'

/** git's numbers: a file, an executable, a symbolic link, a folder. */
export type EntryMode = 0o100644 | 0o100755 | 0o120000 | 0o040000
export const FILE_MODE = 0o100644
export const EXECUTABLE_MODE = 0o100755
export const SYMLINK_MODE = 0o120000
export const FOLDER_MODE = 0o040000

export interface TreeEntry {
  readonly mode: EntryMode
  readonly link: ObjectId
}

/** One stored tree object: the entries of a folder (or of a leaf of one), or a node whose leaves hold them. */
export type TreeObject =
  | { readonly is: 'entries'; readonly entries: ReadonlyMap<string, TreeEntry> }
  | { readonly is: 'node'; readonly leaves: ReadonlyMap<string, ObjectId> }

/** The encoded size of one entry without its name and the head of that: mode and link have fixed sizes. */
export const ENTRY_BYTES = 55

/**
 * Tells whether these names must be split further. Counts what the entries would take, never their contents. Walks the names once: an
 * iterator that can be walked no second time is fine.
 */
export function mustSplit(names: Iterable<string>): boolean {
  let entries = 0
  let sizeBytes = 0
  for (const name of names) {
    entries++
    sizeBytes += ENTRY_BYTES + utf8Length(name)
    if (entries > TREE_MAX_ENTRIES || (entries > 1 && sizeBytes > TREE_MAX_BYTES)) return true
  }
  return false
}

export function encodeTree(tree: TreeObject): Uint8Array {
  if (tree.is === 'node') return encodeOrdered({ kind: 'tree', leaves: sortedMap(checkLeaves(tree.leaves), (id) => linkTag(linkBytes(id))), version: 1 })
  for (const name of tree.entries.keys()) checkEntryName(name)
  if (mustSplit(tree.entries.keys())) throw invalid('tree', 'too many entries for one object')
  const entries = sortedMap(tree.entries, (entry) => ({ link: linkTag(linkBytes(entry.link)), mode: entry.mode }))
  return encodeOrdered({ kind: 'tree', entries, version: 1 })
}

function sortedMap<Value>(map: ReadonlyMap<string, Value>, toValue: (value: Value) => unknown): Map<string, unknown> {
  const sorted = [...map].sort(([left], [right]) => compareKeys(left, right))
  return new Map(sorted.map(([name, value]) => [name, toValue(value)]))
}

/** Returns the tree object of a decoded map; throws `OBJECT_INVALID`. That names sit in the right leaf is for the walker to check. */
export function openTree(fields: Fields): TreeObject {
  if (fields['leaves'] !== undefined) return openNode(fields)
  checkKeys('tree', fields, { needed: ['kind', 'version', 'entries'] })
  const entries = new Map<string, TreeEntry>()
  for (const [name, value] of Object.entries(readFields('tree', fields).map('entries'))) {
    checkEntryName(name)
    if (!isFields(value)) throw invalid('tree', `the entry ${name.slice(0, 80)} is no map`)
    entries.set(name, openEntry(value))
  }
  if (mustSplit(entries.keys())) throw invalid('tree', 'too many entries for one object')
  return { is: 'entries', entries }
}

function openNode(fields: Fields): TreeObject {
  checkKeys('tree', fields, { needed: ['kind', 'version', 'leaves'] })
  const leaves = new Map<string, ObjectId>()
  for (const [digit, value] of Object.entries(readFields('tree', fields).map('leaves'))) {
    leaves.set(digit, linkOf('tree', 'leaves', value))
  }
  return { is: 'node', leaves: checkLeaves(leaves) }
}

function checkLeaves(leaves: ReadonlyMap<string, ObjectId>): ReadonlyMap<string, ObjectId> {
  if (leaves.size === 0) throw invalid('tree', 'a node without leaves')
  for (const [digit, id] of leaves) {
    if (!/^[0-9a-f]$/.test(digit)) throw invalid('tree', `the leaf ${digit.slice(0, 80)} is no hex digit`)
    checkDagCbor('tree', 'leaves', id)
  }
  return leaves
}

function openEntry(fields: Fields): TreeEntry {
  checkKeys('tree', fields, { needed: ['mode', 'link'] })
  const read = readFields('tree', fields)
  const mode = read.count('mode')
  const link = read.link('link')
  if (mode !== FILE_MODE && mode !== EXECUTABLE_MODE && mode !== SYMLINK_MODE && mode !== FOLDER_MODE) throw invalid('tree', `the mode ${mode.toString(8)} is not one of 100644, 100755, 120000, 40000`)
  if (mode === FOLDER_MODE) checkDagCbor('tree', 'a folder', link)
  return { mode, link }
}

/** Checks one path segment as stored: what cannot be recorded cannot be read either. */
export function checkEntryName(name: string): void {
  if (name === '' || name === '.' || name === '..') throw invalid('tree', `an entry named '${name}'`)
  if (!isWellFormed(name)) throw invalid('tree', 'an entry name that is no text')
  if (name.includes('/') || name.includes('\0')) throw invalid('tree', 'an entry name with a slash or NUL')
  if (name.length * 3 > NAME_MAX_BYTES && utf8Length(name) > NAME_MAX_BYTES) throw invalid('tree', `an entry name longer than ${String(NAME_MAX_BYTES)} bytes`)
}
