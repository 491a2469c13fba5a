import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex, utf8 } from '../../../src/base/bytes.js'
import { KeyedHash, SetSum } from '../../../src/history/verify/keyed-hash.js'

const hash = new KeyedHash(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))
const of = (mix: () => void): readonly number[] => {
  hash.start()
  mix()
  hash.end()
  return [hash.lo, hash.hi]
}

describe('KeyedHash', () => {
  it('hashes an id the same from its bytes and from its digits', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 33, maxLength: 33 }), (bytes) => {
      hash.id(bytes[0] as number, bytes, 1)
      const { lo, hi } = hash
      hash.hexId(toHex(bytes))
      expect([hash.lo, hash.hi]).toEqual([lo, hi])
    }))
  })

  it('hashes a text as its UTF-8', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(of(() => { hash.text(text) })).toEqual(of(() => { hash.bytes(utf8(text)) }))
    }))
  })

  it('tells apart what differs in one bit, in its length or in its key', () => {
    expect(of(() => { hash.bytes(Uint8Array.of(0)) })).not.toEqual(of(() => { hash.bytes(Uint8Array.of(0, 0)) }))
    expect(of(() => { hash.bytes(Uint8Array.of(0)) })).not.toEqual(of(() => { hash.bytes(Uint8Array.of(1)) }))
    const other = new KeyedHash(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 9))
    other.start()
    other.word(1)
    other.end()
    expect([other.lo, other.hi]).not.toEqual(of(() => { hash.word(1) }))
  })
})

describe('SetSum', () => {
  it('does not mind the order, and minds the number', () => {
    const [one, two] = [new SetSum(), new SetSum()]
    for (const word of [1, 2, 3]) { of(() => { hash.word(word) }); one.add(hash) }
    for (const word of [3, 1, 2]) { of(() => { hash.word(word) }); two.add(hash) }
    expect(one.equals(two)).toBe(true)
    two.add(hash)
    expect(one.equals(two)).toBe(false)
  })
})
