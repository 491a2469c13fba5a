import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SumMap } from '../../../src/history/verify/sum-map.js'

const word = fc.integer({ min: 0, max: 0xffffffff })
/** Few low bits and few high ones, so that places and halves are shared. */
const sum = fc.tuple(fc.oneof(word, fc.integer({ min: 0, max: 3 })), fc.oneof(word, fc.integer({ min: 1, max: 3 }))).filter(([lo, hi]) => lo !== 0 || hi !== 0)

describe('SumMap', () => {
  it('is a map, before and after it grows', () => {
    fc.assert(fc.property(fc.array(fc.tuple(sum, fc.integer({ min: 0, max: 0xfffffffe })), { maxLength: 5_000, size: 'max' }), (entries) => {
      const expected = new Map<string, number>()
      const map = new SumMap()
      for (const [[lo, hi], value] of entries) {
        expect(map.get(lo, hi)).toBe(expected.get(`${String(lo)} ${String(hi)}`) ?? -1)
        map.set(lo, hi, value)
        expected.set(`${String(lo)} ${String(hi)}`, value)
      }
      expect(map.size).toBe(expected.size)
      for (const [[lo, hi]] of entries) expect(map.get(lo, hi)).toBe(expected.get(`${String(lo)} ${String(hi)}`))
    }), { numRuns: 20 })
  })
})
