/**
 * Plain values as bytes between two processes, and back exactly as they were: order of keys, undefined, -0, bigint, Map, Set, Date, bytes, Float and Cid
 * included, and nodes of the index. What the codec has no word for travels as `{ $: [tag, …] }`. Refuses functions, symbols, other class instances, half surrogates.
 */
import { AtomError, ERROR_KINDS, firstError, isAtomError, type ErrorCode, type ErrorData } from '../../base/errors.js'
import { encode, Float, type CborValue } from '../../codec/cbor.js'
import { decode } from '../../codec/cbor-decode.js'
import { Cid } from '../../codec/cid.js'
import { encodeNode, getBlockNodes, IndexNode } from '../../index/node.js'

const MARK = '$'

export function encodeWire(value: unknown): Uint8Array {
  return encode(toWire(value))
}

/** Returns the value of bytes that `encodeWire` made; throws `CBOR_INVALID` or `TypeError` for others. Byte strings are views of the input. */
export function decodeWire(bytes: Uint8Array): unknown {
  return fromWire(decode(bytes))
}

function toWire(value: unknown): CborValue {
  switch (typeof value) {
    case 'undefined': return tagged('u')
    case 'boolean': case 'string': return value
    case 'number': return isPlainNumber(value) ? value : tagged('n', Object.is(value, -0) ? '-0' : String(value))
    case 'bigint': return tagged('b', value.toString())
    case 'object': return value === null ? null : objectToWire(value)
    default: throw new TypeError(`a ${typeof value} cannot be handed over`)
  }
}

function isPlainNumber(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) && !Object.is(value, -0) : Number.isFinite(value)
}

function tagged(tag: string, ...rest: readonly CborValue[]): CborValue {
  return { [MARK]: [tag, ...rest] }
}

function objectToWire(value: object): CborValue {
  if (value instanceof Uint8Array) return value.constructor === Uint8Array ? value : new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  if (value instanceof Float || value instanceof Cid) return value
  if (Array.isArray(value)) return Array.from(value as readonly unknown[], toWire)
  if (value instanceof Map) return tagged('m', [...value].flatMap(([key, item]) => [toWire(key), toWire(item)]))
  if (value instanceof Set) return tagged('s', [...value].map(toWire))
  if (value instanceof Date) return tagged('d', value.getTime())
  // A node knows its parents by distance: its own number does not show, so each is written as if it came after all of them.
  if (value instanceof IndexNode) return nodeToWire(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError(`an instance of ${value.constructor.name} cannot be handed over`)
  return recordToWire(value as { readonly [key: string]: unknown })
}

function nodeToWire(node: IndexNode): CborValue {
  const seq = 1 + Math.max(0, ...node.parents)
  return tagged('i', [seq, encodeNode(node, seq)])
}

function nodeFromWire(payload: CborValue | undefined): IndexNode {
  const [seq, bytes] = listOf(payload)
  const [node] = typeof seq === 'number' && bytes instanceof Uint8Array ? getBlockNodes(bytes, seq) ?? [] : []
  if (node === undefined) throw new TypeError('a node was expected')
  return node
}

/** A map where its keys stand in the codec's order anyway, else a list of keys and values: the order shows in JSON. */
function recordToWire(value: { readonly [key: string]: unknown }): CborValue {
  const keys = Object.keys(value)
  if (isInOrder(keys)) {
    const map: { [key: string]: CborValue } = {}
    for (const key of keys) map[key] = toWire(value[key])
    return map
  }
  return tagged('o', keys.flatMap((key) => [key, toWire(value[key])]))
}

function isInOrder(keys: readonly string[]): boolean {
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? ''
    const before = keys[index - 1]
    // Only ASCII names, whose order is that of length and then of letters; `__proto__` and the mark go the long way.
    if (key === MARK || key === '__proto__' || !/^[\x20-\x7e]*$/.test(key) || /^\d+$/.test(key)) return false
    if (before !== undefined && (before.length > key.length || (before.length === key.length && before >= key))) return false
  }
  return true
}

function fromWire(value: CborValue): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof Float || value instanceof Cid) return value
  if (Array.isArray(value)) return (value as readonly CborValue[]).map(fromWire)
  const map = value as { readonly [key: string]: CborValue }
  const mark = Object.hasOwn(map, MARK) ? map[MARK] : undefined
  if (Array.isArray(mark)) return untag(mark as readonly CborValue[])
  const record: { [key: string]: unknown } = {}
  for (const key of Object.keys(map)) record[key] = fromWire(map[key] as CborValue)
  return record
}

function untag([tag, payload]: readonly CborValue[]): unknown {
  switch (tag) {
    case 'u': return undefined
    case 'n': return Number(payload)
    case 'b': return BigInt(String(payload))
    case 'd': return new Date(Number(payload))
    case 'i': return nodeFromWire(payload)
    case 's': return new Set(listOf(payload).map(fromWire))
    case 'm': return new Map(pairsOf(payload).map(([key, item]) => [fromWire(key), fromWire(item)]))
    case 'o': {
      const record: { [key: string]: unknown } = {}
      for (const [key, item] of pairsOf(payload)) Object.defineProperty(record, String(key), { value: fromWire(item), enumerable: true, configurable: true, writable: true })
      return record
    }
    default: throw new TypeError(`no value goes by the tag ${String(tag)}`)
  }
}

function listOf(payload: CborValue | undefined): readonly CborValue[] {
  if (!Array.isArray(payload)) throw new TypeError('a list was expected')
  return payload as readonly CborValue[]
}

function pairsOf(payload: CborValue | undefined): readonly (readonly [CborValue, CborValue])[] {
  const list = listOf(payload)
  if (list.length % 2 !== 0) throw new TypeError('keys and values do not pair up')
  return Array.from({ length: list.length / 2 }, (_, index) => [list[2 * index] as CborValue, list[2 * index + 1] as CborValue])
}

/** What crosses of an error. */
export interface WireError {
  readonly name: string
  readonly code: string
  readonly message: string
  readonly hint: string | undefined
  readonly data: unknown
}

export function errorToWire(thrown: unknown): WireError {
  const error = firstError(thrown)
  const name = error instanceof Error ? error.name : 'Error'
  const message = wellFormedText(error instanceof Error ? error.message : String(error))
  if (isAtomError(error)) return { name, code: error.code, message, hint: error.hint === undefined ? undefined : wellFormedText(error.hint), data: wellFormed(error.data) }
  return { name, code: 'INTERNAL', message, hint: undefined, data: { detail: wellFormedText(error instanceof Error ? error.stack ?? '' : '') } }
}

/** Error data holds what was typed, and that may be half of a surrogate pair. */
function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return wellFormedText(value)
  if (Array.isArray(value)) return value.map(wellFormed)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [wellFormedText(key), wellFormed(item)]))
}

function wellFormedText(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
}

export function errorFromWire(wire: WireError): Error {
  if (wire.name === 'AbortError') return new DOMException(wire.message, 'AbortError')
  const code = (Object.hasOwn(ERROR_KINDS, wire.code) ? wire.code : 'INTERNAL') as ErrorCode
  return new AtomError(code, wire.message, { data: wire.data as ErrorData[typeof code], ...(wire.hint !== undefined && { hint: wire.hint }) })
}
