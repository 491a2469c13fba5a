import { describe, expect, it } from 'vitest'
import { formatFieldPath } from '../../../src/history/content/field-path.js'

describe('formatFieldPath', () => {
  it('joins keys by dots and quotes those that would be unclear', () => {
    expect(formatFieldPath(['metadata', 'a-b', 'ü'])).toBe('metadata.a-b.ü')
    expect(formatFieldPath(['a.b', '', 'c"d', 'e\n'])).toBe('"a.b"."".\"c\\\"d\".\"e\\n\"')
    expect(formatFieldPath([])).toBe('')
  })
})
