/** A key as text of one character per byte, so that it can be a Map key; its order is the bytes' order. */
export function binaryKey(key: Uint8Array): string {
  if (key.length <= CHUNK) return String.fromCharCode.apply(undefined, key as unknown as number[])
  let text = ''
  for (let offset = 0; offset < key.length; offset += CHUNK) text += String.fromCharCode.apply(undefined, key.subarray(offset, offset + CHUNK) as unknown as number[])
  return text
}

/** Arguments of one call: far below what any engine takes. */
const CHUNK = 1_024
