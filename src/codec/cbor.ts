/**
 * Deterministic CBOR in the DAG-CBOR / DRISL profile: the only door of cbor-x.
 *
 * Guarantees: one value has one encoding; `decode(encode(v))` is `v`; whatever `decode` accepts, `encode` writes again byte for byte.
 * Refuses: what the profile has no room for, with `CBOR_INVALID` (bytes) or `OBJECT_INVALID` (values).
 */
import { Encoder, Tag } from 'cbor-x'
import { AtomError } from '../base/errors.js'
import { allocate, compareText, isWellFormed, utf8Length } from '../base/bytes.js'
import { CBOR_MAX_DEPTH } from '../base/limits.js'
import { Cid } from './cid.js'

/** A number that stays a 64-bit float although its value is integral: `1.0` is not `1`. */
export class Float {
  readonly value: number
  constructor(value: number) {
    if (!Number.isFinite(value) || Object.is(value, -0)) throw new AtomError('OBJECT_INVALID', `${String(value)} has no CBOR form here`, { data: { reason: 'float' } })
    this.value = value
  }

  valueOf(): number {
    return this.value
  }

  toJSON(): number {
    return this.value
  }
}

/** Everything that has an encoding. Maps come back as plain objects; `Map` with text keys is taken too. */
export type CborValue =
  | null | boolean | number | bigint | string | Uint8Array | Float | Cid
  | readonly CborValue[] | { readonly [key: string]: CborValue } | ReadonlyMap<string, CborValue>

const INTEGER_MAX = 2n ** 64n - 1n
const INTEGER_MIN = -(2n ** 64n)
const OPTIONS = { useRecords: false, variableMapSize: true, tagUint8Array: false, useTag259ForMaps: false, mapsAsObjects: false }
/** What cbor-x does and its types do not say: with this option the next call writes over the same buffer instead of behind it. */
interface ReusingEncoder { encode(value: unknown, options: number): Uint8Array }
const RESET_BUFFER = 1024
/** Made when something is first encoded: who only reads does without. */
let encoder: ReusingEncoder | undefined

/**
 * Returns the canonical bytes of a value. Integral numbers become integers, others 64-bit floats; numbers beyond ±(2^53 − 1)
 * become floats unless given as `bigint`. Throws `OBJECT_INVALID` for NaN, infinities, -0, undefined, class instances, lone surrogates, cycles.
 */
export function encode(value: unknown): Uint8Array {
  const patches: Patches = { wide: 0, at: [] }
  const bytes = encodeOrdered(prepare(value, 0, patches), patches)
  // Whoever gets these may use their buffer.
  return bytes.buffer.byteLength === bytes.length ? bytes : bytes.slice()
}

/**
 * Encodes a value that is already in canonical key order and made of what cbor-x writes canonically: the fast path of the
 * object floor, whose tests compare it with `encode`.
 */
export function encodeOrdered(prepared: unknown, patches?: Patches): Uint8Array {
  // @NOTE the next call writes over this buffer: copy.
  encoder ??= new Encoder(OPTIONS) as unknown as ReusingEncoder
  const written = encoder.encode(prepared, RESET_BUFFER)
  const bytes = allocate(written.length)
  bytes.set(written)
  if (patches !== undefined && patches.at.length > 0) patchWide(bytes, patches)
  return bytes
}

/** Returns a link as `encodeOrdered` takes it. `bytes` = 0x00 and the 36 bytes of the CID. */
export function linkTag(bytes: Uint8Array): Tag {
  return new Tag(bytes, 42)
}

/** Returns an integer as `encodeOrdered` takes it: cbor-x would make floats of those beyond 32 bits. */
export function wideInteger(value: number): number | bigint {
  return value > 0xffffffff || value < -0x100000000 ? BigInt(value) : value
}

/**
 * Which of the 9-byte integers in the output stand for something that cbor-x cannot write: an integral float (its bits ride in an
 * unsigned integer) or −2^64 (rides as 2^64 − 1). Their head byte is put right afterwards.
 */
export interface Patches { wide: number; readonly at: { index: number; head: number }[] }

/** Returns a value as `encodeOrdered` takes it, keys sorted, everything checked. */
export function prepare(value: unknown, depth: number, patches: Patches): unknown {
  switch (typeof value) {
    case 'string':
      if (!isWellFormed(value)) throw refuse('a text with a lone surrogate')
      return value
    case 'boolean':
      return value
    case 'number':
      return prepareNumber(value, patches)
    case 'bigint':
      return prepareBigInt(value, patches)
    case 'object':
      return value === null ? null : prepareObject(value, depth, patches)
    default:
      throw refuse(`a ${typeof value}`)
  }
}

