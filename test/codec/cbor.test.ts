import * as dagCbor from '@ipld/dag-cbor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex, utf8 } from '../../src/base/bytes.js'
import { decode } from '../../src/codec/cbor-decode.js'
import { compareKeys, encode, encodeOrdered, Float, linkTag, wideInteger } from '../../src/codec/cbor.js'
import { Cid } from '../../src/codec/cid.js'
import { aCommonValue, asDecoded, aText, aValue } from '../helpers/cbor-values.js'
import { aCid, codeOf, isSameValue } from '../helpers/objects.js'

const hex = (value: unknown): string => toHex(encode(value))

describe('encode', () => {
  it('writes what @ipld/dag-cbor writes, byte for byte', () => {
    fc.assert(fc.property(aCommonValue, (value) => { expect(hex(value)).toBe(toHex(dagCbor.encode(value))) }), { numRuns: 2_000 })
  })

  it('gives back every value, in the smallest type that holds it', () => {
    fc.assert(fc.property(aValue, (value) => { expect(isSameValue(decode(encode(value)), asDecoded(value))).toBe(true) }), { numRuns: 2_000 })
  })

  it('gives one encoding to one value, whatever the order of its keys', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.tuple(aText, aValue), { selector: ([key]) => key, maxLength: 30 }), (entries) => {
      const plain = encode(new Map(entries))
      expect(toHex(encode(new Map([...entries].reverse())))).toBe(toHex(plain))
      expect(toHex(encode(decode(plain)))).toBe(toHex(plain))
    }), { numRuns: 300 })
  })

  it('sorts keys by length first, then by their UTF-8 bytes, which is not their UTF-16 order', () => {
    expect(hex({ b: 1, aa: 2, a: 3, '': 4 })).toBe('a46004616103616201626161' + '02')
    const [emoji, replacement] = ['\u{1F600}aa', '\uFFFD\uFFFD']
    expect(emoji < replacement).toBe(true)
    expect(compareKeys(emoji, replacement)).toBeGreaterThan(0)
    expect(Object.keys(decode(encode({ [emoji]: 1, [replacement]: 2 })) as object)).toEqual([replacement, emoji])
  })

  it.each([
    [0, '00'], [23, '17'], [24, '1818'], [255, '18ff'], [256, '190100'], [65_535, '19ffff'], [65_536, '1a00010000'], [2 ** 32 - 1, '1affffffff'],
    [2 ** 32, '1b0000000100000000'], [2 ** 53 - 1, '1b001fffffffffffff'], [-1, '20'], [-24, '37'], [-25, '3818'], [-256, '38ff'], [-257, '390100'],
    [-(2 ** 31), '3a7fffffff'], [-(2 ** 31) - 1, '3a80000000'], [-(2 ** 32), '3affffffff'], [-(2 ** 32) - 1, '3b0000000100000000'], [-(2 ** 53) + 1, '3b001ffffffffffffe'],
    [2n ** 53n, '1b0020000000000000'], [2n ** 64n - 1n, '1bffffffffffffffff'], [-(2n ** 64n), '3bffffffffffffffff'], [-(2n ** 64n) + 1n, '3bfffffffffffffffe'],
    [5n, '05'], [-5n, '24'], [2n ** 32n, '1b0000000100000000'], [-(2n ** 32n), '3affffffff'],
  ])('writes the integer %s in its shortest form', (value, expected) => {
    expect(hex(value)).toBe(expected)
  })

  it('keeps an integral float a float, and makes one of a number beyond the safe integers', () => {
    expect(hex(new Float(1))).toBe('fb3ff0000000000000')
    expect(hex(new Float(0))).toBe('fb0000000000000000')
    expect(hex(1)).toBe('01')
    expect(hex(1.5)).toBe('fb3ff8000000000000')
    expect(hex(new Float(1.5))).toBe('fb3ff8000000000000')
    expect(hex(2 ** 53)).toBe('fb4340000000000000')
    expect(decode(encode(1e300))).toEqual(new Float(1e300))
  })

  it('puts the right head on each of several floats, −2^64 and wide integers in one value', () => {
    const value = { a: [new Float(1), 2n ** 60n, -(2n ** 64n)], bb: new Float(-3), ccc: [-(2n ** 60n), { d: new Float(2), e: -(2n ** 64n), f: 2n ** 64n - 1n }] }
    expect(isSameValue(decode(encode(value)), value)).toBe(true)
    expect(hex(value)).toBe('a3616183' + 'fb3ff0000000000000' + '1b1000000000000000' + '3bffffffffffffffff' + '626262' + 'fbc008000000000000'
      + '63636363' + '82' + '3b0fffffffffffffff' + 'a3' + '6164fb4000000000000000' + '6165' + '3bffffffffffffffff' + '6166' + '1bffffffffffffffff')
  })

  it('does not mistake bytes or text that look like wide integers for them', () => {
    const value = { a: Uint8Array.from([0x1b, 0xff, 0xff]), b: utf8('\u001b').length, c: '\u001b\u001b\u001b;;', d: new Float(7), e: new Uint8Array(300).fill(0x1b), f: new Float(9) }
    expect(isSameValue(decode(encode(value)), value)).toBe(true)
  })

  it('takes `__proto__`, `constructor` and integer-like keys as keys like others', () => {
    const value = JSON.parse('{"__proto__":{"a":1},"constructor":2,"10":3,"2":4}') as object
    const back = decode(encode(value)) as Record<string, unknown>
    expect(hex(value)).toBe('a4' + '613204' + '62313003' + '695f5f70726f746f5f5f' + 'a1616101' + '6b636f6e7374727563746f7202')
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype)
    expect(Object.getOwnPropertyDescriptor(back, '__proto__')?.value).toEqual({ a: 1 })
  })

  it.each([
    ['NaN', Number.NaN], ['infinity', Number.POSITIVE_INFINITY], ['negative zero', -0], ['undefined', undefined], ['undefined in a map', { a: undefined }],
    ['a hole in a list', [1, , 3]], ['a function', () => 1], ['a symbol', Symbol('x')], ['a date', new Date(0)], ['a set', new Set([1])], ['a typed array', new Uint16Array(2)],
    ['an error', new Error('x')], ['a boxed number', Object(1) as unknown], ['a lone surrogate', '\uD800'], ['a lone surrogate as key', { '\uDC00': 1 }],
    ['a symbol key', { [Symbol('x')]: 1 }], ['a map with a number for key', new Map([[1, 2]])], ['2^64', 2n ** 64n], ['−2^64 − 1', -(2n ** 64n) - 1n],
    ['an instance without constructor', Object.create(Object.create(Object.prototype, { constructor: { value: undefined } })) as unknown],
    ['a link of another codec', new Cid(0x70, 0x12, new Uint8Array(32))], ['a link of another hash', new Cid(0x71, 0x13, new Uint8Array(64))], ['a link with a short digest', new Cid(0x71, 0x12, new Uint8Array(20))],
  ])('refuses %s', (_, value) => {
    expect(codeOf(() => encode(value))).toBe('OBJECT_INVALID')
    expect(codeOf(() => encode([{ a: value }]))).toBe('OBJECT_INVALID')
  })

  it('refuses a cycle and what is nested too deep, and takes what is just not', () => {
    const cycle: unknown[] = []
    cycle.push(cycle)
    expect(codeOf(() => encode(cycle))).toBe('OBJECT_INVALID')
    for (const leaf of [1, 'a', new Uint8Array(3), aCid('a'), new Float(1)]) {
      expect(isSameValue(decode(encode(lists(128, leaf))), lists(128, leaf))).toBe(true)
      expect(codeOf(() => encode(lists(129, leaf)))).toBe('OBJECT_INVALID')
    }
    for (const leaf of [[], {}, new Map()]) {
      expect(codeOf(() => encode(lists(128, leaf)))).toBe('OBJECT_INVALID')
      expect(codeOf(() => decode(encode(lists(127, leaf))))).toBe('nothing')
    }
  })

  it('takes the links of another library', () => {
    const bytes = encode({ link: aCid('a') })
    const theirs = dagCbor.decode<object>(bytes)
    expect(toHex(encode(theirs))).toBe(toHex(bytes))
    expect(toHex(dagCbor.encode(theirs))).toBe(toHex(bytes))
  })

  it('takes a map of bytes under the names that links of other libraries have for a map', () => {
    const bytes = Uint8Array.from([1, 2, 3])
    const value = { '/': bytes, bytes, asCID: 1 }
    expect(isSameValue(decode(encode(value)), value)).toBe(true)
  })

  it('returns plain bytes of their own, which a later call leaves as they are', () => {
    const first = encode('first')
    const kept = toHex(first)
    for (let index = 0; index < 2_000; index++) encode({ text: 'x'.repeat(index) })
    expect(toHex(first)).toBe(kept)
    expect(first.constructor).toBe(Uint8Array)
    expect(first.buffer.byteLength).toBe(first.length)
  })

  it('works on after an encoding that failed in the middle', () => {
    expect(codeOf(() => encode({ a: 'x'.repeat(100), b: Number.NaN }))).toBe('OBJECT_INVALID')
    expect(hex([1])).toBe('8101')
  })

  it('writes large values whole: long texts, many keys, many items', () => {
    const many = new Map(Array.from({ length: 70_000 }, (_, index) => [`k${String(index)}`, index] as const))
    for (const value of [many, 'é'.repeat(600_000), new Uint8Array(900_000).fill(3), Array.from({ length: 70_000 }, (_, index) => index)]) {
      expect(toHex(encode(value))).toBe(toHex(dagCbor.encode(value instanceof Map ? Object.fromEntries(value) : value)))
    }
  })
})

describe('Float', () => {
  it('refuses what has no form, and counts as its number', () => {
    for (const value of [Number.NaN, Number.NEGATIVE_INFINITY, -0]) expect(codeOf(() => new Float(value))).toBe('OBJECT_INVALID')
    expect(Number(new Float(2))).toBe(2)
    expect(JSON.stringify([new Float(2), new Float(0.5)])).toBe('[2,0.5]')
  })
})

describe('encodeOrdered', () => {
  it('writes links and wide integers as encode does', () => {
    const link = aCid('a')
    for (const time of [0, -1, 2 ** 32 - 1, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1, 1_732_703_253_000]) {
      expect(toHex(encodeOrdered({ a: linkTag(link.linkBytes()), b: wideInteger(time) }))).toBe(hex({ a: link, b: time }))
    }
  })
})

function lists(depth: number, leaf: unknown): unknown {
  let value = leaf
  for (let index = 0; index < depth; index++) value = [value]
  return value
}
