/** JSON-like input → a value that can be recorded, without losing a field. */
import { AtomError } from '../base/errors.js'
import { CBOR_MAX_DEPTH } from '../base/limits.js'
import { Float, type CborValue } from '../codec/cbor.js'
import { Cid, parseCid } from '../codec/cid.js'
import { fromHex } from '../base/bytes.js'

/**
 * Returns the recorded form: -0 becomes 0, integers beyond 2^53 floats; `{"$bytes": hex}` and `{"$link": cid}`, which is how recorded
 * bytes and links are printed, become those again. Throws `INPUT_INVALID` for what JSON cannot hold.
 */
export function toRecorded(value: unknown, depth = 0): CborValue {
  if (depth > CBOR_MAX_DEPTH - 8) throw refuse(`nesting deeper than ${String(CBOR_MAX_DEPTH - 8)} levels`)
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'string') return value
  if (typeof value === 'number') return toRecordedNumber(value)
  if (value instanceof Uint8Array || value instanceof Float || value instanceof Cid) return value
  if (Array.isArray(value)) return value.map((item) => toRecorded(item, depth + 1))
  if (typeof value === 'object') return toRecordedMap(value, depth)
  throw refuse(`a ${typeof value}`)
}

function toRecordedNumber(value: number): CborValue {
  if (!Number.isFinite(value)) throw refuse(String(value))
  return Object.is(value, -0) ? 0 : value
}

function toRecordedMap(value: object, depth: number): CborValue {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  const [only] = entries
  if (entries.length === 1 && only !== undefined && typeof only[1] === 'string') {
    if (only[0] === '$bytes' && /^([0-9a-f]{2})*$/.test(only[1])) return fromHex(only[1])
    if (only[0] === '$link') return parseCid(only[1])
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, toRecorded(item, depth + 1)]))
}

function refuse(what: string): AtomError<'INPUT_INVALID'> {
  return new AtomError('INPUT_INVALID', `${what} cannot be recorded`, { data: { field: 'metadata' } })
}
