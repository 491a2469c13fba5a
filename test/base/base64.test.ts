import fc from 'fast-check'
import { expect, test } from 'vitest'
import { getBase64, toBase64 } from '../../src/base/base64.js'

test('every array of bytes comes back, and other texts are none', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
    expect(getBase64(toBase64(bytes))).toEqual(bytes)
  }))
  for (const text of ['A', 'AAA', 'AA-_', 'AAAA\n', 'A=AA', '====']) expect(getBase64(text), text).toBeUndefined()
})
