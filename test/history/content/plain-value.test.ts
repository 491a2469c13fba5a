import { describe, expect, it } from 'vitest'
import { allKeys, getField, isPlainMap, isSameValue } from '../../../src/history/content/plain-value.js'

describe('isSameValue', () => {
  it('compares by content, strictly', () => {
    expect(isSameValue({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true)
    expect(isSameValue({ a: undefined }, {})).toBe(false)
    expect(isSameValue(1, 1n)).toBe(false)
    expect(isSameValue([], {})).toBe(false)
    expect(isSameValue(Uint8Array.of(1), Uint8Array.of(1))).toBe(true)
    expect(isSameValue(new Date(1), new Date(1))).toBe(true)
    expect(isSameValue(new Map(), new Map())).toBe(false)
  })
})

describe('maps', () => {
  it('are plain objects, read by their own keys', () => {
    expect([{}, Object.create(null), [], null, new Date(), Uint8Array.of()].map(isPlainMap)).toEqual([true, true, false, false, false, false])
    expect(getField({}, 'toString')).toBeUndefined()
    expect(allKeys({ b: 1 }, undefined, { a: 1, b: 2 })).toEqual(['a', 'b'])
  })
})
