import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, toHex, utf8 } from '../../src/base/bytes.js'
import { isAtomError } from '../../src/base/errors.js'
import { Cid, cidOf, isDaslCidBytes, parseCid } from '../../src/codec/cid.js'
import { varint } from '../../src/codec/varint.js'
import { aBlake3Cid, aCid, codeOf } from '../helpers/objects.js'

describe('Cid', () => {
  it('of contents begins with bafkrei, of objects with bafyrei', () => {
    expect(cidOf(utf8('hello'), 'raw')).toBe('bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq')
    expect(cidOf(Uint8Array.of(0xa0), 'dag-cbor')).toBe('bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua')
  })
  it('comes back from its text in base32, base16 and base58', () => {
    const cid = parseCid('bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi')
    expect([cid.version, cid.codec, cid.hash, cid.digest.length]).toEqual([1, 0x70, 0x12, 32])
    expect(parseCid(`f${toHex(cid.bytes)}`).equals(cid)).toBe(true)
    expect(parseCid('zdj7WWeQ43G6JJvLWQWZpyHuAMq6uYWRjkBXFad11vE2LHhQ7').toString()).toBe('bafybeiasb5vpmaounyilfuxbd3lryvosl4yefqrfahsb2esg46q6tu6y5q')
    expect(JSON.stringify(aCid('x'))).toBe(`"${aCid('x').toString()}"`)
  })
  it('of any codec, hash and digest comes back from its bytes', () => {
    fc.assert(fc.property(fc.nat(), fc.nat(), fc.uint8Array({ maxLength: 100 }), (codec, hash, digest) => {
      const cid = new Cid(codec, hash, digest)
      const back = parseCid(cid.toString())
      expect([back.codec, back.hash, toHex(back.digest)]).toEqual([codec, hash, toHex(digest)])
      expect(toHex(cid.bytes)).toBe(toHex(concatBytes([varint(1), varint(codec), varint(hash), varint(digest.length), digest])))
      expect(toHex(cid.linkBytes())).toBe(`00${toHex(cid.bytes)}`)
    }))
  })
  it('may stand in an object when it is raw or dag-cbor with 32 bytes of SHA-256 or BLAKE3', () => {
    expect([aCid('a'), aCid('a', 'raw'), aBlake3Cid()].map((cid) => [cid.isDasl, isDaslCidBytes(cid.bytes), toHex(cid.linkBytes()) === `00${toHex(cid.bytes)}`])).toEqual(Array(3).fill([true, true, true]))
    const others = [new Cid(0x70, 0x12, new Uint8Array(32)), new Cid(0x71, 0x13, new Uint8Array(32)), new Cid(0x71, 0x12, new Uint8Array(31)), new Cid(0x0129, 0x12, new Uint8Array(32))]
    expect(others.map((cid) => cid.isDasl || isDaslCidBytes(cid.bytes))).toEqual([false, false, false, false])
    expect(Cid.ofDaslBytes(aBlake3Cid().bytes).equals(aBlake3Cid())).toBe(true)
  })
  it('is found in what other libraries call one, and in nothing else', () => {
    const { bytes } = aCid('a')
    const theirs = { bytes, '/': bytes }
    const older: { bytes: Uint8Array; asCID?: unknown } = { bytes }
    older.asCID = older
    expect([theirs, older].map((value) => Cid.from(value)?.toString())).toEqual([aCid('a').toString(), aCid('a').toString()])
    for (const value of [{}, { bytes }, { '/': bytes }, { bytes: 1, '/': 1 }, [], new Uint8Array(36)]) expect(Cid.from(value)).toBeUndefined()
    expect(codeOf(() => Cid.from({ bytes: utf8('no'), '/': undefined, get asCID() { return this } }))).toBe('CID_INVALID')
  })
  it.each([
    ['', 'too short'], ['b', 'too short'], [`b${'a'.repeat(600)}`, 'too long'], ['QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR', 'not base32'],
    ['mBcDxtdWx0aWhhc2g+', 'not base32'], ['BAFYREI', 'not base32'], ['bafy!', 'not base32'], ['f0', 'not base32'], ['F01', 'not base32'], ['zO', 'not base32'],
    ['f01', 'cut off'], ['f0171', 'cut off'], ['f01711220', 'its digest has 0 bytes where it says 32'], [`f01711220${'00'.repeat(33)}`, 'its digest has 33 bytes'],
    [`f00711220${'00'.repeat(32)}`, 'version 0'], [`f02711220${'00'.repeat(32)}`, 'version 2'], [`f8100711220${'00'.repeat(32)}`, 'shortest'],
  ])('refuses %j: %s', (text, reason) => {
    try {
      parseCid(text)
      expect.unreachable()
    } catch (error) {
      if (!isAtomError(error, 'CID_INVALID')) throw error
      expect(error.data.reason).toContain(reason)
    }
  })
  it('throws nothing but its own error on any text', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[bfz][a-z2-7]{0,80}$/)), (text) => {
      expect(['nothing', 'CID_INVALID']).toContain(codeOf(() => parseCid(text)))
    }), { numRuns: 2_000 })
    expect(codeOf(() => parseCid(undefined as unknown as string))).toBe('CID_INVALID')
  })
})
