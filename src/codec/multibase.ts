/** The base encodings of CIDs: base32 (RFC 4648, lower case, no padding) and base58btc. */

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

export function toBase32(bytes: Uint8Array): string {
  let text = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += BASE32[(buffer >> bits) & 31] ?? ''
    }
  }
  return bits > 0 ? text + (BASE32[(buffer << (5 - bits)) & 31] ?? '') : text
}

/** Returns the bytes, or undefined for a foreign character, an impossible length or leftover bits that are not zero. */
export function fromBase32(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor(text.length * 5 / 8))
  let buffer = 0
  let bits = 0
  let offset = 0
  for (const letter of text) {
    const value = BASE32.indexOf(letter)
    if (value < 0) return undefined
    buffer = ((buffer << 5) | value) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes[offset++] = (buffer >> bits) & 255
    }
  }
  return bits >= 5 || (buffer & ((1 << bits) - 1)) !== 0 ? undefined : bytes
}

export function fromBase58(text: string): Uint8Array | undefined {
  let number = 0n
  for (const letter of text) {
    const value = BASE58.indexOf(letter)
    if (value < 0) return undefined
    number = number * 58n + BigInt(value)
  }
  const hex = number.toString(16)
  const zeros = /^1*/.exec(text)?.[0].length ?? 0
  const padded = number === 0n ? '' : hex.length % 2 === 0 ? hex : `0${hex}`
  const bytes = new Uint8Array(zeros + padded.length / 2)
  for (let index = 0; index < padded.length; index += 2) bytes[zeros + index / 2] = Number.parseInt(padded.slice(index, index + 2), 16)
  return bytes
}
