import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toJsonLine } from '../../../src/cli/terminal/json.js'

describe('toJsonLine', () => {
  it('prints bytes as hex, also those of a Buffer', () => {
    expect(toJsonLine({ a: Uint8Array.of(1, 255), b: Buffer.from('hi') })).toBe('{"a":"01ff","b":"6869"}')
  })

  it('prints integers exactly', () => {
    expect(toJsonLine([1n, 2n ** 53n - 1n, 2n ** 64n - 1n, -(2n ** 64n)])).toBe('[1,9007199254740991,"18446744073709551615","-18446744073709551616"]')
  })

  it('prints what is absent as null and maps as objects', () => {
    const map = new Map<string, unknown>([['__proto__', 1], ['b', Uint8Array.of(2)]])
    expect(toJsonLine({ a: undefined, map, set: new Set([1]) })).toBe('{"a":null,"map":{"__proto__":1,"b":"02"},"set":[1]}')
    expect(toJsonLine(undefined)).toBe('null')
  })

  it('keeps control characters, overrides and lone surrogates off the terminal', () => {
    expect(toJsonLine('\u001b\u009b\u007f\u202e\u2028\ud800\u{e0041}')).toBe('"\\u001b\\u009b\\u007f\\u202e\\u2028\\ud800\\udb40\\udc41"')
  })

  it('is JSON of the same value, on one line', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      const line = toJsonLine(value)
      expect(line).not.toContain('\n')
      expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(value)))
    }))
  })
})
