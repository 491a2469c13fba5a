import fc from 'fast-check'
import { expect, it } from 'vitest'
import { escapeLine, unescapeLine } from '../../../../src/ops/transfer/kenl/kenl-form.js'

it('any text is one line, and comes back', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('\\', 'n', 'r', '\n', '\r', '|', 'ü', ' ') }), (text) => {
    expect(escapeLine(text)).not.toMatch(/[\n\r]/)
    expect(unescapeLine(escapeLine(text))).toBe(text)
  }))
})
