/**
 * SHA-256: the only door of @noble/hashes. Where the host offers its own implementation (Node's crypto, ten times faster) that is used once there is
 * much to hash: loading it takes as long as hashing the first 16 KiB without. Nothing is imported from it, so the same file runs in a browser and in a Worker.
 */
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { fromHex, toHex } from '../base/bytes.js'

interface NativeHash { update(bytes: Uint8Array): NativeHash; digest(): Uint8Array; digest(encoding: 'hex'): string }
interface NativeCrypto {
  createHash(name: string): NativeHash
  hash?(name: string, bytes: Uint8Array, encoding: 'hex' | 'latin1'): string
}
interface Host { readonly process?: { getBuiltinModule?(name: string): unknown } }

const LOADED_AFTER_BYTES = 16_384
let hashedBytes = 0
let native: NativeCrypto | undefined

/** Returns the host's implementation, if it has one, when so many bytes more are worth it. */
function nativeFor(lengthBytes: number): NativeCrypto | undefined {
  if (native !== undefined) return native
  hashedBytes += lengthBytes
  if (hashedBytes < LOADED_AFTER_BYTES) return undefined
  native = (globalThis as Host).process?.getBuiltinModule?.('node:crypto') as NativeCrypto | undefined
  return native
}

/** For who has loaded the host's implementation anyway, or will: used from now on. */
export function hashByHost(): void {
  nativeFor(LOADED_AFTER_BYTES)
}

/** Returns the SHA-256 of bytes as 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nativeFor(bytes.length) === undefined ? nobleSha256(bytes) : fromHex(sha256Hex(bytes))
}

/** Returns the SHA-256 of bytes as 64 hex digits. */
export function sha256Hex(bytes: Uint8Array): string {
  const host = nativeFor(bytes.length)
  if (host?.hash !== undefined) return host.hash('sha256', bytes, 'hex')
  if (host !== undefined) return host.createHash('sha256').update(bytes).digest('hex')
  return toHex(nobleSha256(bytes))
}

/** Tells whether the SHA-256 of bytes is the digest that stands at a place in others: as `sha256Hex`, without what a text of it costs. */
export function isSha256(bytes: Uint8Array, others: Uint8Array, at: number): boolean {
  const host = nativeFor(bytes.length)
  if (host?.hash === undefined) return sha256Hex(bytes) === toHex(others, at, at + DIGEST_BYTES)
  const digest = host.hash('sha256', bytes, 'latin1')
  for (let index = 0; index < DIGEST_BYTES; index++) if (digest.charCodeAt(index) !== others[at + index]) return false
  return true
}

const DIGEST_BYTES = 32

/** A running SHA-256, for what is too large to hold. */
export interface RunningHash {
  update(bytes: Uint8Array): void
  digest(): Uint8Array
}

export function createSha256(): RunningHash {
  const host = nativeFor(LOADED_AFTER_BYTES)
  if (host !== undefined) {
    const hash = host.createHash('sha256')
    return { update: (bytes) => void hash.update(bytes), digest: () => new Uint8Array(hash.digest()) }
  }
  const hash = nobleSha256.create()
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() }
}
