/**
 * The forms that nearly all objects have, read without decoding: headers with at most one parent, bodies of words and metadata, trees that are not split,
 * all in ASCII. Whatever is not exactly so is left to the whole decoder.
 */
import { NAME_MAX_BYTES, SALT_BYTES, TREE_MAX_BYTES, TREE_MAX_ENTRIES } from '../../base/limits.js'
import { getAtomIdParts } from '../../object/atom-id.js'
import { digestFromBytes, objectId } from '../../codec/object-id.js'
import type { TreeEntry } from '../../object/tree.js'
import { ENTRY_KINDS, type EntryKind } from './compact-trees.js'
import { ByteReader, literal } from './byte-reader.js'

/** Where the parts of a header are in its bytes. */
export class PlainAtom {
  body = 0
  tree = 0
  /** -1 where there is none. */
  parent = -1
  timeMs = 0
  agent = 0
  agentEnd = 0
  operation = 0
  operationEnd = 0
  atomIdAt = 0
  atomIdEnd = 0
  atomId = ''
  /** Offsets of the digests of what it was influenced by. */
  readonly influences: number[] = []
  readonly #read = new ByteReader()

  /** Returns true where the bytes are a header of the plain form. */
  scan(bytes: Uint8Array): boolean {
    this.#read.open(bytes)
    return this.#links() && this.#words(bytes) && this.#influences() && this.#read.isAtEnd
  }

  /** Body, kind, time and tree. */
  #links(): boolean {
    const read = this.#read
    if (!read.byte(0xaa) || !read.pass(ATOM.body) || read.link() !== 0x71) return false
    this.body = read.start
    if (!read.pass(ATOM.kind) || (this.timeMs = read.time()) < 0 || !read.pass(ATOM.tree) || read.link() !== 0x71) return false
    this.tree = read.start
    return true
  }

  /** Agent, atom id, parents and operation. */
  #words(bytes: Uint8Array): boolean {
    const read = this.#read
    if (!read.pass(ATOM.agent) || !this.#name()) return false
    this.agent = read.start
    this.agentEnd = read.at
    if (!read.pass(ATOM.atomId) || !read.text()) return false
    this.atomIdAt = read.start
    this.atomIdEnd = read.at
    this.atomId = ascii(bytes, read.start, read.at)
    if (getAtomIdParts(this.atomId) === undefined || !this.#parents() || !read.pass(ATOM.operation) || !this.#name()) return false
    this.operation = read.start
    this.operationEnd = read.at
    return true
  }

  #parents(): boolean {
    const read = this.#read
    this.parent = -1
    if (!read.pass(ATOM.parents)) return false
    if (read.byte(0x80)) return true
    if (!read.byte(0x81) || read.link() !== 0x71) return false
    this.parent = read.start
    return true
  }

  #name(): boolean {
    return this.#read.text() && this.#read.length > 0 && this.#read.length <= NAME_MAX_BYTES
  }

  #influences(): boolean {
    const read = this.#read
    this.influences.length = 0
    if (!read.pass(ATOM.influences)) return false
    const count = read.head(4)
    for (let index = 0; index < count; index++) {
      if (!read.pass(ATOM.influence) || read.at + 32 > read.bytes.length) return false
      this.influences.push(read.at)
      read.at += 32
    }
    return count >= 0
  }
}

function joined(...parts: readonly (Uint8Array | number)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => typeof part === 'number' ? [part] : [...part]))
}

const ATOM = {
  body: literal('body'),
  kind: joined(literal('kind'), literal('atom'), literal('time')),
  tree: literal('tree'),
  agent: literal('agent'),
  atomId: literal('atom_id'),
  parents: literal('parents'),
  operation: joined(literal('version'), 1, literal('operation')),
  influences: literal('influenced_by'),
  influence: joined(0xa1, literal('object'), 0x58, 0x20),
}

function ascii(bytes: Uint8Array, from: number, to: number): string {
  let text = ''
  for (let index = from; index < to; index++) text += String.fromCharCode(bytes[index] as number)
  return text
}

/** The keys of a body in their order, with what may stand there. Tokens, evidence and large values are left to the decoder. */
const BODY_KEYS: readonly { readonly key: Uint8Array; readonly value: 'body' | 'salt' | 'text' | 'one' | 'map' }[] = [
  { key: literal('kind'), value: 'body' }, { key: literal('salt'), value: 'salt' }, { key: literal('title'), value: 'text' }, { key: literal('reason'), value: 'text' },
  { key: literal('project'), value: 'text' }, { key: literal('version'), value: 'one' }, { key: literal('metadata'), value: 'map' }, { key: literal('context_sync_ref'), value: 'text' },
]
const NEEDED_KEYS = 3
const BODY = literal('body')

export class PlainBody {
  /** Where the title is in the bytes. */
  title = 0
  titleEnd = 0
  readonly #read = new ByteReader()

  scan(bytes: Uint8Array): boolean {
    const read = this.#read
    read.open(bytes)
    const count = read.head(5)
    let found = 0
    let needed = 0
    for (const { key, value } of BODY_KEYS) {
      if (!read.pass(key)) continue
      found++
      if (value === 'body' || value === 'one' || key === TITLE) needed++
      if (!this.#value(value)) return false
      if (key !== TITLE) continue
      this.title = read.start
      this.titleEnd = read.at
    }
    return found === count && needed === NEEDED_KEYS && read.isAtEnd
  }

  #value(value: 'body' | 'salt' | 'text' | 'one' | 'map'): boolean {
    const read = this.#read
    switch (value) {
      case 'body': return read.pass(BODY)
      case 'one': return read.byte(1)
      case 'text': return read.text()
      case 'salt': {
        if (!read.byte(0x40 | SALT_BYTES) || read.at + SALT_BYTES > read.bytes.length) return false
        read.at += SALT_BYTES
        return true
      }
      // One key at least.
      case 'map': return (read.bytes[read.at] ?? 0) > 0xa0 && (read.bytes[read.at] ?? 0) < 0xc0 && read.value()
    }
  }
}
const TITLE = BODY_KEYS[2]?.key

