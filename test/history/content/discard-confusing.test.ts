import { describe, expect, it } from 'vitest'
import { discardConfusing } from '../../../src/history/content/discard-confusing.js'

const side = (...tokens: number[]): { tokens: Int32Array; changed: Uint8Array } => ({ tokens: Int32Array.from(tokens), changed: new Uint8Array(tokens.length) })

describe('discardConfusing', () => {
  it('drops common ends, and marks lines without an equal', () => {
    const [before, after] = [side(1, 2, 3, 9), side(1, 3, 4, 2, 9)]
    const kept = discardConfusing(before, after)
    expect([[...kept.before], [...kept.after]]).toEqual([[1, 2], [1, 3]])
    expect([[...before.changed], [...after.changed]]).toEqual([[0, 0, 0, 0], [0, 0, 1, 0, 0]])
  })

  it('drops a frequent line among lines without an equal', () => {
    const before = side(100, 101, 102, 103, 7, 104, 105, 106, 107)
    const kept = discardConfusing(before, side(7, 200, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 201))
    expect([...kept.before]).toEqual([])
  })
})
