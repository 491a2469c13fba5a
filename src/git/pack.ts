/** Packs as git has them, version 2, with their index: objects one after the other, none as a difference. What is written here any git reads. */
import { createHash } from 'node:crypto'
import { crc32, deflateSync } from 'node:zlib'
import { concatBytes, writeHex } from '../base/bytes.js'
import { OID_BYTES, type GitObject, type GitType, type Oid } from './git-object.js'

const TYPES: { readonly [Type in GitType]: number } = { commit: 1, tree: 2, blob: 3, tag: 4 }
/** Up to it, compressing takes longer than the bytes saved are worth. */
const STORED_MAX_BYTES = 1_024
const HEAD_BYTES = 12
const CHECKSUM_BYTES = 20

export interface Pack {
  /** Hex of the checksum that ends it. */
  readonly name: string
  readonly pack: Uint8Array
  /** Makes its index, which only who reads single objects needs. */
  makeIndex(): Uint8Array
}

export interface PackBuilder {
  /** Adds an object that was not added yet. */
  add(oid: Oid, object: GitObject): void
  has(oid: Oid): boolean
  /** Returns an object that was added. */
  getObject(oid: Oid): GitObject | undefined
  readonly count: number
  readonly sizeBytes: number
  /** Returns the pack. Nothing MAY be added afterwards. */
  finish(): Pack
}

/** An object, or where it stands in the pack as it is. */
type Held = GitObject | { readonly type: GitType; readonly start: number; readonly end: number }

const FIRST_BYTES = 1_048_576

/** Begins a pack that is made in one buffer: thousands of small objects, each copied once. */
export function createPackBuilder(): PackBuilder {
  let buffer = new Uint8Array(FIRST_BYTES)
  let end = HEAD_BYTES
  const objects = new Map<Oid, Held>()
  const places: PackPlace[] = []
  const reserve = (bytes: number): void => {
    if (end + bytes + CHECKSUM_BYTES <= buffer.length) return
    const larger = new Uint8Array(Math.max(2 * buffer.length, end + bytes + CHECKSUM_BYTES))
    larger.set(buffer.subarray(0, end))
    buffer = larger
  }
  return {
    add(oid, object) {
      const { type, bytes } = object
      const offset = end
      if (bytes.length <= STORED_MAX_BYTES) {
        reserve(bytes.length + ENTRY_HEAD_MAX_BYTES + STORED_BYTES)
        end = writeEntryHead(buffer, end, object)
        end = writeStored(buffer, end, bytes)
        // Read back from there, so that what it was made of can go.
        objects.set(oid, { type, start: end - ADLER_BYTES - bytes.length, end: end - ADLER_BYTES })
      } else {
        const deflated = deflateSync(bytes)
        reserve(deflated.length + ENTRY_HEAD_MAX_BYTES)
        end = writeEntryHead(buffer, end, object)
        buffer.set(deflated, end)
        end += deflated.length
        objects.set(oid, { type, bytes: bytes.slice() })
      }
      places.push({ oid, offset, crc: crc32(buffer.subarray(offset, end)) })
    },
    has: (oid) => objects.has(oid),
    getObject(oid) {
      const held = objects.get(oid)
      return held === undefined || 'bytes' in held ? held : { type: held.type, bytes: buffer.subarray(held.start, held.end) }
    },
    get count() {
      return places.length
    },
    get sizeBytes() {
      return end
    },
    finish() {
      buffer.set(packHead(places.length))
      const checksum = createHash('sha1').update(buffer.subarray(0, end)).digest()
      buffer.set(checksum, end)
      return { name: checksum.toString('hex'), pack: buffer.subarray(0, end + CHECKSUM_BYTES), makeIndex: () => makePackIndex(places, checksum) }
    },
  }
}

/** Returns an object as it stands in a pack. */
export function packEntry(object: GitObject): Uint8Array {
  const head = entryHead(object.type, object.bytes.length)
  if (object.bytes.length > STORED_MAX_BYTES) return concatBytes([head, deflateSync(object.bytes)])
  const bytes = new Uint8Array(head.length + STORED_BYTES + object.bytes.length)
  bytes.set(head)
  writeStored(bytes, head.length, object.bytes)
  return bytes
}

