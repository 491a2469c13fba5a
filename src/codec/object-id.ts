/**
 * `ObjectId`: the real identity of an object, as text: two hex digits of the codec (71 dag-cbor, 55 raw), then the 64 of the SHA-256.
 * Text, so that it can be a Map key and be compared; made only by `idOf`, a parser or a link.
 */
import { allocate, toHex } from '../base/bytes.js'
import type { Brand } from '../base/brand.js'
import { Cid, CODEC_NUMBERS, type Codec } from './cid.js'
import { sha256Hex } from './hash.js'

export type ObjectId = Brand<string, 'ObjectId'>
/** The 64 hex digits alone, as people see and type them. */
export type Digest = Brand<string, 'Digest'>

/** Returns the id of an object's bytes. */
export function idOf(bytes: Uint8Array, codec: Codec): ObjectId {
  return ((codec === 'raw' ? '55' : '71') + sha256Hex(bytes)) as ObjectId
}

export function objectId(digest: Digest, codec: Codec): ObjectId {
  return ((codec === 'raw' ? '55' : '71') + digest) as ObjectId
}

export function digestOf(id: ObjectId): Digest {
  return id.slice(2) as Digest
}

export function codecOf(id: ObjectId): Codec {
  return id.startsWith('55') ? 'raw' : 'dag-cbor'
}

/** Returns the digest of 64 hex digits in either case, or undefined. */
export function getDigest(text: string): Digest | undefined {
  return /^[0-9a-fA-F]{64}$/.test(text) ? (text.toLowerCase() as Digest) : undefined
}

export function digestFromBytes(bytes: Uint8Array): Digest {
  return toHex(bytes) as Digest
}

/** Returns the 33 bytes of an id: codec, then digest. The store's key and the order of ids. */
export function idBytes(id: ObjectId): Uint8Array {
  const bytes = new Uint8Array(33)
  writeHex(id, 0, bytes, 0)
  return bytes
}

/** Writes the 33 bytes of an id at an offset, for keys that are made by the million. */
export function writeIdBytes(id: ObjectId, bytes: Uint8Array, offset: number): void {
  writeHex(id, 0, bytes, offset)
}

/** Writes the 32 bytes of an id's digest at an offset. */
export function writeDigest(id: ObjectId, bytes: Uint8Array, offset: number): void {
  writeHex(id, 2, bytes, offset)
}

/** Returns the id of a codec whose digest lies at an offset. */
export function objectIdAt(bytes: Uint8Array, offset: number, codec: Codec): ObjectId {
  return ((codec === 'raw' ? '55' : '71') + toHex(bytes, offset, offset + 32)) as ObjectId
}

export function idFromBytes(bytes: Uint8Array): ObjectId {
  return toHex(bytes) as ObjectId
}

export function digestBytes(digest: Digest): Uint8Array {
  const bytes = allocate(32)
  writeHex(digest, 0, bytes, 0)
  return bytes
}

/** Returns the id that a link names, or undefined when it is of another hash. */
export function idFromCid(cid: Cid): ObjectId | undefined {
  if (cid.hash !== 0x12 || !cid.isDasl) return undefined
  return ((cid.codec === 0x55 ? '55' : '71') + toHex(cid.digest)) as ObjectId
}

export function cidFromId(id: ObjectId): Cid {
  return new Cid(CODEC_NUMBERS[codecOf(id)], 0x12, digestBytes(digestOf(id)))
}

/** Returns the CIDv1 text of an id: `bafyrei…` or `bafkrei…`. */
export function cidText(id: ObjectId): string {
  return cidFromId(id).toString()
}

/** Returns what stands in a CBOR tag 42 for an id: 37 bytes. */
export function linkBytes(id: ObjectId): Uint8Array {
  const bytes = allocate(37)
  bytes[0] = 0
  bytes[1] = 1
  bytes[2] = codecOf(id) === 'raw' ? 0x55 : 0x71
  bytes[3] = 0x12
  bytes[4] = 32
  writeHex(id, 2, bytes, 5)
  return bytes
}

/**
 * Yields the ids of all links in canonical bytes without decoding them, ten times as fast: every tag 42 of our hash, and now and then something in a text or byte string that
 * looks like one. For whoever may look at too much, and never at too little.
 */
export function* linksIn(bytes: Uint8Array): Iterable<ObjectId> {
  for (let at = bytes.indexOf(LINK_HEAD[0] as number); at !== -1 && at + LINK_BYTES <= bytes.length; at = bytes.indexOf(LINK_HEAD[0] as number, at + 1)) {
    const codec = bytes[at + 6]
    if (LINK_HEAD.every((byte, index) => byte === -1 || bytes[at + index] === byte) && (codec === 0x71 || codec === 0x55)) yield objectIdAt(bytes, at + LINK_HEAD.length, codec === 0x55 ? 'raw' : 'dag-cbor')
  }
}
/** Tag 42, 37 bytes, then what `linkBytes` begins with; -1: the codec. */
const LINK_HEAD: readonly number[] = [0xd8, 0x2a, 0x58, 37, 0, 1, -1, 0x12, 32]
const LINK_BYTES = LINK_HEAD.length + 32

// eslint-disable-next-line max-params -- the innermost loop of every key and link: no object per call
function writeHex(hex: string, from: number, bytes: Uint8Array, to: number): void {
  for (let index = from, at = to; index < hex.length; index += 2) bytes[at++] = (nibble(hex.charCodeAt(index)) << 4) | nibble(hex.charCodeAt(index + 1))
}

function nibble(code: number): number {
  return code <= 57 ? code - 48 : code - 87
}
