import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { indentScore } from '../../../src/history/content/indent-score.js'
import { splitLines } from '../../../src/history/content/lines.js'

describe('indentScore', () => {
  it('rates a split before a new block below one inside of a block', () => {
    const score = indentScore(splitLines(utf8('a\n  b\n  c\n\nd\n\te\n')))
    expect(score(4)).toEqual({ indent: 0, penalty: -13 })
    expect(score(2)).toEqual({ indent: 2, penalty: 0 })
    expect(score(5)).toEqual({ indent: 8, penalty: -4 })
    expect(score(0).penalty).toBe(1)
    expect(score(6)).toEqual({ indent: -1, penalty: -3 })
  })
})