/** Returns type and size as a pack entry begins with them. */
export function entryHead(type: GitType, sizeBytes: number): Uint8Array {
  const head = new Uint8Array(ENTRY_HEAD_MAX_BYTES)
  return head.subarray(0, writeHead(head, 0, { type, sizeBytes }))
}

/** Sizes up to 2^53. */
const ENTRY_HEAD_MAX_BYTES = 9

function writeEntryHead(target: Uint8Array, at: number, { type, bytes }: GitObject): number {
  return writeHead(target, at, { type, sizeBytes: bytes.length })
}

/** Writes the head of an entry; returns where it ends. */
function writeHead(target: Uint8Array, at: number, { type, sizeBytes }: { readonly type: GitType; readonly sizeBytes: number }): number {
  let byte = (TYPES[type] << 4) | (sizeBytes % 16)
  let to = at
  for (let rest = Math.floor(sizeBytes / 16); rest > 0; rest = Math.floor(rest / 128)) {
    target[to++] = byte | 0x80
    byte = rest % 128
  }
  target[to++] = byte
  return to
}

const ADLER_BYTES = 4
/** What a stored zlib stream has beside its content. */
const STORED_BYTES = 7 + ADLER_BYTES

/** Writes bytes as a zlib stream of one block that is stored as it is; returns where it ends. */
function writeStored(target: Uint8Array, at: number, bytes: Uint8Array): number {
  const { length } = bytes
  target[at] = 0x78
  target[at + 1] = 0x01
  target[at + 2] = 0x01
  target[at + 3] = length & 255
  target[at + 4] = length >> 8
  target[at + 5] = ~length & 255
  target[at + 6] = (~length >> 8) & 255
  target.set(bytes, at + 7)
  let low = 1
  let high = 0
  for (let index = 0; index < length; index++) {
    low += bytes[index] ?? 0
    high += low
  }
  low %= 65_521
  high %= 65_521
  const end = at + 7 + length
  target[end] = high >> 8
  target[end + 1] = high & 255
  target[end + 2] = low >> 8
  target[end + 3] = low & 255
  return end + ADLER_BYTES
}

export function packHead(count: number): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES)
  head.set([0x50, 0x41, 0x43, 0x4b, 0, 0, 0, 2])
  new DataView(head.buffer).setUint32(8, count)
  return head
}

export interface PackPlace {
  readonly oid: Oid
  /** Below 2 GiB: packs are cut long before. */
  readonly offset: number
  readonly crc: number
}

/** Returns the index (version 2) of a pack that ends with a checksum. */
export function makePackIndex(places: readonly PackPlace[], packChecksum: Uint8Array): Uint8Array {
  const sorted = sortByOid(places)
  const count = sorted.length
  const [oids, crcs, offsets] = [8 + 1_024, 8 + 1_024 + count * 20, 8 + 1_024 + count * 24]
  const index = new Uint8Array(offsets + count * 4 + 2 * CHECKSUM_BYTES)
  const view = new DataView(index.buffer)
  index.set([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2])
  sorted.forEach(({ oid, offset, crc }, at) => {
    writeHex(oid, index, oids + at * OID_BYTES)
    view.setUint32(8 + (index[oids + at * OID_BYTES] ?? 0) * 4, at + 1)
    view.setUint32(crcs + at * 4, crc)
    view.setUint32(offsets + at * 4, offset)
  })
  for (let first = 1; first < 256; first++) view.setUint32(8 + first * 4, Math.max(view.getUint32(8 + first * 4), view.getUint32(4 + first * 4)))
  const end = offsets + count * 4
  index.set(packChecksum, end)
  index.set(createHash('sha1').update(index.subarray(0, end + CHECKSUM_BYTES)).digest(), end + CHECKSUM_BYTES)
  return index
}

/** Digests are spread evenly: sorted by their beginnings first, no part is long. */
function sortByOid(places: readonly PackPlace[]): readonly PackPlace[] {
  const parts = new Map<string, PackPlace[]>()
  for (const place of places) {
    const first = place.oid.slice(0, 2)
    const part = parts.get(first)
    if (part === undefined) parts.set(first, [place])
    else part.push(place)
  }
  return [...parts.keys()].sort().flatMap((first) => (parts.get(first) ?? []).sort((left, right) => (left.oid < right.oid ? -1 : 1)))
}
