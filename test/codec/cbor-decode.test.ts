import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../../src/base/bytes.js'
import { isAtomError } from '../../src/base/errors.js'
import { decode } from '../../src/codec/cbor-decode.js'
import { encode } from '../../src/codec/cbor.js'
import { aValue } from '../helpers/cbor-values.js'
import { codeOf } from '../helpers/objects.js'

const reasonOf = (hex: string): string => {
  try {
    decode(fromHex(hex))
  } catch (error) {
    if (isAtomError(error, 'CBOR_INVALID')) return `${String(error.data.offset)}: ${error.data.reason}`
    throw error
  }
  return 'accepted'
}

describe('decode', () => {
  it.each([
    ['', '0: the input ends where a value must begin'],
    ['0000', '1: 1 bytes after the end of the value'],
    ['1817', '0: an integer or length that is not in its shortest form'],
    ['1900ff', '0: an integer or length that is not in its shortest form'],
    ['1a0000ffff', '0: an integer or length that is not in its shortest form'],
    ['1b00000000ffffffff', '0: an integer or length that is not in its shortest form'],
    ['3817', '0: an integer or length that is not in its shortest form'],
    ['5801ff', '0: an integer or length that is not in its shortest form'],
    ['780161', '0: an integer or length that is not in its shortest form'],
    ['980101', '0: an integer or length that is not in its shortest form'],
    ['b801616101', '0: an integer or length that is not in its shortest form'],
    ['1c', '0: a reserved head'], ['3d', '0: a reserved head'], ['5e', '0: a reserved head'],
    ['1f', '0: an indefinite length'], ['5f4101ff', '0: an indefinite length'], ['7f6161ff', '0: an indefinite length'], ['9fff', '0: an indefinite length'], ['bfff', '0: an indefinite length'],
    ['ff', '0: a simple value other than false, true and null'],
    ['1b00', '0: the input ends inside a head'],
    ['4101', 'accepted'], ['420102', 'accepted'],
    ['4201', '0: a length of 2 where 1 bytes are left'],
    ['61ff', '1: a text that is not UTF-8'], ['63eda080', '1: a text that is not UTF-8'], ['62c080', '1: a text that is not UTF-8'], ['64f4908080', '1: a text that is not UTF-8'],
    ['a20101' + '0202', '1: a map key that is no text'], ['a1410101', '1: a map key that is no text'],
    ['a2616101616102', '4: map keys that are repeated or out of order'], ['a2616201616102', '4: map keys that are repeated or out of order'], ['a262616101616202', '5: map keys that are repeated or out of order'],
    ['a161', '1: a length of 1 where 0 bytes are left'], ['a1', '0: a length of 1 where 0 bytes are left'], ['a26161' + '01', '4: the input ends where a map key must begin'],
    ['c000', '0: a tag other than 42'], ['d9d9f700', '0: a tag other than 42'], ['c249010000000000000000', '0: a tag other than 42'],
    ['d82a', '2: a link that is not 37 bytes'], ['d82a4100', '2: a link that is not 37 bytes'], ['d82a6100', '2: a link that is not 37 bytes'],
    [`d82a582501${'0'.repeat(72)}`, '2: a link that is not a DASL CID'],
    [`d82a5825000170${'1220'}${'00'.repeat(32)}`, '2: a link that is not a DASL CID'],
    ['f7', '0: a simple value other than false, true and null'], ['e0', '0: a simple value other than false, true and null'], ['f820', '0: a simple value other than false, true and null'], ['f814', '0: a simple value other than false, true and null'],
    ['f93c00', '0: a float of fewer than 64 bits'], ['fa3f800000', '0: a float of fewer than 64 bits'],
    ['fb7ff8000000000000', '0: a float that is not finite'], ['fb7ff0000000000000', '0: a float that is not finite'], ['fbfff0000000000000', '0: a float that is not finite'],
    ['fb8000000000000000', '0: negative zero'], ['fb3ff0', '0: the input ends inside a float'],
  ])('judges %s: %s', (hex, expected) => {
    expect(reasonOf(hex)).toBe(expected)
  })

  it('does not take equal keys for ordered because of the values behind them', () => {
    expect(reasonOf('a2616101616102')).toContain('repeated')
    expect(reasonOf('a2616102616101')).toContain('repeated')
    expect(reasonOf('a26001' + '60' + '02')).toContain('repeated')
  })

  it('tells keys apart that are alike in length and in some of their bytes, in whatever order they were met', () => {
    const keys = ['abcde', 'axcye', 'abcye', 'axcde', 'é', '\u0128', '', '__proto__', 'toString', 'k'.repeat(24), 'k'.repeat(25)]
    for (const order of [keys, keys.toReversed(), keys]) for (const key of order) expect(Object.entries(decode(encode(new Map([[key, 1]]))) as object)).toEqual([[key, 1]])
  })

  it('keeps a byte order mark', () => {
    expect(decode(encode('\uFEFFa'))).toBe('\uFEFFa')
    expect(decode(encode({ '\uFEFF': 1 }))).toEqual({ '\uFEFF': 1 })
  })

  it('refuses every mutated byte or finds a value that is written just so', () => {
    fc.assert(fc.property(aValue, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, place, change) => {
      const bytes = encode(value)
      bytes[place % bytes.length] = (bytes[place % bytes.length] ?? 0) ^ change
      expectCanonicalOrRefused(bytes)
    }), { numRuns: 5_000 })
  })

  it('refuses every value that is cut off or has bytes added', () => {
    fc.assert(fc.property(aValue, fc.nat(), (value, place) => {
      const bytes = encode(value)
      expect(codeOf(() => decode(bytes.subarray(0, place % bytes.length)))).toBe('CBOR_INVALID')
      expect(codeOf(() => decode(Uint8Array.from([...bytes, place & 255])))).toBe('CBOR_INVALID')
    }), { numRuns: 500 })
  })

  it('throws nothing but its own error on any bytes, and accepts only what it would write', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => { expectCanonicalOrRefused(bytes) }), { numRuns: 20_000 })
    const heads = fc.constantFrom(0x00, 0x18, 0x1b, 0x3b, 0x41, 0x58, 0x60, 0x61, 0x80, 0x81, 0x82, 0xa0, 0xa1, 0xa2, 0xd8, 42, 0xf4, 0xf6, 0xfb, 0x62)
    fc.assert(fc.property(fc.array(heads, { maxLength: 24 }), (list) => { expectCanonicalOrRefused(Uint8Array.from(list)) }), { numRuns: 20_000 })
  })

  it('judges every sequence of two bytes as encode would write it', () => {
    let accepted = 0
    for (let first = 0; first < 256; first++) for (let second = 0; second < 256; second++) accepted += expectCanonicalOrRefused(Uint8Array.of(first, second)) ? 1 : 0
    // 24..255 twice, one byte, one ASCII character, a list of one of 24 + 24 small integers and 7 other one-byte values
    expect(accepted).toBe(232 * 2 + 256 + 128 + (48 + 7))
  })

  it.each([
    ['lists', '81', 200_000], ['maps', 'a160', 200_000], ['tags', 'c6', 200_000], ['links', 'd82a', 200_000],
  ])('refuses a bomb of nested %s without deep recursion', (_, head, count) => {
    expect(codeOf(() => decode(fromHex(head.repeat(count))))).toBe('CBOR_INVALID')
  })

  it('follows 128 levels and refuses 129', () => {
    expect(reasonOf(`${'81'.repeat(128)}00`)).toBe('accepted')
    expect(reasonOf(`${'81'.repeat(129)}00`)).toBe('129: nesting deeper than 128 levels')
    expect(reasonOf(`${'a160'.repeat(128)}00`)).toBe('accepted')
    expect(reasonOf(`${'a160'.repeat(129)}00`)).toContain('nesting deeper')
  })

  it.each(['9a3b9aca00', '9b00000002540be400', '9bffffffffffffffff', 'ba3b9aca00', 'bbffffffffffffffff', '5b7fffffffffffffff', '7affffffff', '5a7fffffff', '9b001fffffffffffff'])('refuses the huge length of %s at once', (head) => {
    const bytes = fromHex(head + '00'.repeat(1_000))
    const before = process.memoryUsage()
    const started = performance.now()
    for (let index = 0; index < 200; index++) expect(codeOf(() => decode(bytes))).toBe('CBOR_INVALID')
    const after = process.memoryUsage()
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(after.rss + after.arrayBuffers - before.rss - before.arrayBuffers).toBeLessThan(64 * 1_048_576)
  })

  it('reads the densest hostile objects of 1 MiB in bounded memory', () => {
    for (const item of ['80', 'a0', 'f6', '60', '40']) {
      const bytes = new Uint8Array(1_048_576).fill(Number.parseInt(item, 16))
      bytes.set(fromHex('9a000ffffb'))
      const before = process.memoryUsage().rss
      const value = decode(bytes) as unknown[]
      expect(value).toHaveLength(1_048_571)
      expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1_048_576)
    }
  })

  it('hands out plain Uint8Arrays that are views of the input, also of a Buffer', () => {
    const input = Buffer.from('820102', 'hex')
    expect(decode(input)).toEqual([1, 2])
    const bytes = decode(Buffer.from('43010203', 'hex')) as Uint8Array
    expect(bytes.constructor).toBe(Uint8Array)
    expect(toHex(bytes)).toBe('010203')
  })

  it('reads a view that begins in the middle of its buffer', () => {
    const whole = new Uint8Array(30)
    whole.set(fromHex('fb3ff8000000000000'), 7)
    expect(decode(whole.subarray(7, 16))).toBe(1.5)
  })

  it('takes nothing but a Uint8Array', () => {
    expect(() => decode('00' as unknown as Uint8Array)).toThrow(TypeError)
  })
})

/** Returns whether the bytes were accepted. */
function expectCanonicalOrRefused(bytes: Uint8Array): boolean {
  let value
  try {
    value = decode(bytes)
  } catch (error) {
    if (!isAtomError(error, 'CBOR_INVALID')) throw error
    return false
  }
  expect(toHex(encode(value))).toBe(toHex(bytes))
  return true
}
