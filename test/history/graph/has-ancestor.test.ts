import { describe, expect, it } from 'vitest'
import { aHistory } from '../../helpers/small-history.js'
import { hasAncestor } from '../../../src/history/graph/has-ancestor.js'
import { isAncestor } from '../../../src/history/graph/reachable.js'

describe('hasAncestor', () => {
  it('agrees with a walk over every pair', async () => {
    const { index } = await aHistory()
    for (let tip = 0; tip < 6; tip++) for (let wanted = 0; wanted < 6; wanted++) expect([wanted, tip, hasAncestor(index, wanted, [tip])]).toEqual([wanted, tip, isAncestor(index, wanted, tip)])
    expect(hasAncestor(index, 4, [3, 4])).toBe(true)
    expect(hasAncestor(index, 0, [])).toBe(false)
  })
})
