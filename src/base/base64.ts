interface NativeBuffer {
  from(buffer: ArrayBufferLike, offset: number, length: number): { toString(encoding: 'base64'): string }
  from(text: string, encoding: 'base64'): Uint8Array
}
/** Node's Buffer where there is one; browsers and Workers have `atob` and `btoa`. */
const native = (globalThis as { Buffer?: NativeBuffer }).Buffer

/** Returns the base64 of bytes (RFC 4648, with padding). */
export function toBase64(bytes: Uint8Array): string {
  if (native !== undefined) return native.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

/** Returns the bytes of a base64 text with padding, or undefined when it is none. */
export function getBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  if (native !== undefined) {
    const decoded = native.from(text, 'base64')
    return new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.byteLength)
  }
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
