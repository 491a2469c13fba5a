import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { isTooDifferentInSize, RENAME_SIMILARITY, similarity } from '../../../src/history/content/similarity.js'

const lines = (from: number, to: number): Uint8Array => utf8(Array.from({ length: to - from }, (_, index) => `line ${String(100 + from + index)}\n`).join(''))

describe('similarity', () => {
  it('is the share of common bytes in the larger content', () => {
    expect(similarity(lines(0, 100), lines(0, 100))).toBe(100)
    expect(similarity(lines(0, 100), lines(0, 50))).toBe(50)
    expect(similarity(lines(0, 100), lines(75, 175))).toBe(25)
    expect(similarity(lines(0, 10), lines(50, 60))).toBe(0)
  })

  it('passes over line order and CRLF, and knows empty contents', () => {
    expect(similarity(utf8('a\nb\n'), utf8('b\na\n'))).toBe(100)
    expect(similarity(utf8('aa\r\nbb\r\n'), utf8('aa\nbb\n'))).toBe(75)
    expect(similarity(utf8(''), utf8(''))).toBe(100)
    expect(similarity(utf8(''), utf8('a'))).toBe(0)
  })

  it('can tell from the sizes alone', () => {
    expect(isTooDifferentInSize(100, 49)).toBe(true)
    expect(isTooDifferentInSize(50, 100, RENAME_SIMILARITY)).toBe(false)
  })
})
