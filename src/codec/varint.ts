/** Unsigned LEB128 varints as multiformats and CAR use them, up to 2^53 − 1. */

/** Returns the shortest varint of a non-negative safe integer. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

/** Returns the number at an offset and where it ends, or undefined when it is cut off, too large or longer than needed. */
export function readVarint(bytes: Uint8Array, offset: number): { value: number; end: number } | undefined {
  let value = 0
  let factor = 1
  for (let index = offset; index < bytes.length && index < offset + 8; index++) {
    const byte = bytes[index] ?? 0
    value += (byte & 0x7f) * factor
    if (byte < 0x80) {
      const isLonger = byte === 0 && index > offset
      return isLonger || !Number.isSafeInteger(value) ? undefined : { value, end: index + 1 }
    }
    factor *= 0x80
  }
  return undefined
}
