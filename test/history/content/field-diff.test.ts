import { describe, expect, it } from 'vitest'
import { diffFields } from '../../../src/history/content/field-diff.js'

describe('diffFields', () => {
  it('lists changed, added and removed fields by name', () => {
    expect(diffFields({ title: 'x', metadata: { a: { b: 1 }, z: 1 } }, { title: 'x', metadata: { a: { b: 2 }, c: [1] } })).toEqual([
      { field: 'metadata.a.b', before: 1, after: 2 },
      { field: 'metadata.c', before: undefined, after: [1] },
      { field: 'metadata.z', before: 1, after: undefined },
    ])
  })

  it('enters a map that one side lacks, but names an empty one', () => {
    expect(diffFields({}, { a: { b: 1 } })).toEqual([{ field: 'a.b', before: undefined, after: 1 }])
    expect(diffFields({}, { a: {} })).toEqual([{ field: 'a', before: undefined, after: {} }])
    expect(diffFields({ a: 1 }, { a: { b: 1 } })).toEqual([{ field: 'a', before: 1, after: { b: 1 } }])
  })

  it('finds nothing in equal records, whatever the order of keys', () => {
    expect(diffFields({ a: 1, b: Uint8Array.of(1) }, { b: Uint8Array.of(1), a: 1 })).toEqual([])
    expect(diffFields({ a: 0 }, { a: -0 })).toHaveLength(1)
  })
})
