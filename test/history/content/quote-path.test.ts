import { describe, expect, it } from 'vitest'
import { quotePath } from '../../../src/history/content/quote-path.js'

describe('quotePath', () => {
  it('leaves plain names alone and escapes the others as C does', () => {
    expect(quotePath('a/b c.txt')).toBe('a/b c.txt')
    expect(quotePath('a"b\\c\n\u0001ü')).toBe('"a\\"b\\\\c\\n\\001\\303\\274"')
  })
})
