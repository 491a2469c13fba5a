import { expect, it } from 'vitest'
import { shortIdDigits } from '../../src/trail/short-id.js'

it('takes as many digits as git would for so many objects', () => {
  expect([0, 1, 10_000, 16_384, 100_000, 1_000_000, 5_000_000].map(shortIdDigits)).toEqual([7, 7, 7, 8, 9, 10, 12])
})
