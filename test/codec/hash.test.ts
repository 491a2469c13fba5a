import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { toHex, utf8 } from '../../src/base/bytes.js'
import { createSha256, isSha256, sha256, sha256Hex } from '../../src/codec/hash.js'

const INPUTS = [new Uint8Array(0), utf8('abc'), new Uint8Array(55), new Uint8Array(56), new Uint8Array(64), new Uint8Array(1_048_577).fill(7), new Uint8Array(200).fill(9).subarray(3, 150)]

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

describe('SHA-256', () => {
  it('knows the digests of the standard', () => {
    expect(sha256Hex(new Uint8Array(0))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(sha256Hex(utf8('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })
  it('of the host equals that of @noble/hashes', () => {
    for (const bytes of INPUTS) {
      expect(toHex(sha256(bytes))).toBe(toHex(nobleSha256(bytes)))
      expect(sha256Hex(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'))
      expect(sha256(bytes).constructor).toBe(Uint8Array)
    }
  })
  it('is the same where the host has none', async () => {
    vi.resetModules()
    vi.stubGlobal('process', undefined)
    const pure = await import('../../src/codec/hash.js')
    vi.unstubAllGlobals()
    for (const bytes of INPUTS) {
      expect(pure.sha256Hex(bytes)).toBe(sha256Hex(bytes))
      expect(toHex(pure.sha256(bytes))).toBe(sha256Hex(bytes))
      expect(toHex(inPieces(pure.createSha256(), bytes))).toBe(sha256Hex(bytes))
    }
  })
  it('is the same before and after the host is asked for it', async () => {
    vi.resetModules()
    const fresh = await import('../../src/codec/hash.js')
    const bytes = utf8('a header, three hundred bytes or so '.repeat(9))
    const expected = toHex(nobleSha256(bytes))
    for (let count = 0; count < 100; count++) expect(fresh.sha256Hex(bytes)).toBe(expected)
    expect(toHex(fresh.sha256(bytes))).toBe(expected)
  })
  it('is told from every other digest, by the host and without it', async () => {
    vi.resetModules()
    vi.stubGlobal('process', undefined)
    const pure = await import('../../src/codec/hash.js')
    vi.unstubAllGlobals()
    for (const bytes of INPUTS) {
      for (const tells of [isSha256, pure.isSha256]) {
        const others = Uint8Array.of(1, 2, ...sha256(bytes), 3)
        expect(tells(bytes, others, 2)).toBe(true)
        expect(tells(bytes, others, 1)).toBe(false)
        for (let index = 2; index < 34; index++) {
          others[index] = (others[index] as number) ^ 0x80
          expect(tells(bytes, others, 2)).toBe(false)
          others[index] = (others[index] as number) ^ 0x80
        }
      }
    }
  })
  it('may be fed in pieces', () => {
    for (const bytes of INPUTS) expect(toHex(inPieces(createSha256(), bytes))).toBe(sha256Hex(bytes))
    expect(createSha256().digest().constructor).toBe(Uint8Array)
  })
})

function inPieces(hash: { update(bytes: Uint8Array): void; digest(): Uint8Array }, bytes: Uint8Array): Uint8Array {
  for (let offset = 0; offset < bytes.length; offset += 1_000) hash.update(bytes.subarray(offset, offset + 1_000))
  return hash.digest()
}
