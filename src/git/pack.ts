/** Packs as git has them, version 2, with their index: objects one after the other, none as a difference. What is written here any git reads. */
import { createHash } from 'node:crypto'
import { crc32, deflateSync } from 'node:zlib'
import { concatBytes, fromHex } from '../base/bytes.js'
import type { GitObject, GitType, Oid } from './git-object.js'

const TYPES: { readonly [Type in GitType]: number } = { commit: 1, tree: 2, blob: 3, tag: 4 }
/** Below it, compressing takes longer than the bytes saved are worth: `git push` compresses again. */
const STORED_MAX_BYTES = 1_024

/** An object as it stands in a pack. */
export interface PackedObject {
  readonly oid: Oid
  readonly bytes: Uint8Array
}

export function packObject(oid: Oid, { type, bytes }: GitObject): PackedObject {
  return { oid, bytes: concatBytes([entryHead(type, bytes.length), bytes.length <= STORED_MAX_BYTES ? store(bytes) : deflateSync(bytes)]) }
}

/** Returns type and size as a pack entry begins with them. */
export function entryHead(type: GitType, sizeBytes: number): Uint8Array {
  const head = [(TYPES[type] << 4) | (sizeBytes % 16)]
  for (let rest = Math.floor(sizeBytes / 16); rest > 0; rest = Math.floor(rest / 128)) {
    head[head.length - 1] = (head[head.length - 1] ?? 0) | 0x80
    head.push(rest % 128)
  }
  return Uint8Array.from(head)
}

/** Returns bytes as a zlib stream of one block that is stored as it is. */
function store(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + 11)
  const view = new DataView(out.buffer)
  out.set([0x78, 0x01, 0x01])
  view.setUint16(3, bytes.length, true)
  view.setUint16(5, bytes.length ^ 0xffff, true)
  out.set(bytes, 7)
  let low = 1
  let high = 0
  for (const byte of bytes) {
    low += byte
    high += low
  }
  view.setUint32(7 + bytes.length, (high % 65_521) * 65_536 + (low % 65_521))
  return out
}

export function packHead(count: number): Uint8Array {
  const head = new Uint8Array(12)
  head.set([0x50, 0x41, 0x43, 0x4b, 0, 0, 0, 2])
  new DataView(head.buffer).setUint32(8, count)
  return head
}

export interface Pack {
  /** Hex of the checksum that ends it. */
  readonly name: string
  readonly pack: Uint8Array
  readonly index: Uint8Array
}

/** Returns a pack of objects, each once, and its index. */
export function makePack(objects: readonly PackedObject[]): Pack {
  const parts = [packHead(objects.length), ...objects.map(({ bytes }) => bytes)]
  const body = concatBytes(parts)
  const checksum = createHash('sha1').update(body).digest()
  let offset = 12
  const places = objects.map(({ oid, bytes }): PackPlace => {
    const place = { oid, offset, crc: crc32(bytes) }
    offset += bytes.length
    return place
  })
  return { name: checksum.toString('hex'), pack: concatBytes([body, checksum]), index: makePackIndex(places, checksum) }
}

export interface PackPlace {
  readonly oid: Oid
  /** Below 2 GiB: packs are cut long before. */
  readonly offset: number
  readonly crc: number
}

/** Returns the index (version 2) of a pack that ends with a checksum. */
export function makePackIndex(places: readonly PackPlace[], packChecksum: Uint8Array): Uint8Array {
  const sorted = [...places].sort((left, right) => (left.oid < right.oid ? -1 : 1))
  const count = sorted.length
  const index = new Uint8Array(8 + 1_024 + count * 28)
  const view = new DataView(index.buffer)
  index.set([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2])
  sorted.forEach(({ oid, offset, crc }, at) => {
    const first = Number.parseInt(oid.slice(0, 2), 16)
    view.setUint32(8 + first * 4, at + 1)
    index.set(fromHex(oid), 1_032 + at * 20)
    view.setUint32(1_032 + count * 20 + at * 4, crc)
    view.setUint32(1_032 + count * 24 + at * 4, offset)
  })
  for (let first = 1; first < 256; first++) view.setUint32(8 + first * 4, Math.max(view.getUint32(8 + first * 4), view.getUint32(4 + first * 4)))
  const whole = concatBytes([index, packChecksum])
  return concatBytes([whole, createHash('sha1').update(whole).digest()])
}
