import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareBytes, compareText, concatBytes, equalBytes, fromHex, getText, isWellFormed, toDisplayText, toHex, utf8, utf8Length, writeHex } from '../../src/base/bytes.js'

const aText = fc.string({ unit: 'binary' })

describe('hex', () => {
  it('comes back as the same bytes, in either case', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => {
      expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'))
      expect(fromHex(toHex(bytes).toUpperCase())).toEqual(bytes)
      const placed = new Uint8Array(bytes.length + 2)
      writeHex(toHex(bytes), placed, 1)
      expect(placed).toEqual(concatBytes([Uint8Array.of(0), bytes, Uint8Array.of(0)]))
    }))
  })
  it('is that of a view, not of its whole buffer', () => {
    expect(toHex(Uint8Array.of(1, 2, 3, 4).subarray(1, 3))).toBe('0203')
  })
  it.each(['0', 'zz', '0g', '0x', ' 0', '00\n', '٠٠'])('is refused when it is %j', (text) => {
    expect(() => fromHex(text)).toThrow(TypeError)
  })
})

describe('texts', () => {
  it('come back from UTF-8, a byte order mark too', () => {
    fc.assert(fc.property(aText, (text) => { expect(getText(utf8(text))).toBe(text) }))
    expect(getText(utf8('\uFEFFa'))).toBe('\uFEFFa')
    expect(toDisplayText(utf8('\uFEFFa'))).toBe('\uFEFFa')
  })
  it('are absent where the bytes are not UTF-8, and shown with U+FFFD', () => {
    for (const hex of ['ff', 'c080', 'eda080', 'f4908080', 'e282']) expect(getText(fromHex(hex))).toBeUndefined()
    expect(toDisplayText(fromHex('61ff62'))).toBe('a\uFFFDb')
  })
  it('are well formed without a lone surrogate', () => {
    expect([isWellFormed('a\u{1F600}'), isWellFormed('\uD83D'), isWellFormed('\uDE00\uD83D'), isWellFormed('')]).toEqual([true, false, false, true])
  })
  it('are measured in UTF-8 bytes without encoding them', () => {
    fc.assert(fc.property(aText, (text) => { expect(utf8Length(text)).toBe(utf8(text).length) }))
  })
})

describe('order', () => {
  it('of texts is that of their UTF-8 bytes', () => {
    fc.assert(fc.property(aText, aText, (left, right) => { expect(Math.sign(compareText(left, right))).toBe(Math.sign(Buffer.compare(utf8(left), utf8(right)))) }))
    expect(compareText('\u{1F600}', '\uFFFD')).toBeGreaterThan(0)
    expect(compareText('a', 'ab')).toBeLessThan(0)
  })
  it('of bytes puts a prefix before what it begins', () => {
    fc.assert(fc.property(fc.uint8Array(), fc.uint8Array(), (left, right) => {
      expect(Math.sign(compareBytes(left, right))).toBe(Buffer.compare(left, right))
      expect(equalBytes(left, right)).toBe(Buffer.compare(left, right) === 0)
      expect(equalBytes(left, left.slice())).toBe(true)
    }))
  })
  it('of parts is kept when they are joined', () => {
    expect(toHex(concatBytes([Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)]))).toBe('010203')
  })
})
