import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex, utf8 } from '../../src/base/bytes.js'
import { fromBase32, fromBase58, toBase32 } from '../../src/codec/multibase.js'

describe('base32', () => {
  it('comes back as the same bytes, and only canonical text is taken', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => { expect(fromBase32(toBase32(bytes))).toEqual(bytes) }))
    fc.assert(fc.property(fc.array(fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz234567'), { maxLength: 20 }), (letters) => {
      const bytes = fromBase32(letters.join(''))
      if (bytes !== undefined) expect(toBase32(bytes)).toBe(letters.join(''))
    }))
  })
  it.each([['', ''], ['f', 'my'], ['fo', 'mzxq'], ['foo', 'mzxw6'], ['foob', 'mzxw6yq'], ['fooba', 'mzxw6ytb'], ['foobar', 'mzxw6ytboi']])('writes %j as RFC 4648 does: %j', (text, expected) => {
    expect(toBase32(utf8(text))).toBe(expected)
  })
  it.each(['a', 'aaa', 'aaaaaa', 'mz', 'MY', 'm1', 'm8', 'my======', 'm y', 'mé'])('is absent in %j: length, leftover bits or letter', (text) => {
    expect(fromBase32(text)).toBeUndefined()
  })
})

describe('base58', () => {
  it.each([['', ''], ['1', '00'], ['111', '000000'], ['2NEpo7TZRRrLZSi2U', '48656c6c6f20576f726c6421'], ['11233QC4', '0000287fb4cd'], ['5Q', 'ff'], ['1z', '0039'], ['5R', '0100']])('reads %j as %s', (text, hex) => {
    expect(toHex(fromBase58(text) ?? utf8('none'))).toBe(hex)
  })
  it.each(['0', 'O', 'I', 'l', 'a b', 'é'])('is absent in %j', (text) => {
    expect(fromBase58(text)).toBeUndefined()
  })
})
