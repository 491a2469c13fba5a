/**
 * Reads a decoded map as a fixed shape: every key known, every needed key there, every value of its type. Throws
 * `OBJECT_INVALID` with the kind and the key, so that `verify` can name what is wrong.
 */
import { AtomError } from '../base/errors.js'
import { fromHex, isWellFormed, utf8Length } from '../base/bytes.js'
import { NAME_MAX_BYTES, TIME_MAX_MS, TIME_MIN_MS } from '../base/limits.js'
import { Float, type CborValue } from '../codec/cbor.js'
import { Cid } from '../codec/cid.js'
import { digestFromBytes, idFromCid, type Digest, type ObjectId } from '../codec/object-id.js'

export interface Fields { readonly [key: string]: CborValue }

export function invalid(kind: string, reason: string): AtomError<'OBJECT_INVALID'> {
  return new AtomError('OBJECT_INVALID', `not a valid ${kind}: ${reason}`, { data: { kind, reason } })
}

export function isFields(value: CborValue | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array) && !(value instanceof Float) && !(value instanceof Cid)
}

/** Checks that a map has only known keys, and all that are needed. */
export function checkKeys(kind: string, fields: Fields, keys: { readonly needed: readonly string[]; readonly optional?: readonly string[] }): void {
  for (const key of keys.needed) if (fields[key] === undefined) throw invalid(kind, `${key} is missing`)
  const optional = keys.optional ?? []
  for (const key of Object.keys(fields)) if (!keys.needed.includes(key) && !optional.includes(key)) throw invalid(kind, `unknown key ${key.slice(0, 80)}`)
}

// The checks below are made of every value twice: when it is written, so that nothing is recorded that cannot be read, and when it is read.

export function checkText(kind: string, key: string, value: unknown): string {
  if (typeof value !== 'string' || !isWellFormed(value)) throw invalid(kind, `${key} is not a text`)
  return value
}

/** Checks a text of 1 to `NAME_MAX_BYTES` bytes. */
export function checkName(kind: string, key: string, value: unknown): string {
  const name = checkText(kind, key, value)
  if (name === '' || (name.length * 3 > NAME_MAX_BYTES && utf8Length(name) > NAME_MAX_BYTES)) throw invalid(kind, `${key} is not a name of 1 to ${String(NAME_MAX_BYTES)} bytes`)
  return name
}

export function checkInteger(kind: string, key: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw invalid(kind, `${key} is not an integer`)
  return value
}

export function checkCount(kind: string, key: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw invalid(kind, `${key} is not a count`)
  return value
}

export function checkTimeMs(kind: string, key: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < TIME_MIN_MS || value > TIME_MAX_MS) throw invalid(kind, `${key} is not a time in ms between the years 0 and 9999`)
  return value
}

/** Checks that hex given by the program stands for so many bytes, and returns them. */
export function checkHex(kind: string, key: string, value: { readonly hex: string; readonly lengthBytes: number }): Uint8Array {
  if (value.hex.length !== 2 * value.lengthBytes || !/^[0-9a-f]*$/.test(value.hex)) throw invalid(kind, `${key} is not ${String(value.lengthBytes)} bytes`)
  return fromHex(value.hex)
}

/** Reads the value of one key of a map; each method throws when it is not of its type. */
export class FieldReader {
  readonly kind: string
  readonly fields: Fields

  constructor(kind: string, fields: Fields) {
    this.kind = kind
    this.fields = fields
  }

  text(key: string): string {
    const value = this.fields[key]
    if (typeof value !== 'string') throw invalid(this.kind, `${key} is not a text`)
    return value
  }

  name(key: string): string {
    return checkName(this.kind, key, this.fields[key])
  }

  optionalText(key: string): string | undefined {
    return this.fields[key] === undefined ? undefined : this.text(key)
  }

  optionalInteger(key: string): number | undefined {
    const value = this.fields[key]
    return value === undefined ? undefined : checkInteger(this.kind, key, value)
  }

  count(key: string): number {
    return checkCount(this.kind, key, this.fields[key])
  }

  timeMs(key: string): number {
    return checkTimeMs(this.kind, key, this.fields[key])
  }

  link(key: string): ObjectId {
    return linkOf(this.kind, key, this.fields[key])
  }

  links(key: string): readonly ObjectId[] {
    return this.list(key).map((value) => linkOf(this.kind, key, value))
  }

  bytes(key: string, lengthBytes: number): Uint8Array {
    const value = this.fields[key]
    if (!(value instanceof Uint8Array) || value.length !== lengthBytes) throw invalid(this.kind, `${key} is not ${String(lengthBytes)} bytes`)
    return value
  }

  digest(key: string): Digest {
    return digestFromBytes(this.bytes(key, 32))
  }

  list(key: string): readonly CborValue[] {
    const value = this.fields[key]
    if (!Array.isArray(value)) throw invalid(this.kind, `${key} is not a list`)
    return value as readonly CborValue[]
  }

  map(key: string): Fields {
    const value = this.fields[key]
    if (!isFields(value)) throw invalid(this.kind, `${key} is not a map`)
    return value
  }
}

export function readFields(kind: string, fields: Fields): FieldReader {
  return new FieldReader(kind, fields)
}

export function linkOf(kind: string, key: string, value: CborValue | undefined): ObjectId {
  const id = value instanceof Cid ? idFromCid(value) : undefined
  if (id === undefined) throw invalid(kind, `${key} is not a link to an object with a SHA-256`)
  return id
}

/** Checks that a link names a dag-cbor object, as every role but contents demands. */
export function checkDagCbor(kind: string, key: string, id: ObjectId): ObjectId {
  if (!id.startsWith('71')) throw invalid(kind, `${key} does not link to a dag-cbor object`)
  return id
}
