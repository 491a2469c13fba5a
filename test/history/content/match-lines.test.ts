import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { matchLines } from '../../../src/history/content/match-lines.js'

describe('matchLines', () => {
  it('gives -1 for new lines and the old place of the others', () => {
    expect([...matchLines(utf8('a\nb\nc\n'), utf8('x\na\nc\ny\n'))]).toEqual([-1, 0, 2, -1])
    expect([...matchLines(utf8(''), utf8('a\n'))]).toEqual([-1])
    expect([...matchLines(utf8('a\n'), utf8(''))]).toEqual([])
  })

  it('only ever pairs equal lines, in order', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 })
    fc.assert(fc.property(lines, lines, (before, after) => {
      const text = (list: readonly string[]): Uint8Array => utf8(list.map((line) => `${line}\n`).join(''))
      const matches = [...matchLines(text(before), text(after))]
      const paired = matches.filter((index) => index !== -1)
      expect(matches).toHaveLength(after.length)
      expect([...new Set(paired)].sort((a, b) => a - b)).toEqual(paired)
      matches.forEach((index, line) => { if (index !== -1) expect(before[index]).toBe(after[line]) })
    }))
  })
})
