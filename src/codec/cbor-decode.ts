/**
 * The strict decoder: one pass, no recursion beyond `CBOR_MAX_DEPTH`, no allocation larger than the input.
 *
 * Guarantees: accepts exactly the bytes that `encode` writes. It is a scanner of our own because hostile bytes must be judged before
 * a general decoder builds anything from them (docs/adr/0001).
 * Refuses with `CBOR_INVALID`, which names the offset and the reason.
 */
import { AtomError } from '../base/errors.js'
import { CBOR_MAX_DEPTH } from '../base/limits.js'
import { getText } from '../base/bytes.js'
import { Float, type CborValue } from './cbor.js'
import { Cid, isDaslCidBytes } from './cid.js'

interface Cursor { readonly bytes: Uint8Array; readonly view: DataView; offset: number }

/** Returns the value of canonical bytes. Byte strings and links are views of the input: copy before changing it. */
export function decode(bytes: Uint8Array): CborValue {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('decode takes a Uint8Array')
  const cursor: Cursor = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 }
  const value = readItem(cursor, 0)
  if (cursor.offset !== bytes.length) throw invalid(cursor.offset, `${String(bytes.length - cursor.offset)} bytes after the end of the value`)
  return value
}

function readItem(cursor: Cursor, depth: number): CborValue {
  const start = cursor.offset
  if (start >= cursor.bytes.length) throw invalid(start, 'the input ends where a value must begin')
  const head = cursor.bytes[cursor.offset++] ?? 0
  const info = head & 31
  switch (head >> 5) {
    case 0: return readUnsigned(cursor, info, start)
    case 1: return readNegative(cursor, info, start)
    case 2: return take(cursor, readLength(cursor, info, start))
    case 3: return readText(cursor, readLength(cursor, info, start))
    case 4: return readArray(cursor, readLength(cursor, info, start), depth)
    case 5: return readMap(cursor, readLength(cursor, info, start), depth)
    case 6: return readLink(cursor, info, start)
    default: return readSimple(cursor, info, start)
  }
}

/** Reads the argument of a head up to 2^53 − 1, else as bigint; refuses longer forms than needed. */
function readUnsigned(cursor: Cursor, info: number, start: number): number | bigint {
  if (info < 24) return info
  if (info > 27) throw invalid(start, info === 31 ? 'an indefinite length' : 'a reserved head')
  const size = 1 << (info - 24)
  if (cursor.offset + size > cursor.bytes.length) throw invalid(start, 'the input ends inside a head')
  const at = cursor.offset
  cursor.offset += size
  switch (size) {
    case 1: return shortest(cursor.bytes[at] ?? 0, 24, start)
    case 2: return shortest(cursor.view.getUint16(at), 0x100, start)
    case 4: return shortest(cursor.view.getUint32(at), 0x10000, start)
    default: return readWide(cursor.view, at, start)
  }
}

function shortest(value: number, least: number, start: number): number {
  if (value < least) throw invalid(start, 'an integer or length that is not in its shortest form')
  return value
}

function readWide(view: DataView, at: number, start: number): number | bigint {
  const high = shortest(view.getUint32(at), 1, start)
  if (high < 0x200000) return high * 0x100000000 + view.getUint32(at + 4)
  return view.getBigUint64(at)
}

function readNegative(cursor: Cursor, info: number, start: number): number | bigint {
  const argument = readUnsigned(cursor, info, start)
  if (typeof argument === 'number' && argument < Number.MAX_SAFE_INTEGER) return -1 - argument
  return -1n - BigInt(argument)
}

function readLength(cursor: Cursor, info: number, start: number): number {
  const length = readUnsigned(cursor, info, start)
  if (length > cursor.bytes.length - cursor.offset) throw invalid(start, `a length of ${String(length)} where ${String(cursor.bytes.length - cursor.offset)} bytes are left`)
  return length as number
}