const TREE = {
  head: joined(0xa3, literal('kind'), literal('tree'), literal('entries')),
  link: joined(0xa2, literal('link')),
  mode: joined(literal('mode'), 0x19),
  end: joined(literal('version'), 1),
}
const ENTRY_BYTES = 55
const MODE_AFTER_LINK = 38
const FOLDER = 0o040000
const FILES: readonly number[] = [0o100644, 0o100755, 0o120000]

export class PlainTree {
  count = 0
  /** Offsets of the digests of the entries' links. */
  links: Uint32Array = new Uint32Array(64)
  /** The codec of each link; 0 where the entry is a folder. */
  codecs: Uint8Array = new Uint8Array(64)
  #names = new Uint32Array(64)
  #lengths = new Uint16Array(64)
  readonly #read = new ByteReader()

  scan(bytes: Uint8Array): boolean {
    const read = this.#read
    read.open(bytes)
    if (!read.pass(TREE.head)) return false
    const count = read.head(5)
    if (count < 0 || count > TREE_MAX_ENTRIES) return false
    if (count > this.links.length) {
      this.links = new Uint32Array(TREE_MAX_ENTRIES)
      this.codecs = new Uint8Array(TREE_MAX_ENTRIES)
      this.#names = new Uint32Array(TREE_MAX_ENTRIES)
      this.#lengths = new Uint16Array(TREE_MAX_ENTRIES)
    }
    let sizeBytes = 0
    let start = 0
    let length = -1
    for (let index = 0; index < count; index++) {
      if (!read.text() || !this.#isName() || !(length < 0 || read.isAfter(start, length))) return false
      start = read.start
      length = read.length
      sizeBytes += ENTRY_BYTES + length
      this.#names[index] = start
      this.#lengths[index] = length
      if (!this.#entry(index)) return false
    }
    this.count = count
    return !(count > 1 && sizeBytes > TREE_MAX_BYTES) && read.pass(TREE.end) && read.isAtEnd
  }

  name(index: number): string {
    return ascii(this.#read.bytes, this.nameAt(index), this.nameEnd(index))
  }

  nameAt(index: number): number {
    return this.#names[index] as number
  }

  nameEnd(index: number): number {
    return (this.#names[index] as number) + (this.#lengths[index] as number)
  }

  entry(index: number): TreeEntry {
    const at = this.links[index] as number
    const codec = this.codecs[index] as number
    return { mode: this.#mode(index) as TreeEntry['mode'], link: objectId(digestFromBytes(this.#read.bytes.subarray(at, at + 32)), codec === 0x55 ? 'raw' : 'dag-cbor') }
  }

  kind(index: number): EntryKind {
    switch (this.#mode(index)) {
      case FOLDER: return ENTRY_KINDS.folder
      case 0o100755: return ENTRY_KINDS.executable
      case 0o120000: return ENTRY_KINDS.symlink
      default: return ENTRY_KINDS.file
    }
  }

  /** Compares two names in the order of map keys. */
  compareNames(index: number, other: PlainTree, otherIndex: number): number {
    const length = this.#lengths[index] as number
    const difference = length - (other.#lengths[otherIndex] as number)
    if (difference !== 0) return difference
    const start = this.#names[index] as number
    const otherStart = other.#names[otherIndex] as number
    for (let offset = 0; offset < length; offset++) {
      const step = (this.#read.bytes[start + offset] as number) - (other.#read.bytes[otherStart + offset] as number)
      if (step !== 0) return step
    }
    return 0
  }

  equalEntries(index: number, other: PlainTree, otherIndex: number): boolean {
    const at = this.links[index] as number
    const otherAt = other.links[otherIndex] as number
    if (this.codecs[index] !== other.codecs[otherIndex] || this.#mode(index) !== other.#mode(otherIndex)) return false
    for (let offset = 0; offset < 32; offset++) if (this.#read.bytes[at + offset] !== other.#read.bytes[otherAt + offset]) return false
    return true
  }

  /** It stands behind the link: its key takes 5 bytes and its head one. */
  #mode(index: number): number {
    const at = (this.links[index] as number) + MODE_AFTER_LINK
    return ((this.#read.bytes[at] as number) << 8) | (this.#read.bytes[at + 1] as number)
  }

  #isName(): boolean {
    const { bytes, start, length } = this.#read
    if (length === 0 || length > NAME_MAX_BYTES) return false
    for (let index = start; index < start + length; index++) if (bytes[index] === 0x2f || bytes[index] === 0) return false
    return bytes[start] !== 0x2e || length > 2 || (length === 2 && bytes[start + 1] !== 0x2e)
  }

  #entry(index: number): boolean {
    const read = this.#read
    if (!read.pass(TREE.link)) return false
    const codec = read.link()
    if (codec < 0) return false
    this.links[index] = read.start
    if (!read.pass(TREE.mode)) return false
    const mode = ((read.bytes[read.at] ?? 0) << 8) | (read.bytes[read.at + 1] ?? 0)
    read.at += 2
    const isFolder = mode === FOLDER
    this.codecs[index] = isFolder ? 0 : codec
    return isFolder ? codec === 0x71 : FILES.includes(mode)
  }
}
