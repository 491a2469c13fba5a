import { describe, expect, it } from 'vitest'
import { mergeRegions } from '../../../src/history/content/merge-regions.js'

const regions = (base: number[], ours: number[], theirs: number[]): unknown =>
  mergeRegions({ base: Int32Array.from(base), ours: Int32Array.from(ours), theirs: Int32Array.from(theirs), oursHasWords: () => true })

describe('mergeRegions', () => {
  it('says which side a stretch comes from', () => {
    expect(regions([1, 2, 3], [9, 2, 3], [1, 2, 8])).toEqual([
      { from: 'ours', oursStart: 0, oursEnd: 1, theirsStart: 0, theirsEnd: 1 },
      { from: 'theirs', oursStart: 2, oursEnd: 3, theirsStart: 2, theirsEnd: 3 },
    ])
  })

  it('shrinks a conflict to what differs, and joins near ones', () => {
    expect(regions([1], [5, 6, 7], [5, 8, 7])).toEqual([{ from: 'both', oursStart: 1, oursEnd: 2, theirsStart: 1, theirsEnd: 2 }])
    expect(regions([1], [5, 2, 3, 7], [6, 2, 3, 8])).toEqual([{ from: 'both', oursStart: 0, oursEnd: 4, theirsStart: 0, theirsEnd: 4 }])
    expect(regions([1], [5, 2, 3, 4, 11, 7], [6, 2, 3, 4, 11, 8])).toHaveLength(2)
  })

  it('has no region for equal changes', () => {
    expect(regions([1, 2], [1, 3], [1, 3])).toEqual([])
  })
})
