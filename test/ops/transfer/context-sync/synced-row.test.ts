import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { utf8 } from '../../../../src/base/bytes.js'
import { cellsDigest, derivedRowId, encodeCells, getCells, type Cells, type CellValue } from '../../../../src/ops/transfer/context-sync/synced-row.js'

const aCell: fc.Arbitrary<CellValue> = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.double({ noNaN: true }).filter((value) => !Object.is(value, -0)), fc.string({ unit: 'binary' }), fc.uint8Array(), fc.uint8Array().map((text) => ({ text })),
)

describe('the JSON form of a row', () => {
  it('comes back as it was, whatever the cells and columns are', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), aCell)), (pairs) => {
      const cells: Cells = new Map(pairs)
      const back = getCells(encodeCells(cells))
      expect(new Map([...back ?? []])).toEqual(cells)
      expect(cellsDigest(back ?? new Map())).toBe(cellsDigest(cells))
    }))
  })

  it('is one whatever the order of the columns, and names what JSON has no value for', () => {
    const cells: Cells = new Map<string, CellValue>([['b', 2n ** 60n], ['a', 'é'], ['d', 1], ['c', Uint8Array.of(1)], ['__proto__', 'x']])
    expect(new TextDecoder().decode(encodeCells(cells))).toBe('{"__proto__":"x","a":"é","b":{"integer":"1152921504606846976"},"c":{"blob":"AQ=="},"d":{"real":"1"}}')
    expect(cellsDigest(new Map([...cells].reverse()))).toBe(cellsDigest(cells))
  })

  it('is refused where it is another one', () => {
    for (const text of ['', '[1', '{"a":null}', '{"a":true}', '{"a":{"integer":"x"}}', '{"a":{"blob":"?"}}', '{"a":{"other":"1"}}', '{"a":{}}']) expect(getCells(utf8(text))).toBeUndefined()
  })
})

it('a derived id is a UUID of version 8, and depends on every word', () => {
  const id = derivedRowId('notes', 'a', 'b')
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(new Set([id, derivedRowId('notes', 'ab'), derivedRowId('notes', 'a', 'c'), derivedRowId('goals', 'a', 'b')]).size).toBe(4)
})
