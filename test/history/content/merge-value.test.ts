import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeValues } from '../../../src/history/content/merge-value.js'

describe('mergeValues', () => {
  it('takes each field from the side that changed it', () => {
    const merged = mergeValues({ base: { a: 1, b: { c: 1, d: 1 } }, ours: { a: 2, b: { c: 1, d: 1 } }, theirs: { a: 1, b: { c: 1, e: 1 } } })
    expect(merged).toEqual({ value: { a: 2, b: { c: 1, e: 1 } }, conflicts: [] })
  })

  it('names a field changed on both sides, and keeps ours in it', () => {
    const merged = mergeValues({ base: { m: { a: 1, 'x.y': 1 } }, ours: { m: { a: 2, 'x.y': 2 } }, theirs: { m: { a: 3 } } })
    expect(merged.value).toEqual({ m: { a: 2, 'x.y': 2 } })
    expect(merged.conflicts).toEqual([
      { field: 'm.a', base: 1, ours: 2, theirs: 3 },
      { field: 'm."x.y"', base: 1, ours: 2, theirs: undefined },
    ])
  })

  it('never merges a list item by item', () => {
    expect(mergeValues({ base: [1, 2], ours: [1, 2, 3], theirs: [0, 1, 2] }).conflicts).toHaveLength(1)
  })

  it('treats __proto__ as a key', () => {
    const withProto = JSON.parse('{"__proto__":{"a":1}}') as unknown
    const { value, conflicts } = mergeValues({ base: {}, ours: { b: 1 }, theirs: withProto })
    expect(conflicts).toEqual([])
    expect(Object.keys(value as object).sort()).toEqual(['__proto__', 'b'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  it('gives the changed side when only one changed, and one answer from both sides', () => {
    const value = fc.jsonValue({ maxDepth: 3 })
    fc.assert(fc.property(value, value, (base, changed) => {
      expect(mergeValues({ base, ours: base, theirs: changed })).toEqual({ value: changed, conflicts: [] })
      expect(mergeValues({ base, ours: changed, theirs: base })).toEqual({ value: changed, conflicts: [] })
      expect(mergeValues({ base, ours: changed, theirs: changed })).toEqual({ value: changed, conflicts: [] })
    }))
    const map = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ max: 2, min: 0 }))
    fc.assert(fc.property(map, map, map, (base, ours, theirs) => {
      const [left, right] = [mergeValues({ base, ours, theirs }), mergeValues({ base, ours: theirs, theirs: ours })]
      expect(left.conflicts.map(({ field }) => field)).toEqual(right.conflicts.map(({ field }) => field))
      if (left.conflicts.length === 0) expect(left.value).toEqual(right.value)
    }))
  })
})
