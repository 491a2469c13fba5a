import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstPlace, grownPlaces, isCrowded, placesFor } from '../../../src/history/verify/places.js'

const places = fc.integer({ min: 1, max: 1 << 26 })

describe('places', () => {
  it('begin inside the table, spread over all of it in the order of the sums', () => {
    fc.assert(fc.property(places, fc.integer({ min: 0, max: 0xfffffffe }), (count, lo) => {
      expect(firstPlace(0, count)).toBe(0)
      expect(firstPlace(0xffffffff, count)).toBe(count - 1)
      expect(firstPlace(lo, count)).toBeLessThan(count)
      expect(firstPlace(lo + 1, count)).toBeGreaterThanOrEqual(firstPlace(lo, count))
    }))
  })

  it('are enough for what they were made for, and for more when they have grown', () => {
    fc.assert(fc.property(places, (count) => {
      expect(isCrowded(count, placesFor(count))).toBe(false)
      expect(isCrowded(placesFor(count) + 1, placesFor(count))).toBe(true)
      expect(grownPlaces(count)).toBeGreaterThan(count)
    }))
  })
})
