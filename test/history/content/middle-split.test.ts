import { describe, expect, it } from 'vitest'
import { middleSplit } from '../../../src/history/content/middle-split.js'

describe('middleSplit', () => {
  it('cuts a box into two that do not overlap, smaller than itself', () => {
    const left = Int32Array.of(1, 2, 3, 4, 5)
    const right = Int32Array.of(2, 9, 4, 1)
    const frontiers = { forward: new Int32Array(12), backward: new Int32Array(12), zero: 5, costLimit: 256 }
    const [last, first] = middleSplit({ x0: 0, x1: 5, y0: 0, y1: 4, search: 'bounded' }, { left, right, frontiers })
    expect([first.x0, first.y0, last.x1, last.y1]).toEqual([0, 0, 5, 4])
    expect([first.x1, first.y1]).toEqual([last.x0, last.y0])
    expect(first.x1 + first.y1).toBeGreaterThan(0)
    expect(last.x0 + last.y0).toBeLessThan(9)
  })

  it('gives up at the cost limit with a cut all the same', () => {
    const left = Int32Array.from({ length: 50 }, (_, index) => index)
    const right = Int32Array.from({ length: 50 }, (_, index) => 100 + index)
    const frontiers = { forward: new Int32Array(103), backward: new Int32Array(103), zero: 51, costLimit: 4 }
    const [last, first] = middleSplit({ x0: 0, x1: 50, y0: 0, y1: 50, search: 'bounded' }, { left, right, frontiers })
    expect([first.x1, first.y1]).toEqual([last.x0, last.y0])
    expect(new Set([first.search, last.search])).toEqual(new Set(['exact', 'bounded']))
  })
})
