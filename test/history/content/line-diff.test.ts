import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { countLines, diffLines } from '../../../src/history/content/line-diff.js'

describe('diffLines', () => {
  it('counts inserted and deleted lines', () => {
    expect(countLines(diffLines(utf8('a\nb\n'), utf8('a\nc\nd\n')))).toEqual({ inserted: 2, deleted: 1 })
    expect(countLines(diffLines(utf8('a b\n'), utf8('a  b\n'), 'ignore-space'))).toEqual({ inserted: 0, deleted: 0 })
  })

  it('places a new block before the next one rather than across both', () => {
    const before = 'def a\n  x\nend\n\ndef c\n  x\nend\n'
    const after = 'def a\n  x\nend\n\ndef b\n  x\nend\n\ndef c\n  x\nend\n'
    expect(diffLines(utf8(before), utf8(after)).edits).toEqual([{ beforeStart: 4, beforeEnd: 4, afterStart: 4, afterEnd: 8 }])
  })
})
