import { describe, expect, it } from 'vitest'
import { powerOfTwoRoot } from '../../../src/history/content/power-of-two-root.js'

describe('powerOfTwoRoot', () => {
  it('is a power of two from the root to twice the root', () => {
    expect([0, 1, 4, 15, 16, 1000, 65536].map(powerOfTwoRoot)).toEqual([1, 2, 4, 4, 8, 32, 512])
  })
})
