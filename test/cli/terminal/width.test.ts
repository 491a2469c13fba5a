import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnsOf, cutText, padText } from '../../../src/cli/terminal/width.js'

describe('width', () => {
  it.each([
    ['', 0], ['abc', 3], ['é', 1], ['e\u0301', 1], ['日本', 4], ['한국', 4], ['👍', 2], ['👍🏽', 2], ['👩‍👩‍👧‍👦', 2], ['🇨🇭', 2], ['❤️', 2], ['a\u200bb', 2], ['ｱ', 1], ['＃', 2], ['…', 1], ['ไทย', 3],
  ])('counts the columns of %j as %i', (text, columns) => {
    expect(columnsOf(text)).toBe(columns)
  })

  it('cuts with an ellipsis and never splits a character', () => {
    expect(cutText('abcdef', 6)).toBe('abcdef')
    expect(cutText('abcdef', 5)).toBe('abcd…')
    expect(cutText('日本語', 6)).toBe('日本語')
    expect(cutText('日本語', 5)).toBe('日本…')
    expect(cutText('日本語', 4)).toBe('日…')
    expect(cutText('👩‍👩‍👧‍👦 family', 4)).toBe('👩‍👩‍👧‍👦 …')
    expect(cutText('abc', 0)).toBe('')
    expect(cutText('日本', 1)).toBe('…')
  })

  it('never takes more columns than asked for', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 30 }), (text, columns) => columnsOf(cutText(text, columns)) <= columns))
  })

  it('pads by columns', () => {
    expect(padText('日', 4)).toBe('日  ')
    expect(padText('long', 2)).toBe('long')
  })
})
