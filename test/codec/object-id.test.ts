import { describe, expect, it } from 'vitest'
import { toHex, utf8 } from '../../src/base/bytes.js'
import { Cid, cidOf, parseCid } from '../../src/codec/cid.js'
import { sha256Hex } from '../../src/codec/hash.js'
import { cidFromId, cidText, codecOf, digestBytes, digestFromBytes, digestOf, getDigest, idBytes, idFromBytes, idFromCid, idOf, linkBytes, linksIn, objectId } from '../../src/codec/object-id.js'
import { encode } from '../../src/codec/cbor.js'
import { ownedLinks } from '../../src/object/links.js'
import { openAny } from '../../src/object/open.js'
import { aBlake3Cid } from '../helpers/objects.js'
import { aLine } from '../helpers/remote-objects.js'

const bytes = utf8('hello')

describe('ObjectId', () => {
  it('is codec and SHA-256 in hex', () => {
    expect(idOf(bytes, 'raw')).toBe(`55${sha256Hex(bytes)}`)
    expect(idOf(bytes, 'dag-cbor')).toBe(`71${sha256Hex(bytes)}`)
    for (const codec of ['raw', 'dag-cbor'] as const) {
      const id = idOf(bytes, codec)
      expect([codecOf(id), digestOf(id), objectId(digestOf(id), codec)]).toEqual([codec, sha256Hex(bytes), id])
    }
  })
  it('comes back from 33 bytes, from its CID and from its text', () => {
    for (const codec of ['raw', 'dag-cbor'] as const) {
      const id = idOf(bytes, codec)
      expect(toHex(idBytes(id))).toBe(id)
      expect(idFromBytes(idBytes(id))).toBe(id)
      expect(idFromCid(cidFromId(id))).toBe(id)
      expect(cidText(id)).toBe(cidOf(bytes, codec))
      expect(idFromCid(parseCid(cidText(id)))).toBe(id)
      expect(toHex(linkBytes(id))).toBe(toHex(cidFromId(id).linkBytes()))
      expect(digestFromBytes(digestBytes(digestOf(id)))).toBe(digestOf(id))
    }
  })
  it('is found in bytes without decoding them: every link, and at worst more', () => {
    const ids = Array.from({ length: 40 }, (_, index) => idOf(Uint8Array.of(index), index % 3 === 0 ? 'raw' : 'dag-cbor'))
    const value = { a: ids.map((id) => cidFromId(id)), text: 'Ø'.repeat(30), other: aBlake3Cid(), bytes: Uint8Array.of(0xd8, 0x2a, 0x58, 37, 0, 1, 0x71) }
    expect([...linksIn(encode(value))]).toEqual(ids)
    for (const { id, bytes: object } of aLine(3).objects) {
      if (codecOf(id) === 'dag-cbor') expect(new Set(linksIn(object))).toEqual(new Set(ownedLinks(openAny(object)).map((link) => link.id)))
    }
    expect([...linksIn(encode(value).subarray(0, 40))]).toEqual([])
    expect([...linksIn(new Uint8Array(0))]).toEqual([])
  })
  it('is none for a link of another hash or codec', () => {
    expect(idFromCid(aBlake3Cid())).toBeUndefined()
    expect(idFromCid(new Cid(0x70, 0x12, new Uint8Array(32)))).toBeUndefined()
    expect(idFromCid(new Cid(0x71, 0x12, new Uint8Array(20)))).toBeUndefined()
  })
  it('hands out link bytes that a later one leaves as they are', () => {
    const [first, second] = [linkBytes(idOf(bytes, 'raw')), digestBytes(digestOf(idOf(bytes, 'raw')))]
    const kept = [toHex(first), toHex(second)]
    for (let index = 0; index < 1_000; index++) linkBytes(idOf(Uint8Array.of(index & 255), 'dag-cbor')).fill(1)
    expect([toHex(first), toHex(second)]).toEqual(kept)
  })
  it('takes 64 hex digits in either case for a digest, and nothing else', () => {
    expect(getDigest('AB'.repeat(32))).toBe('ab'.repeat(32))
    for (const text of ['ab'.repeat(31), 'ab'.repeat(33), `${'ab'.repeat(31)}zz`, `${'ab'.repeat(32)}\n`, '']) expect(getDigest(text)).toBeUndefined()
  })
})
