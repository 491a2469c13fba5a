/** Texts of commits and tags: bytes in a named encoding → text that nothing is lost of. */
import { getText } from '../../base/bytes.js'

export interface DecodedText {
  readonly text: string
  /** False where the bytes were not valid in the encoding, so that each byte became the character of the same number. */
  readonly isExact: boolean
}

const BYTEWISE = /^(?:iso[-_]?8859[-_]?1|latin[-_]?1|us-ascii|ascii)$/i

/** Returns the text of bytes in the encoding that a commit names; UTF-8 where it names none or one that is not known. */
export function decodeText(bytes: Uint8Array, encoding: string | undefined): DecodedText {
  if (encoding !== undefined && BYTEWISE.test(encoding)) return { text: bytewise(bytes), isExact: true }
  const text = encoding === undefined ? getText(bytes) : getEncoded(bytes, encoding) ?? getText(bytes)
  return text === undefined ? { text: bytewise(bytes), isExact: false } : { text, isExact: true }
}

function getEncoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    // An encoding that is not known, or bytes that are not valid in it.
    if (error instanceof RangeError || error instanceof TypeError) return undefined
    throw error
  }
}

/** Returns one character for each byte. */
export function bytewise(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** Returns the bytes of a text that `bytewise` made. */
export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}

/** Returns a name that is no text as something to print: `caf\xe9`. */
export function escapeBytes(text: string): string {
   
  return text.replace(/[^\u0020-\u007e]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
