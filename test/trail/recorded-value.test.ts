import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode } from '../../src/codec/cbor-decode.js'
import { encode, Float } from '../../src/codec/cbor.js'
import { cidText } from '../../src/codec/object-id.js'
import { toJsonValue } from '../../src/trail/atom-json.js'
import { toRecorded, toRecordedFields } from '../../src/trail/recorded-value.js'
import { aCid, anId, codeOf } from '../helpers/objects.js'

const roundTrip = (value: unknown): unknown => toJsonValue(decode(encode(toRecorded(value))))

describe('a value to be recorded', () => {
  it('comes back as the same JSON', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      expect(JSON.stringify(sorted(roundTrip(value)))).toBe(JSON.stringify(sorted(value)))
    }))
  })

  it('may be bytes or a link, which are printed so that they can be given again', () => {
    const link = cidText(anId('x'))
    for (const value of [{ $bytes: '00ff' }, { $bytes: '' }, { $link: link }, { a: [{ $link: link }] }]) expect(roundTrip(value)).toEqual(value)
    expect(toRecorded({ $bytes: '00ff' })).toEqual(Uint8Array.of(0, 255))
    expect(toRecorded({ $link: link })).toEqual(aCid('x'))
    expect(toRecorded(aCid('x'))).toEqual(aCid('x'))
  })

  it('is only a map when its $link or $bytes is none', () => {
    for (const value of [{ $link: 'https://example.org' }, { $link: `b${'a'.repeat(58)}` }, { $bytes: 'xyz' }, { $bytes: 'ABC' }, { $bytes: 7 }, { $bytes: '00', more: 1 }]) expect(roundTrip(value)).toEqual(value)
  })

  it('as fields stays a map whatever its only key is', () => {
    expect(toRecordedFields({ $bytes: '00' })).toEqual({ $bytes: '00' })
    expect(toRecordedFields({ a: { $bytes: '00' }, gone: undefined })).toEqual({ a: Uint8Array.of(0) })
  })

  it('keeps __proto__ as a key', () => {
    const value = JSON.parse('{"__proto__":{"polluted":true},"a":1}') as object
    expect(JSON.stringify(roundTrip(value))).toBe('{"a":1,"__proto__":{"polluted":true}}')
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('has one zero, floats beyond 2^53, and integers as bigint', () => {
    expect(Object.is(toRecorded(-0), 0)).toBe(true)
    expect(roundTrip(2 ** 60)).toBe(2 ** 60)
    expect(decode(encode(toRecorded(2 ** 60)))).toEqual(new Float(2 ** 60))
    expect(roundTrip(2n ** 63n)).toBe('9223372036854775808')
  })

  it('is refused when JSON cannot hold it', () => {
    const deep = JSON.parse('['.repeat(200) + ']'.repeat(200)) as unknown
    for (const bad of [undefined, NaN, Infinity, () => 1, Symbol('s'), new Date(0), new Map([['a', 1]]), new Set([1]), /x/, '\ud800', { '\udfff': 1 }, deep, [undefined], new (class Thing { a = 1 })()]) {
      expect(codeOf(() => toRecorded(bad)), String(bad).slice(0, 40)).toBe('INPUT_INVALID')
    }
    expect(toRecorded(Object.assign(Object.create(null) as object, { a: 1 }))).toEqual({ a: 1 })
  })
})

/** Key order is the recorded one, not the one that was given. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value
  return Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)).map(([key, item]) => [key, sorted(item)])
}
