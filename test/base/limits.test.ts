import { describe, expect, it } from 'vitest'
import { BODY_VALUE_INLINE_MAX_BYTES, CHUNK_BYTES, NAME_MAX_BYTES, OBJECT_MAX_BYTES, TIME_MAX_MS, TIME_MIN_MS, TREE_MAX_BYTES, TREE_MAX_ENTRIES } from '../../src/base/limits.js'

describe('limits', () => {
  it('let a chunk, and a tree that need not be split, be one object', () => {
    expect(CHUNK_BYTES).toBeLessThanOrEqual(OBJECT_MAX_BYTES)
    const headBytes = 32
    expect(TREE_MAX_BYTES + 3 * TREE_MAX_ENTRIES + headBytes).toBeLessThan(OBJECT_MAX_BYTES)
    expect(BODY_VALUE_INLINE_MAX_BYTES + NAME_MAX_BYTES).toBeLessThan(OBJECT_MAX_BYTES)
  })
  it('let every time have an RFC 3339 text of four-digit years', () => {
    expect(new Date(TIME_MIN_MS).toISOString()).toBe('0000-01-01T00:00:00.000Z')
    expect(new Date(TIME_MAX_MS).toISOString()).toBe('9999-12-31T23:59:59.999Z')
  })
})
