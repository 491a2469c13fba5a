/** A key as text of one character per byte, so that it can be a Map key; its order is the bytes' order. */
export function binaryKey(key: Uint8Array): string {
  let text = ''
  for (const byte of key) text += String.fromCharCode(byte)
  return text
}
