import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SeqSet } from '../../../src/history/graph/seq-set.js'

it('holds what a set of numbers holds, and lists it from the greatest down', () => {
  fc.assert(fc.property(fc.array(fc.nat(3_000_000)), fc.array(fc.nat(3_000_000)), (added, asked) => {
    const set = new SeqSet(added)
    const expected = new Set(added)
    expect(set.size).toBe(expected.size)
    for (const seq of [...added, ...asked]) expect(set.has(seq)).toBe(expected.has(seq))
    expect([...set.descending()]).toEqual([...expected].sort((left, right) => right - left))
  }))
})

it('tells whether a number is new, at the edges of words and pages too', () => {
  const set = new SeqSet()
  for (const seq of [0, 31, 32, 32_767, 32_768]) {
    expect(set.add(seq)).toBe(true)
    expect(set.add(seq)).toBe(false)
  }
  expect([...set.descending()]).toEqual([32_768, 32_767, 32, 31, 0])
})
