import { toHex } from '../../base/bytes.js'

/** Valid JSON leaves these as they are; a terminal would obey them. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g

/**
 * Returns a value as one line of JSON. Bytes are hex; integers beyond 2^53 are decimal strings, since most readers would round
 * them; maps are objects; absent (undefined) fields are null. Lone surrogates and control characters are escaped.
 */
export function toJsonLine(value: unknown): string {
  const json = JSON.stringify(value, replace) as string | undefined
  return (json ?? 'null').replace(UNSAFE, escapeUnits)
}

function escapeUnits(characters: string): string {
  let escaped = ''
  for (let index = 0; index < characters.length; index++) escaped += `\\u${characters.charCodeAt(index).toString(16).padStart(4, '0')}`
  return escaped
}

/** `this` is the holder: a Buffer has already been through its own toJSON when it comes as `value`. */
function replace(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Readonly<Record<string, unknown>>)[key]
  if (original instanceof Uint8Array) return toHex(original)
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (value === undefined) return null
  if (value instanceof Map) return fromEntries(value as ReadonlyMap<unknown, unknown>)
  if (value instanceof Set) return [...(value as ReadonlySet<unknown>)]
  return value
}

/** An object without a prototype, so that a `__proto__` key is only a key. */
function fromEntries(map: ReadonlyMap<unknown, unknown>): Record<string, unknown> {
  const object = Object.create(null) as Record<string, unknown>
  for (const [key, value] of map) object[String(key)] = value
  return object
}
