import { describe, expect, it } from 'vitest'
import { editDistance, suggest } from '../../../src/cli/words/suggest.js'

describe('suggest', () => {
  it.each([['', '', 0], ['abc', 'abc', 0], ['abc', 'acb', 1], ['abc', 'ab', 1], ['kitten', 'sitting', 3], ['', 'ab', 2], ['staus', 'status', 1]])('counts %s to %s as %i', (left, right, distance) => {
    expect(editDistance(left, right)).toBe(distance)
  })

  it('names the nearest first and nothing far away', () => {
    const names = ['status', 'stats', 'show', 'switch', 'branch', 'bisect', 'log']
    expect(suggest('staus', names)).toEqual(['stats', 'status'])
    expect(suggest('brnach', names)).toEqual(['branch'])
    expect(suggest('bis', names)).toEqual(['bisect'])
    expect(suggest('LOG', names)).toEqual(['log'])
    expect(suggest('frobnicate', names)).toEqual([])
  })
})
