/** HMAC-SHA256 (RFC 2104) over the digest port of this floor. */
import { concatBytes } from '../base/bytes.js'
import { sha256 } from './hash.js'

const BLOCK_BYTES = 64

/** Returns the 32 bytes that only somebody with the key can make of a message. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES)
  block.set(key.length > BLOCK_BYTES ? sha256(key) : key)
  const inner = sha256(concatBytes([block.map((byte) => byte ^ 0x36), message]))
  return sha256(concatBytes([block.map((byte) => byte ^ 0x5c), inner]))
}
