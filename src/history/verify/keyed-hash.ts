import { utf8 } from '../../base/bytes.js'

/**
 * A keyed 64-bit hash (HalfSipHash-1-3 with a key drawn for each run): what stands for an id or a record in memory. Nobody who does not know
 * the key can plant two things with one hash, so a match is proof enough while a run lasts; 8 bytes instead of 33 keep millions in memory.
 */
export class KeyedHash {
  /** The two halves of the last result. */
  lo = 0
  hi = 0
  readonly #k0: number
  readonly #k1: number
  #v0 = 0
  #v1 = 0
  #v2 = 0
  #v3 = 0
  #words = 0

  /** `key`: 8 random bytes. */
  constructor(key: Uint8Array) {
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
    this.#k0 = view.getInt32(0)
    this.#k1 = view.getInt32(4)
  }

  start(): void {
    this.#v0 = this.#k0
    this.#v1 = this.#k1 ^ 0xee
    this.#v2 = this.#k0 ^ 0x6c796765
    this.#v3 = this.#k1 ^ 0x74656462
    this.#words = 0
  }

  word(word: number): void {
    this.#words++
    this.#v3 ^= word
    this.#round()
    this.#v0 ^= word
  }

  /** Mixes a number of up to 2^53 in either sign. */
  wide(value: number): void {
    this.word(value | 0)
    this.word(Math.floor(value / 0x100000000) | 0)
  }

  /** Mixes bytes and their number, so that what follows cannot be taken for part of them. */
  bytes(bytes: Uint8Array, from = 0, to: number = bytes.length): void {
    this.#tail(bytes, from, to)
    this.word(to - from)
  }

  /** Mixes a text as `bytes` mixes its UTF-8. */
  text(text: string): void {
    let word = 0
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index)
      if (unit > 127) {
        const encoded = utf8(text)
        this.#tail(encoded, index & ~3, encoded.length)
        this.word(encoded.length)
        return
      }
      word |= unit << ((index & 3) << 3)
      if ((index & 3) === 3) {
        this.word(word)
        word = 0
      }
    }
    this.word(word)
    this.word(text.length)
  }

  #tail(bytes: Uint8Array, from: number, to: number): void {
    let at = from
    for (; at + 4 <= to; at += 4) this.word((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24))
    let rest = 0
    for (let shift = 0; at < to; at++, shift += 8) rest |= (bytes[at] as number) << shift
    this.word(rest)
  }

  end(): void {
    this.#v3 ^= this.#words
    this.#round()
    this.#v0 ^= this.#words
    this.#v2 ^= 0xee
    this.#round()
    this.#round()
    this.#round()
    this.lo = (this.#v1 ^ this.#v3) >>> 0
    this.#v1 ^= 0xdd
    this.#round()
    this.#round()
    this.#round()
    this.hi = (this.#v1 ^ this.#v3) >>> 0
  }

  /**
   * Hashes 32 bytes of digest after the codec: an id. Never gives 0, 0, which stands for an empty place.
   *
   * The same steps as above with the state in locals: millions of ids pass here, and a field is written back at every step.
   */
  id(codec: number, bytes: Uint8Array, at: number): void {
    let v0 = this.#k0
    let v1 = this.#k1 ^ 0xee
    let v2 = this.#k0 ^ 0x6c796765
    let v3 = this.#k1 ^ 0x74656462
    for (let step = 0; step < ID_STEPS; step++) {
      let word = 0
      if (step === 0) word = codec
      else if (step <= 8) {
        const from = at + step * 4 - 4
        word = (bytes[from] as number) | ((bytes[from + 1] as number) << 8) | ((bytes[from + 2] as number) << 16) | ((bytes[from + 3] as number) << 24)
      } else if (step === 9) word = ID_WORDS
      else if (step === 10) v2 ^= 0xee
      else if (step === 13) {
        this.lo = (v1 ^ v3) >>> 0
        v1 ^= 0xdd
      }
      v3 ^= word
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
      v0 ^= word
    }
    this.hi = (v1 ^ v3) >>> 0
    if (this.lo === 0 && this.hi === 0) this.lo = 1
  }

  /** Hashes an id given as its 66 hex digits, as `id` does. */
  hexId(id: string): void {
    this.start()
    this.word((nibble(id, 0) << 4) | nibble(id, 1))
    for (let offset = 2; offset < 66; offset += 8) {
      this.word(
        (nibble(id, offset) << 4) | nibble(id, offset + 1) | (nibble(id, offset + 2) << 12) | (nibble(id, offset + 3) << 8)
        | (nibble(id, offset + 4) << 20) | (nibble(id, offset + 5) << 16) | (nibble(id, offset + 6) << 28) | (nibble(id, offset + 7) << 24),
      )
    }
    this.end()
    if (this.lo === 0 && this.hi === 0) this.lo = 1
  }

  #round(): void {
    let v0 = this.#v0
    let v1 = this.#v1
    let v2 = this.#v2
    let v3 = this.#v3
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    this.#v0 = v0
    this.#v1 = v1
    this.#v2 = v2
    this.#v3 = v3
  }
}

/** The codec and eight words of digest. */
const ID_WORDS = 9
/** One round for each word and for their number, then twice three. */
const ID_STEPS = ID_WORDS + 7

function nibble(hex: string, at: number): number {
  const code = hex.charCodeAt(at)
  return code <= 57 ? code - 48 : code - 87
}

/** A set of things regardless of their order, as one number of 64 bits: two sets with equal sums are equal, but for a chance of 2^-64. */
export class SetSum {
  #lo = 0
  #hi = 0
  count = 0

  add(hash: KeyedHash): void {
    this.#lo = (this.#lo + hash.lo) >>> 0
    this.#hi = (this.#hi + hash.hi) >>> 0
    this.count++
  }

  equals(other: SetSum): boolean {
    return this.#lo === other.#lo && this.#hi === other.#hi && this.count === other.count
  }
}
