import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, utf8 } from '../../../src/base/bytes.js'
import { lacksFinalNewline, numberLines, sliceLines, splitLines, toByteText } from '../../../src/history/content/lines.js'

describe('splitLines', () => {
  it('keeps line ends, and every byte', () => {
    const lines = splitLines(utf8('a\r\n\nb'))
    expect(lines.count).toBe(3)
    expect(sliceLines(lines, 0, 1)).toEqual(utf8('a\r\n'))
    expect(lacksFinalNewline(lines)).toBe(true)
    expect(splitLines(utf8('')).count).toBe(0)
    fc.assert(fc.property(fc.uint8Array(), (bytes) => {
      const cut = splitLines(bytes)
      expect(concatBytes(Array.from({ length: cut.count }, (_, index) => sliceLines(cut, index, index + 1)))).toEqual(bytes)
    }))
  })
})

describe('numberLines', () => {
  it('gives equal numbers to equal lines only', () => {
    const [left, right] = numberLines([splitLines(utf8('a\nb\na\n')), splitLines(utf8('b\r\na'))])
    expect([...(left ?? [])]).toEqual([0, 1, 0])
    expect([...(right ?? [])]).toEqual([2, 3])
    expect(numberLines([splitLines(utf8('a b\n')), splitLines(utf8('\tab'))], 'ignore-space').map((numbers) => [...numbers])).toEqual([[0], [0]])
  })

  it('tells all bytes apart', () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    expect(new Set(toByteText(all)).size).toBe(256)
    expect(toByteText(all)).toHaveLength(256)
  })
})
