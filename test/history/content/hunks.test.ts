import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { groupHunks, hunkHeading } from '../../../src/history/content/hunks.js'
import { diffLines } from '../../../src/history/content/line-diff.js'
import { splitLines } from '../../../src/history/content/lines.js'

const numbered = (count: number, changed: readonly number[]): Uint8Array =>
  utf8(Array.from({ length: count }, (_, index) => `${changed.includes(index) ? 'x' : ''}${String(index)}\n`).join(''))

describe('groupHunks', () => {
  it('joins changes whose context touches', () => {
    const ranges = (changed: readonly number[]): unknown => groupHunks(diffLines(numbered(30, []), numbered(30, changed)), 3).map((hunk) => [hunk.beforeStart, hunk.beforeEnd])
    expect(ranges([10, 17])).toEqual([[7, 21]])
    expect(ranges([10, 18])).toEqual([[7, 14], [15, 22]])
    expect(ranges([0, 29])).toEqual([[0, 4], [26, 30]])
  })
})

describe('hunkHeading', () => {
  it('finds the nearest line that begins with a letter, and cuts it', () => {
    const lines = splitLines(utf8(`one\n  two\n${'é'.repeat(100)}\nx${'é'.repeat(100)}  \n\n`))
    expect(hunkHeading(lines, 2, 0)).toBe('one')
    expect(hunkHeading(lines, 2, 1)).toBeUndefined()
    expect(hunkHeading(lines, 5, 0)).toBe(`x${'é'.repeat(39)}`)
  })
})
