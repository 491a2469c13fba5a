/** JSON-like input → a value that can be recorded, without losing a field. */
import { AtomError, isAtomError } from '../base/errors.js'
import { CBOR_MAX_DEPTH } from '../base/limits.js'
import { Float, type CborValue } from '../codec/cbor.js'
import { Cid, parseCid } from '../codec/cid.js'
import { fromHex, isWellFormed } from '../base/bytes.js'

/**
 * Returns the recorded form: -0 becomes 0, integers beyond 2^53 floats; `{"$bytes": hex}` and `{"$link": cid}`, which is how recorded
 * bytes and links are printed, become those again. Throws `INPUT_INVALID` for what JSON cannot hold.
 */
export function toRecorded(value: unknown, depth = 0): CborValue {
  if (depth > CBOR_MAX_DEPTH - 8) throw refuse(`nesting deeper than ${String(CBOR_MAX_DEPTH - 8)} levels`)
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return value
  if (typeof value === 'string') return checkText(value)
  if (typeof value === 'number') return toRecordedNumber(value)
  if (value instanceof Uint8Array || value instanceof Float || value instanceof Cid) return value
  if (Array.isArray(value)) return value.map((item) => toRecorded(item, depth + 1))
  if (typeof value === 'object') return toRecordedMap(value, depth)
  throw refuse(value === undefined ? 'undefined' : `a ${typeof value}`)
}

/** Returns the recorded form of the fields of a map, which stays a map whatever its keys are. */
export function toRecordedFields(fields: { readonly [key: string]: unknown }): { readonly [key: string]: CborValue } {
  return recordedEntries(fields, 0)
}

function checkText(text: string): string {
  if (!isWellFormed(text)) throw refuse('a text with half of a surrogate pair')
  return text
}

function toRecordedNumber(value: number): CborValue {
  if (!Number.isFinite(value)) throw refuse(String(value))
  return Object.is(value, -0) ? 0 : value
}

function toRecordedMap(value: object, depth: number): CborValue {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw refuse(`an instance of ${value.constructor.name}`)
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  const [only] = entries
  return (entries.length === 1 && only !== undefined ? getTyped(...only) : undefined) ?? recordedEntries(value, depth)
}

function recordedEntries(value: object, depth: number): { readonly [key: string]: CborValue } {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(entries.map(([key, item]) => [checkText(key), toRecorded(item, depth + 1)]))
}

/** Returns the bytes or the link that a map with one key stands for; undefined when it is only a map. */
function getTyped(key: string, text: unknown): Uint8Array | Cid | undefined {
  if (typeof text !== 'string') return undefined
  if (key === '$bytes' && /^([0-9a-f]{2})*$/.test(text)) return fromHex(text)
  if (key !== '$link' || !/^b[a-z2-7]{58}$/.test(text)) return undefined
  try {
    const cid = parseCid(text)
    return cid.isDasl ? cid : undefined
  } catch (error) {
    if (isAtomError(error, 'CID_INVALID')) return undefined
    throw error
  }
}

function refuse(what: string): AtomError<'INPUT_INVALID'> {
  return new AtomError('INPUT_INVALID', `${what} cannot be recorded`, { data: { field: 'metadata' } })
}
