import { describe, expect, it } from 'vitest'
import { toHex } from '../../src/base/bytes.js'
import { idOf, type Digest, type ObjectId } from '../../src/codec/object-id.js'
import * as keys from '../../src/store/keys.js'

const digest = '0123456789abcdef'.repeat(4) as Digest
const id = `71${digest}` as ObjectId
const hex = (range: { readonly gte: Uint8Array; readonly lt: Uint8Array }): string => `${toHex(range.gte)} ${toHex(range.lt)}`

describe('the key layout', () => {
  it('is this, byte for byte', () => {
    expect({
      object: toHex(keys.objectKey(id)),
      ref: toHex(keys.refKey('refs/heads/ä')),
      meta: toHex(keys.metaKey('log')),
      count: toHex(keys.countKey('20241127')),
      node: toHex(keys.nodeBlockKey(0x01020304)),
      title: toHex(keys.titleBlockKey(0x01020304)),
      seq: toHex(keys.seqKey(digest)),
      seqOfId: toHex(keys.seqKeyOfId(id)),
      atomId: toHex(keys.atomIdKey('ATOM-A-20241127-001', 258)),
      path: toHex(keys.pathKey('project/ä', 0xfffffffe)),
      influence: toHex(keys.influenceKey(digest, 1)),
      refutation: toHex(keys.refutationKey(7)),
      request: toHex(keys.requestKey('00112233445566778899aabbccddeeff')),
      worktree: toHex(keys.worktreeKey('home/x')),
    }).toMatchInlineSnapshot(`
      {
        "atomId": "6141544f4d2d412d32303234313132372d3030310000000102",
        "count": "633230323431313237",
        "influence": "660123456789abcdef00000001",
        "meta": "6d6c6f67",
        "node": "6e01020304",
        "object": "6f710123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "path": "7070726f6a6563742fc3a400fffffffe",
        "ref": "72726566732f68656164732fc3a4",
        "refutation": "7800000007",
        "request": "710011223344556677",
        "seq": "640123456789abcdef",
        "seqOfId": "640123456789abcdef",
        "title": "7401020304",
        "worktree": "77686f6d652f78",
      }
    `)
  })

  it('gives every space a letter of its own', () => {
    const letters = Object.values(keys.SPACES)
    expect(new Set(letters).size).toBe(letters.length)
    expect(letters.every((letter) => letter > 0x20 && letter < 0x7f)).toBe(true)
  })

  it('bounds a space, a prefix and a prefix that ends with 0xff', () => {
    expect(hex(keys.rangeOf('ref'))).toBe('72 73')
    expect(hex(keys.rangeOf('ref', Uint8Array.of(1, 2)))).toBe('720102 720103')
    expect(hex(keys.rangeOf('ref', Uint8Array.of(1, 255, 255)))).toBe('7201ffff 7202')
    expect(hex(keys.rangeOf('ref', Uint8Array.of(255)))).toBe('72ff 73')
  })

  it('puts the edges of a space around all its records, where none is', () => {
    const [first, last] = keys.edgesOf('object').map((key) => toHex(key))
    expect(toHex(keys.objectKey(id)) > first! && toHex(keys.objectKey(id)) < last!).toBe(true)
    expect(keys.edgesOf('object').every((key) => keys.getObjectKeyId(key) === undefined)).toBe(true)
    expect([first, last!.slice(0, 4)]).toEqual(['6f', '6fff'])
  })

  it('finds objects by any number of hex digits', () => {
    expect(hex(keys.objectPrefixRange(0x71, ''))).toBe('6f71 6f72')
    expect(hex(keys.objectPrefixRange(0x55, 'a'))).toBe('6f55a0 6f55b0')
    expect(hex(keys.objectPrefixRange(0x55, 'f'))).toBe('6f55f0 6f56')
    expect(hex(keys.objectPrefixRange(0x71, 'ffff'))).toBe('6f71ffff 6f72')
    expect(hex(keys.objectPrefixRange(0x71, '01234'))).toBe('6f71012340 6f71012350')
    expect(hex(keys.objectPrefixRange(0x71, digest))).toBe(`6f71${digest} 6f71${digest.slice(0, -2)}f0`)
    expect(hex(keys.seqPrefixRange('012'))).toBe('640120 640130')
    expect(hex(keys.seqPrefixRange(digest))).toBe('640123456789abcdef 640123456789abcdf0')
  })

  it('reads back what it wrote', () => {
    expect(keys.getObjectKeyId(keys.objectKey(id))).toBe(id)
    const raw = idOf(Uint8Array.of(1), 'raw')
    expect(keys.getObjectKeyId(keys.objectKey(raw))).toBe(raw)
    expect(keys.getObjectKeyId(keys.objectKey(id).subarray(1))).toBeUndefined()
    expect(keys.getObjectKeyId(new Uint8Array(34))).toBeUndefined()
    for (const seq of [0, 1, 255, 65_536, 0x7fffffff, 0x80000000, 0xffffffff]) {
      expect(keys.seqInKey(keys.pathKey('project/a', seq))).toBe(seq)
      expect(keys.readU32(keys.u32(seq), 0)).toBe(seq)
    }
  })

  it('keeps a path and what begins like it apart', () => {
    const isIn = (key: Uint8Array, range: { readonly gte: Uint8Array; readonly lt: Uint8Array }): boolean => toHex(key) >= toHex(range.gte) && toHex(key) < toHex(range.lt)
    expect(isIn(keys.pathKey('project/a', 3), keys.pathRange('project/a'))).toBe(true)
    expect(isIn(keys.pathKey('project/ab', 3), keys.pathRange('project/a'))).toBe(false)
    expect(isIn(keys.pathKey('project/a/b', 3), keys.pathRange('project/a'))).toBe(false)
    expect(isIn(keys.pathKey('project/a/b', 3), keys.folderRange('project/a'))).toBe(true)
    expect(isIn(keys.pathKey('project/a.b', 3), keys.folderRange('project/a'))).toBe(false)
    expect(isIn(keys.pathKey('system/etc', 3), keys.folderRange(''))).toBe(true)
    expect(isIn(keys.atomIdKey('ATOM-A-20241127-0010', 1), keys.atomIdRange('ATOM-A-20241127-001'))).toBe(false)
    expect(isIn(keys.influenceKey(digest, 9), keys.influenceRange(digest))).toBe(true)
  })
})