function take(cursor: Cursor, length: number): Uint8Array {
  const bytes = cursor.bytes.subarray(cursor.offset, cursor.offset + length)
  cursor.offset += length
  // A Buffer's subarray is a Buffer: hand out the plain type whatever came in.
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function readText(cursor: Cursor, length: number): string {
  const { bytes, offset } = cursor
  if (length <= 48) {
    let text = ''
    let index = offset
    for (const end = offset + length; index < end; index++) {
      const byte = bytes[index] ?? 0
      if (byte > 127) break
      text += String.fromCharCode(byte)
    }
    if (index === offset + length) {
      cursor.offset = index
      return text
    }
  }
  const text = getText(bytes.subarray(offset, offset + length))
  if (text === undefined) throw invalid(offset, 'a text that is not UTF-8')
  cursor.offset += length
  return text
}

/** Keys that were met, by a hash: nearly every map has keys of a few dozen, and V8 looks up each new text among all names that it knows. */
const KEYS_KNOWN = 256
const KEY_MAX_BYTES = 24
const known: { readonly bytes: Uint8Array; readonly text: string }[] = []

function readKey(cursor: Cursor, length: number): string {
  if (length === 0 || length > KEY_MAX_BYTES) return readText(cursor, length)
  const { bytes, offset } = cursor
  const place = ((bytes[offset] ?? 0) * 31 + (bytes[offset + length - 1] ?? 0) * 7 + (bytes[offset + (length >> 1)] ?? 0) + length * 13) % KEYS_KNOWN
  const found = known[place]
  if (found !== undefined && found.bytes.length === length && isSame(found.bytes, bytes, offset)) {
    cursor.offset += length
    return found.text
  }
  const text = readText(cursor, length)
  known[place] = { bytes: bytes.slice(offset, offset + length), text }
  return text
}

function isSame(key: Uint8Array, bytes: Uint8Array, offset: number): boolean {
  for (let at = 0; at < key.length; at++) if (key[at] !== bytes[offset + at]) return false
  return true
}

function readArray(cursor: Cursor, length: number, depth: number): CborValue[] {
  if (depth >= CBOR_MAX_DEPTH) throw invalid(cursor.offset, `nesting deeper than ${String(CBOR_MAX_DEPTH)} levels`)
  const items: CborValue[] = []
  for (let index = 0; index < length; index++) items.push(readItem(cursor, depth + 1))
  return items
}

function readMap(cursor: Cursor, length: number, depth: number): { readonly [key: string]: CborValue } {
  if (depth >= CBOR_MAX_DEPTH) throw invalid(cursor.offset, `nesting deeper than ${String(CBOR_MAX_DEPTH)} levels`)
  const map: Record<string, CborValue> = {}
  let keyStart = -1
  for (let index = 0; index < length; index++) {
    const start = cursor.offset
    if (start >= cursor.bytes.length) throw invalid(start, 'the input ends where a map key must begin')
    const head = cursor.bytes[cursor.offset++] ?? 0
    if (head >> 5 !== 3) throw invalid(start, 'a map key that is no text')
    const key = readKey(cursor, readLength(cursor, head & 31, start))
    if (keyStart >= 0 && !isAscending(cursor, keyStart, start)) throw invalid(start, 'map keys that are repeated or out of order')
    keyStart = start
    const value = readItem(cursor, depth + 1)
    if (key === '__proto__') Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
    else map[key] = value
  }
  return map
}

/**
 * Tells whether the key encoded at `left` stands before the one from `right` to the cursor, bytewise. Their heads carry the length, so
 * two that differ do so before either ends.
 */
function isAscending({ bytes, offset }: Cursor, left: number, right: number): boolean {
  for (let index = right; index < offset; index++) {
    const difference = (bytes[left + index - right] ?? 0) - (bytes[index] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

function readLink(cursor: Cursor, info: number, start: number): Cid {
  if (readUnsigned(cursor, info, start) !== 42) throw invalid(start, 'a tag other than 42')
  const at = cursor.offset
  const head = cursor.bytes[cursor.offset++] ?? 0
  if (head >> 5 !== 2 || readLength(cursor, head & 31, at) !== 37) throw invalid(at, 'a link that is not 37 bytes')
  const bytes = take(cursor, 37)
  if (bytes[0] !== 0 || !isDaslCidBytes(bytes.subarray(1))) throw invalid(at, 'a link that is not a DASL CID')
  return Cid.ofDaslBytes(bytes.subarray(1))
}

function readSimple(cursor: Cursor, info: number, start: number): CborValue {
  switch (info) {
    case 20: return false
    case 21: return true
    case 22: return null
    case 27: return readFloat(cursor, start)
    default: throw invalid(start, info === 25 || info === 26 ? 'a float of fewer than 64 bits' : 'a simple value other than false, true and null')
  }
}

function readFloat(cursor: Cursor, start: number): number | Float {
  if (cursor.offset + 8 > cursor.bytes.length) throw invalid(start, 'the input ends inside a float')
  const value = cursor.view.getFloat64(cursor.offset)
  cursor.offset += 8
  if (!Number.isFinite(value)) throw invalid(start, 'a float that is not finite')
  if (Object.is(value, -0)) throw invalid(start, 'negative zero')
  return Number.isInteger(value) ? new Float(value) : value
}

function invalid(offset: number, reason: string): AtomError<'CBOR_INVALID'> {
  return new AtomError('CBOR_INVALID', `not canonical CBOR at byte ${String(offset)}: ${reason}`, { data: { offset, reason } })
}
