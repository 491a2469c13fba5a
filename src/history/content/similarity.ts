import { hasEarlyNul } from './binary.js'
import { toByteText } from './lines.js'

const CHUNK_BYTES = 64

/** From this similarity on, git calls a deleted and an added file a rename (`-M`). */
export const RENAME_SIMILARITY = 50

/**
 * Returns how much of two contents is the same, 0 … 100 (rounded down): the bytes of the lines that both have, as a share
 * of the larger one. Long lines count in pieces of 64 bytes; the order of lines does not count; in texts CRLF equals LF.
 * Two empty contents are the same (100).
 */
export function similarity(before: Uint8Array, after: Uint8Array): number {
  const larger = Math.max(before.length, after.length)
  if (larger === 0) return 100
  const left = countChunks(before)
  const right = countChunks(after)
  let commonBytes = 0
  for (const [chunk, bytes] of left) commonBytes += Math.min(bytes, right.get(chunk) ?? 0)
  return Math.min(100, Math.floor((commonBytes * 100) / larger))
}

/** Tells cheaply whether two sizes alone rule out the wanted similarity, so that the contents need not be read. */
export function isTooDifferentInSize(beforeSizeBytes: number, afterSizeBytes: number, wanted: number = RENAME_SIMILARITY): boolean {
  const larger = Math.max(beforeSizeBytes, afterSizeBytes)
  return Math.min(beforeSizeBytes, afterSizeBytes) * 100 < larger * wanted
}

function countChunks(bytes: Uint8Array): Map<string, number> {
  const raw = toByteText(bytes)
  const text = hasEarlyNul(bytes) ? raw : raw.replaceAll('\r\n', '\n')
  const counts = new Map<string, number>()
  let at = 0
  while (at < text.length) {
    const newline = text.indexOf('\n', at)
    const end = Math.min(newline === -1 ? text.length : newline + 1, at + CHUNK_BYTES)
    const chunk = text.slice(at, end)
    counts.set(chunk, (counts.get(chunk) ?? 0) + (end - at))
    at = end
  }
  return counts
}
