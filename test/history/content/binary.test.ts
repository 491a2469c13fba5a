import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { hasEarlyNul, isBinary } from '../../../src/history/content/binary.js'

describe('isBinary', () => {
  it('finds a NUL in the first 8,000 bytes and no later', () => {
    expect(hasEarlyNul(utf8(`${'a'.repeat(7999)}\0`))).toBe(true)
    expect(hasEarlyNul(utf8(`${'a'.repeat(8000)}\0`))).toBe(false)
  })

  it('takes what is not UTF-8 for binary, and an empty content for text', () => {
    expect(isBinary(Uint8Array.of(0xe9))).toBe(true)
    expect(isBinary(utf8('é'))).toBe(false)
    expect(isBinary(new Uint8Array(0))).toBe(false)
  })
})
