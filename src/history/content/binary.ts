import { getText } from '../../base/bytes.js'

const PROBE_BYTES = 8000

/** Tells whether there is a NUL in the first 8,000 bytes: git's own test of what is not text. */
export function hasEarlyNul(bytes: Uint8Array): boolean {
  return bytes.subarray(0, PROBE_BYTES).includes(0)
}

/**
 * Tells whether a content cannot be shown as lines of text: a NUL early on, or bytes that are not UTF-8 anywhere.
 * The second half is stricter than git, because our patches are texts and have to give back the same bytes.
 */
export function isBinary(bytes: Uint8Array): boolean {
  return hasEarlyNul(bytes) || getText(bytes) === undefined
}
