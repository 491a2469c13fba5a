/**
 * Reads the plainest canonical CBOR straight from its bytes, without building values: what most objects are made of. `false` or -1 means "not so plain":
 * the caller then leaves the object to the whole decoder, which accepts or refuses it. So everything taken here is taken there too (a property test).
 */
import { TIME_MAX_MS } from '../../base/limits.js'

/** Bytes of an ASCII literal as a CBOR text: head and letters. */
export function literal(text: string): Uint8Array {
  return Uint8Array.from([0x60 | text.length, ...[...text].map((letter) => letter.charCodeAt(0))])
}

/** What stands before the 32 bytes of a link's digest, but for the codec, which is at `CODEC_AT`. */
const LINK_HEAD = Uint8Array.of(0xd8, 0x2a, 0x58, 0x25, 0x00, 0x01, 0x71, 0x12, 0x20)
const CODEC_AT = 6
const MAX_DEPTH = 32

export class ByteReader {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  /** Where the text or digest that was read last begins, and how long it is. */
  start = 0
  length = 0

  open(bytes: Uint8Array): void {
    this.bytes = bytes
    this.at = 0
  }

  get isAtEnd(): boolean {
    return this.at === this.bytes.length
  }

  /** Passes over exactly these bytes. */
  pass(expected: Uint8Array): boolean {
    const { bytes, at } = this
    if (at + expected.length > bytes.length) return false
    for (let index = 0; index < expected.length; index++) if (bytes[at + index] !== expected[index]) return false
    this.at = at + expected.length
    return true
  }

  byte(expected: number): boolean {
    if (this.bytes[this.at] !== expected) return false
    this.at++
    return true
  }

  /** Reads a head of a major type with an argument below 65,536 in its shortest form; -1 otherwise. */
  head(major: number): number {
    const head = this.bytes[this.at] ?? 0xff
    if (head >> 5 !== major) return -1
    const info = head & 31
    if (info < 24) {
      this.at++
      return info
    }
    if (info === 24) {
      const value = this.bytes[this.at + 1] ?? 0
      this.at += 2
      return value >= 24 ? value : -1
    }
    if (info !== 25) return -1
    const value = ((this.bytes[this.at + 1] ?? 0) << 8) | (this.bytes[this.at + 2] ?? 0)
    this.at += 3
    return value >= 256 ? value : -1
  }

  /** Reads an ASCII text. */
  text(): boolean {
    const length = this.head(3)
    const { at, bytes } = this
    if (length < 0 || at + length > bytes.length) return false
    for (let index = at; index < at + length; index++) if ((bytes[index] as number) > 127) return false
    this.start = at
    this.length = length
    this.at = at + length
    return true
  }

  /** Reads a link; returns its codec, or -1. */
  link(): number {
    const { bytes, at } = this
    if (at + 41 > bytes.length) return -1
    for (let index = 0; index < LINK_HEAD.length; index++) if (index !== CODEC_AT && bytes[at + index] !== LINK_HEAD[index]) return -1
    const codec = bytes[at + CODEC_AT] as number
    if (codec !== 0x71 && codec !== 0x55) return -1
    this.start = at + LINK_HEAD.length
    this.length = 32
    this.at = at + 41
    return codec
  }

  /** Reads a time after 1970 that takes more than 32 bits of ms; -1 otherwise. */
  time(): number {
    const { bytes, at } = this
    if (bytes[at] !== 0x1b || at + 9 > bytes.length) return -1
    const value = this.#u32(at + 1) * 0x100000000 + this.#u32(at + 5)
    if (value < 0x100000000 || value > TIME_MAX_MS) return -1
    this.at = at + 9
    return value
  }

  /** Passes over any value made of maps, lists, ASCII texts, bytes, small integers, booleans and null. */
  value(depth = 0): boolean {
    if (depth > MAX_DEPTH) return false
    const head = this.bytes[this.at] ?? 0xff
    switch (head >> 5) {
      case 0: case 1: return this.#integer(head >> 5)
      case 2: return this.#skip(this.head(2))
      case 3: return this.text()
      case 4: return this.#list(depth)
      case 5: return this.#map(depth)
      case 7: return (head === 0xf4 || head === 0xf5 || head === 0xf6) && this.byte(head)
      default: return false
    }
  }

  /** Tells whether the key that was read last stands after another one in the order of map keys. */
  isAfter(start: number, length: number): boolean {
    if (length !== this.length) return length < this.length
    for (let index = 0; index < length; index++) {
      const difference = (this.bytes[start + index] as number) - (this.bytes[this.start + index] as number)
      if (difference !== 0) return difference < 0
    }
    return false
  }

  #integer(major: number): boolean {
    const info = (this.bytes[this.at] as number) & 31
    if (info <= 25) return this.head(major) >= 0
    if (info !== 26 || this.at + 5 > this.bytes.length || this.#u32(this.at + 1) < 0x10000) return false
    this.at += 5
    return true
  }

  #skip(length: number): boolean {
    if (length < 0 || this.at + length > this.bytes.length) return false
    this.at += length
    return true
  }

  #list(depth: number): boolean {
    const count = this.head(4)
    for (let index = 0; index < count; index++) if (!this.value(depth + 1)) return false
    return count >= 0
  }

  #map(depth: number): boolean {
    const count = this.head(5)
    let start = 0
    let length = -1
    for (let index = 0; index < count; index++) {
      if (!this.text() || !(length < 0 || this.isAfter(start, length))) return false
      start = this.start
      length = this.length
      if (!this.value(depth + 1)) return false
    }
    return count >= 0
  }

  #u32(at: number): number {
    const { bytes } = this
    return (((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0
  }
}