function prepareNumber(value: number, patches: Patches): unknown {
  if (!Number.isFinite(value)) throw refuse(String(value))
  if (Object.is(value, -0)) throw refuse('negative zero')
  if (!Number.isInteger(value)) return value
  if (!Number.isSafeInteger(value)) return prepareFloat(value, patches)
  const wide = wideInteger(value)
  if (typeof wide === 'bigint') patches.wide++
  return wide
}

function prepareBigInt(value: bigint, patches: Patches): unknown {
  if (value > INTEGER_MAX || value < INTEGER_MIN) throw refuse(`the integer ${value.toString()}, which is beyond 64 bits`)
  if (value >= -0x100000000n && value <= 0xffffffffn) return Number(value)
  if (value === INTEGER_MIN) {
    patches.at.push({ index: patches.wide++, head: 0x3b })
    return INTEGER_MAX
  }
  patches.wide++
  return value
}

function prepareFloat(value: number, patches: Patches): unknown {
  patches.at.push({ index: patches.wide++, head: 0xfb })
  floatBits.setFloat64(0, value)
  return floatBits.getBigUint64(0)
}
const floatBits = new DataView(new ArrayBuffer(8))

function prepareObject(value: object, depth: number, patches: Patches): unknown {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return prepareMap(value as PlainMap, depth, patches)
  if (value instanceof Uint8Array) return value
  if (value instanceof Float) return prepareFloat(value.value, patches)
  if (Array.isArray(value)) return prepareArray(value, depth, patches)
  const cid = Cid.from(value)
  if (cid !== undefined) {
    if (!cid.isDasl) throw refuse('a link that is not a DASL CID')
    return linkTag(cid.linkBytes())
  }
  if (value instanceof Map) return prepareMap(value as Map<unknown, unknown>, depth, patches)
  // What another realm calls Object.prototype is one more without a prototype.
  if (Object.getPrototypeOf(prototype) !== null) throw refuse(`an instance of ${className(prototype)}`)
  return prepareMap(value as PlainMap, depth, patches)
}

function prepareArray(items: readonly unknown[], depth: number, patches: Patches): unknown[] {
  checkDepth(depth)
  // Not `map`, which would leave holes as they are.
  return Array.from(items, (item) => prepare(item, depth + 1, patches))
}

interface PlainMap { readonly [key: string]: unknown }

function prepareMap(value: PlainMap | Map<unknown, unknown>, depth: number, patches: Patches): unknown {
  checkDepth(depth)
  const isMap = value instanceof Map
  if (!isMap && Object.getOwnPropertySymbols(value).length > 0) throw refuse('a map key that is no text')
  const map = new Map<string, unknown>()
  for (const key of sortedKeys(isMap ? [...value.keys()] : Object.keys(value))) map.set(key, prepare(isMap ? value.get(key) : value[key], depth + 1, patches))
  return map
}

function sortedKeys(keys: unknown[]): string[] {
  let isSorted = true
  let before = ''
  for (const key of keys) {
    if (typeof key !== 'string' || !isWellFormed(key)) throw refuse('a map key that is no text')
    if (isSorted && compareKeys(before, key) > 0) isSorted = false
    before = key
  }
  return isSorted ? (keys as string[]) : (keys as string[]).sort(compareKeys)
}

function checkDepth(depth: number): void {
  if (depth >= CBOR_MAX_DEPTH) throw refuse(`nesting deeper than ${String(CBOR_MAX_DEPTH)} levels`)
}

function className(prototype: unknown): string {
  const { constructor } = prototype as { constructor?: unknown }
  return typeof constructor === 'function' ? constructor.name : 'a class'
}

/** The order of map keys: shorter UTF-8 first, then bytewise, which is the order of their encodings. */
export function compareKeys(left: string, right: string): number {
  const difference = utf8Length(left) - utf8Length(right)
  return difference === 0 ? compareText(left, right) : difference
}

function refuse(what: string): AtomError<'OBJECT_INVALID'> {
  return new AtomError('OBJECT_INVALID', `${what} cannot be recorded`, { data: { reason: what } })
}

/** Walks the items of canonical bytes, counting 9-byte integers, and puts the heads of the named ones right. */
function patchWide(bytes: Uint8Array, patches: Patches): void {
  const heads = new Map(patches.at.map(({ index, head }) => [index, head]))
  let wide = 0
  for (let offset = 0; offset < bytes.length;) {
    const head = bytes[offset] ?? 0
    const major = head >> 5
    const info = head & 31
    const extra = info < 24 ? 0 : 1 << (info - 24)
    if (extra === 8 && major <= 1) bytes[offset] = heads.get(wide++) ?? head
    const size = major === 2 || major === 3 ? readLength(bytes, offset + 1, info) : 0
    offset += 1 + extra + size
  }
}

function readLength(bytes: Uint8Array, offset: number, info: number): number {
  if (info < 24) return info
  let length = 0
  for (let index = 0; index < 1 << (info - 24); index++) length = length * 256 + (bytes[offset + index] ?? 0)
  return length
}
