import { expect, it } from 'vitest'
import { amount, oneLine, plain, timeText } from '../../src/page/plain.js'

it('writes out what would turn the direction of writing, hide, or control', () => {
  expect(plain('a\u202eb\u0007c\u200f\ufeff\ud800')).toBe('a\\u{202e}b\\u{7}c\\u{200f}\\u{feff}\\u{d800}')
  expect(plain('två\n\tzeilen 日本 👩‍👩‍👧')).toBe('två\n\tzeilen 日本 👩‍👩‍👧')
})

it('puts a title on one line, and cuts it', () => {
  expect(oneLine('a\n  b')).toBe('a b')
  expect(oneLine('x'.repeat(300))).toHaveLength(201)
})

it('shows times that no calendar has as numbers', () => {
  expect(timeText(0)).toBe('1970-01-01 00:00:00Z')
  expect(timeText(9e15)).toBe('9000000000000000 ms')
})

it('groups digits', () => {
  expect([7, 1_234, 1_234_567].map(amount)).toEqual(['7', '1,234', '1,234,567'])
})
