import fc from 'fast-check'
import { Float, type CborValue } from '../../src/codec/cbor.js'
import type { Cid } from '../../src/codec/cid.js'
import { aBlake3Cid, aCid } from './objects.js'

const KEYS = ['__proto__', 'constructor', 'hasOwnProperty', 'toJSON', '0', '1', '10', '4294967294', '-1', 'a', 'b', 'aa', 'é', '\u{1F600}aa', '\uFFFD\uFFFD', '']

export const aKey: fc.Arbitrary<string> = fc.oneof(fc.constantFrom(...KEYS), fc.string({ unit: 'binary', maxLength: 6 }))

/** Texts of every length around the places where the head grows. */
export const aText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.tuple(fc.constantFrom('a', 'é', '€', '\u{1F600}'), fc.constantFrom(0, 5, 6, 7, 8, 11, 12, 15, 16, 23, 24, 31, 32, 47, 48, 49, 63, 64, 85, 86, 127, 128, 255, 256, 700, 21_846, 65_535, 65_536))
    .map(([unit, count]) => unit.repeat(count)),
)

const anInteger: fc.Arbitrary<number> = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, -1, -24, -25, -256, -257, -65_536, -65_537, -(2 ** 31), -(2 ** 31) - 1, -(2 ** 32), -(2 ** 32) - 1, -(2 ** 53) + 1),
)
const aWideInteger: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }),
  fc.constantFrom(2n ** 64n - 1n, -(2n ** 64n), -(2n ** 64n) + 1n, 2n ** 63n, -(2n ** 63n), 2n ** 53n, -(2n ** 53n), 1n, -1n),
)
const aFraction: fc.Arbitrary<number> = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value))
const anIntegralFloat: fc.Arbitrary<Float> = fc.oneof(fc.constantFrom(0, 1, -1, 255, 2 ** 53, 1e300), fc.maxSafeInteger()).map((value) => new Float(value))
const bytes: fc.Arbitrary<Uint8Array> = fc.oneof(fc.uint8Array({ maxLength: 70 }), fc.constantFrom(23, 24, 255, 256, 65_536).map((size) => new Uint8Array(size)))
const aLink: fc.Arbitrary<Cid> = fc.constantFrom(aCid('a'), aCid('b', 'raw'), aBlake3Cid())

function nested(leaf: fc.Arbitrary<CborValue>): fc.Arbitrary<CborValue> {
  return fc.letrec<{ value: CborValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 6 }),
      fc.uniqueArray(fc.tuple(aKey, tie('value')), { maxLength: 8, selector: ([key]) => key }).map(plainMap),
    ),
  })).value
}

/** Returns an object with own keys only, `__proto__` among them. */
export function plainMap(entries: readonly (readonly [string, CborValue])[]): { readonly [key: string]: CborValue } {
  const map = {}
  for (const [key, value] of entries) Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
  return map
}

/** What both our codec and @ipld/dag-cbor can say: no floats that are integral. */
export const aCommonValue: fc.Arbitrary<CborValue> = nested(fc.oneof(
  fc.constantFrom(null, true, false), anInteger, aWideInteger, aFraction, aText, bytes,
))

/** Everything that has an encoding. */
export const aValue: fc.Arbitrary<CborValue> = nested(fc.oneof(
  fc.constantFrom(null, true, false), anInteger, aWideInteger, aFraction, anIntegralFloat, aText, bytes, aLink,
))

/** Returns the value as decoding gives it: the smallest type that holds it. */
export function asDecoded(value: CborValue): CborValue {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value) ? new Float(value) : value
  if (value instanceof Float) return Number.isInteger(value.value) ? value : value.value
  if (Array.isArray(value)) return (value as readonly CborValue[]).map(asDecoded)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return plainMap(Object.entries(value).map(([key, item]: [string, CborValue]) => [key, asDecoded(item)]))
}
