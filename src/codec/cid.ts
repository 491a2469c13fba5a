/** Content identifiers: CIDv1 as text and bytes. Objects of a trail use codec dag-cbor or raw with SHA-256 only. */
import { AtomError } from '../base/errors.js'
import { concatBytes, toHex, fromHex } from '../base/bytes.js'
import { fromBase32, fromBase58, toBase32 } from './multibase.js'
import { readVarint, varint } from './varint.js'
import { sha256 } from './hash.js'

export type Codec = 'dag-cbor' | 'raw'

export const CODEC_NUMBERS: { readonly [C in Codec]: number } = { 'dag-cbor': 0x71, 'raw': 0x55 }
const SHA2_256 = 0x12
const BLAKE3 = 0x1e

/** A parsed CID. Compare with `equals` or by `toString()`, never by identity. */
export class Cid {
  readonly version = 1
  /** The multicodec number: 0x71 dag-cbor, 0x55 raw. */
  readonly codec: number
  /** The multihash number: 0x12 SHA-256. */
  readonly hash: number
  readonly digest: Uint8Array

  constructor(codec: number, hash: number, digest: Uint8Array) {
    this.codec = codec
    this.hash = hash
    this.digest = digest
  }

  /** Wraps the 36 bytes of a CID that `isDaslCidBytes` accepted. */
  static ofDaslBytes(bytes: Uint8Array): Cid {
    return new Cid(bytes[1] ?? 0, bytes[2] ?? 0, bytes.subarray(4))
  }

  /** Returns the value as a Cid when it is one, of ours or of another library (`asCID`, `bytes`), else undefined. */
  static from(value: object): Cid | undefined {
    if (value instanceof Cid) return value
    const foreign = value as { asCID?: unknown; '/'?: unknown; bytes?: unknown }
    const isForeign = (foreign.asCID === value || foreign['/'] === foreign.bytes) && foreign.bytes instanceof Uint8Array
    return isForeign ? decodeCid(foreign.bytes as Uint8Array, toHex(foreign.bytes as Uint8Array)) : undefined
  }

  /** True for what may stand in an object: codec raw or dag-cbor, 32 bytes of SHA-256 or BLAKE3. */
  get isDasl(): boolean {
    return (this.codec === 0x71 || this.codec === 0x55) && (this.hash === SHA2_256 || this.hash === BLAKE3) && this.digest.length === 32
  }

  get bytes(): Uint8Array {
    return concatBytes([varint(this.version), varint(this.codec), varint(this.hash), varint(this.digest.length), this.digest])
  }

  /** Returns the content of a CBOR tag 42: a zero byte, then the CID. */
  linkBytes(): Uint8Array {
    if (!this.isDasl) return concatBytes([new Uint8Array(1), this.bytes])
    const bytes = new Uint8Array(37)
    bytes.set([0, 1, this.codec, this.hash, 32])
    bytes.set(this.digest, 5)
    return bytes
  }

  equals(other: Cid): boolean {
    return this.toString() === other.toString()
  }

  toString(): string {
    return `b${toBase32(this.bytes)}`
  }

  toJSON(): string {
    return this.toString()
  }
}

/** Returns the CIDv1 text of bytes: `bafyrei…` for dag-cbor, `bafkrei…` for raw. */
export function cidOf(bytes: Uint8Array, codec: Codec): string {
  return new Cid(CODEC_NUMBERS[codec], SHA2_256, sha256(bytes)).toString()
}

/** Returns the CID of a text: base32 (`b`), base16 (`f`) or base58btc (`z`), version 1. Throws `CID_INVALID`. */
export function parseCid(text: string): Cid {
  if (typeof text !== 'string') throw invalid(String(text), 'no text')
  if (text.length < 2) throw invalid(text, 'too short')
  if (text.length > 512) throw invalid(text, 'too long')
  return decodeCid(multibaseBytes(text), text)
}

/** Tells whether bytes are version 1, codec raw or dag-cbor, SHA-256 or BLAKE3 with 32 bytes of digest. */
export function isDaslCidBytes(bytes: Uint8Array): boolean {
  return bytes.length === 36 && bytes[0] === 1 && (bytes[1] === 0x71 || bytes[1] === 0x55) && (bytes[2] === SHA2_256 || bytes[2] === BLAKE3) && bytes[3] === 32
}

function multibaseBytes(text: string): Uint8Array {
  const rest = text.slice(1)
  const bytes = text.startsWith('b') ? fromBase32(rest)
    : text.startsWith('z') ? fromBase58(rest)
      : text.startsWith('f') && /^([0-9a-f]{2})+$/.test(rest) ? fromHex(rest) : undefined
  if (bytes === undefined) throw invalid(text, 'not base32 (b…), base58 (z…) or base16 (f…)')
  return bytes
}

function decodeCid(bytes: Uint8Array, text: string): Cid {
  const fields: number[] = []
  let offset = 0
  for (let index = 0; index < 4; index++) {
    const read = readVarint(bytes, offset)
    if (read === undefined) throw invalid(text, 'a number in it is cut off or not in its shortest form')
    fields.push(read.value)
    offset = read.end
  }
  const [version = 0, codec = 0, hash = 0, length = 0] = fields
  if (version !== 1) throw invalid(text, `version ${String(version)}, and only version 1 is read`)
  if (bytes.length - offset !== length) throw invalid(text, `its digest has ${String(bytes.length - offset)} bytes where it says ${String(length)}`)
  return new Cid(codec, hash, bytes.subarray(offset))
}

function invalid(value: string, reason: string): AtomError<'CID_INVALID'> {
  return new AtomError('CID_INVALID', `not a CID: ${value.slice(0, 80)} (${reason})`, { data: { value: value.slice(0, 512), reason } })
}
