import { expect, test } from 'vitest'
import { createBoundedCache } from '../../src/base/bounded-cache.js'

test('makes a value once while it is remembered, keeps what is used, and never holds more than its limit', () => {
  const cache = createBoundedCache<number, number>({ limit: 10 })
  const made: number[] = []
  const get = (key: number): number => cache.get(key, () => (made.push(key), key * 2))
  for (let key = 0; key < 100; key++) {
    expect(get(key)).toBe(key * 2)
    expect(get(0)).toBe(0)
  }
  expect(made.filter((key) => key === 0)).toEqual([0])
  const held = Array.from({ length: 100 }, (_, key) => cache.peek(key)).filter((value) => value !== undefined)
  expect(held.length).toBeLessThanOrEqual(11)
})

test('weighs values, also those whose weight is told later', () => {
  const cache = createBoundedCache<number, string>({ limit: 10, weigh: (text) => text.length })
  cache.set(1, 'aaaaa')
  cache.set(2, 'b')
  cache.charge(9)
  cache.set(3, 'c')
  expect([1, 2, 3].map((key) => cache.peek(key))).toEqual([undefined, 'b', 'c'])
})
