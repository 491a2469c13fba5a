import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../../src/base/bytes.js'
import { readVarint, varint } from '../../src/codec/varint.js'

describe('varint', () => {
  it('comes back, and says where it ends', () => {
    fc.assert(fc.property(fc.maxSafeNat(), fc.uint8Array(), (value, after) => {
      const bytes = varint(value)
      expect(readVarint(Uint8Array.from([9, ...bytes, ...after]), 1)).toEqual({ value, end: 1 + bytes.length })
    }))
  })
  it.each([[0, '00'], [127, '7f'], [128, '8001'], [300, 'ac02'], [2 ** 32, '8080808010'], [2 ** 53 - 1, 'ffffffffffffff0f']])('writes %s as %s', (value, hex) => {
    expect(toHex(varint(value))).toBe(hex)
  })
  it.each(['', '80', '8000', '80808080808080808001', 'ffffffffffffffff01', '8080808080808010', 'ffffffffffffff10', 'ffffffffffffff7f'])('is absent in %j: cut off, too long or too large', (hex) => {
    expect(readVarint(fromHex(hex), 0)).toBeUndefined()
  })
  it('is absent behind the end', () => {
    expect(readVarint(Uint8Array.of(1), 1)).toBeUndefined()
  })
})
