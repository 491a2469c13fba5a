import { describe, expect, it } from 'vitest'
import { flag, integer, list, number, pairs, text } from '../../../src/cli/words/options.js'
import { BadValue, toValue } from '../../../src/cli/words/option-value.js'

describe('toValue', () => {
  it('makes the value of every kind', () => {
    expect(toValue(flag('x'), '', undefined)).toBe(true)
    expect(toValue(text('X', 'x'), '', undefined)).toBe('')
    expect(toValue(text('X', 'x', { bare: 'all' }), '', undefined)).toBe('all')
    expect(toValue(integer('N', 'x'), '12', 5)).toBe(12)
    expect(toValue(integer('N', 'x', { unit: 'bytes' }), '64K', undefined)).toBe(65_536)
    expect(toValue(number('N', 'x'), '0.5', undefined)).toBe(0.5)
    expect(toValue(list('X', 'x', { separator: ',' }), 'b,,c', ['a'])).toEqual(['a', 'b', 'c'])
    expect(toValue(pairs('K=V', 'x'), 'k=v=w', [['a', 'b']])).toEqual([['a', 'b'], ['k', 'v=w']])
  })

  it('says what a word has to be', () => {
    const refusal = (work: () => unknown): string => {
      try {
        work()
      } catch (error) {
        if (error instanceof BadValue) return error.message
        throw error
      }
      return 'taken'
    }
    expect(refusal(() => toValue(text('X', 'x', { choices: ['a', 'b'] }), 'c', undefined))).toBe('it must be one of a, b')
    expect(refusal(() => toValue(list('X', 'x', { choices: ['a'], separator: ',' }), 'a,c', undefined))).toBe('it must be one of a')
    expect(refusal(() => toValue(integer('N', 'x'), 'many', undefined))).toBe('it is not a number')
    expect(refusal(() => toValue(integer('N', 'x'), '1.5', undefined))).toBe('it is not a whole number')
    expect(refusal(() => toValue(integer('N', 'x', { min: 1 }), '0', undefined))).toBe('it must be at least 1')
    expect(refusal(() => toValue(pairs('K=V', 'x'), '=v', undefined))).toBe('it must be KEY=VALUE')
  })
})
