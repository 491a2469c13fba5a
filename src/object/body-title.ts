/**
 * Finds the title in the bytes of a body without decoding the others of its values: lists of many thousand need nothing else.
 *
 * Canonical order puts it at the front: before it come only `kind`, `salt` and `large`. What does not look like that is left to the decoder, which judges it.
 */

/** text `kind`, text `body` */
const BODY_START = Uint8Array.of(0x64, 0x6b, 0x69, 0x6e, 0x64, 0x64, 0x62, 0x6f, 0x64, 0x79)
/** text `salt`, 16 bytes */
const SALT_START = Uint8Array.of(0x64, 0x73, 0x61, 0x6c, 0x74, 0x50)
const SALT_BYTES = 16
/** text `title` */
const TITLE_KEY = Uint8Array.of(0x65, 0x74, 0x69, 0x74, 0x6c, 0x65)

/** Returns the title's UTF-8, a view; undefined where values were moved out (`large` stands before it), and for whatever looks otherwise. */
export function getTitleBytes(body: Uint8Array): Uint8Array | undefined {
  if (((body[0] ?? 0) & 0xe0) !== 0xa0 || !hasBytes(body, 1, BODY_START)) return undefined
  let at = 1 + BODY_START.length
  if (hasBytes(body, at, SALT_START)) at += SALT_START.length + SALT_BYTES
  if (!hasBytes(body, at, TITLE_KEY)) return undefined
  at += TITLE_KEY.length
  const head = body[at] ?? 0
  if (head >> 5 !== 3) return undefined
  const short = head & 31
  const byte = body[at + 1] ?? 0
  if (short < 24) return part(body, at + 1, short)
  if (short === 24) return part(body, at + 2, byte)
  return short === 25 ? part(body, at + 3, (byte << 8) | (body[at + 2] ?? 0)) : undefined
}

function part(bytes: Uint8Array, start: number, length: number): Uint8Array | undefined {
  return start + length > bytes.length ? undefined : bytes.subarray(start, start + length)
}

/** Tells whether these bytes stand at an offset. */
export function hasBytes(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length; index++) if (bytes[at + index] !== wanted[index]) return false
  return true
}
