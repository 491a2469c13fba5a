import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compareBytes } from '../../src/base/bytes.js'
import { binaryKey } from '../../src/store/binary-key.js'

it('keeps bytes apart and in their order, whatever their length', () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 1_000, maxLength: 2_100 }))
  fc.assert(fc.property(bytes, bytes, (left, right) => {
    const [a, b] = [binaryKey(left), binaryKey(right)]
    expect(a).toHaveLength(left.length)
    expect(Math.sign(compareBytes(left, right))).toBe(a < b ? -1 : a > b ? 1 : 0)
  }))
})
