/** Reads fields of JSON that may have any form: what is not as expected is absent, never an error. */
import type { CborValue } from '../../codec/cbor.js'
import { recordable } from '../../ops/transfer/transcripts/transcript-unit.js'

export interface JsonFields { readonly [key: string]: unknown }

export function getFields(value: unknown): JsonFields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as JsonFields : undefined
}

/** Returns the object at a path of keys. */
export function getFieldsAt(value: unknown, ...keys: readonly string[]): JsonFields | undefined {
  return keys.reduce<JsonFields | undefined>((fields, key) => getFields(fields?.[key]), getFields(value))
}

export function getText(fields: JsonFields | undefined, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = fields?.[key]
    if (typeof value === 'string') return value
  }
  return undefined
}

/** Returns a text that is not empty. */
export function getName(fields: JsonFields | undefined, ...keys: readonly string[]): string | undefined {
  const text = getText(fields, ...keys)
  return text === '' ? undefined : text
}

export function getList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value as readonly unknown[] : []
}

/** Returns a count of tokens or the like; 0 for what is none. */
export function getCount(fields: JsonFields | undefined, key: string): number {
  const value = fields?.[key]
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0
}

export function getInteger(fields: JsonFields | undefined, key: string): number | undefined {
  const value = fields?.[key]
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
}

const SECONDS_MAX = 100_000_000_000

/** Returns a time from RFC 3339, from ms or from seconds; undefined for what is none. */
export function getTimeMs(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return Math.round(value < SECONDS_MAX ? value * 1_000 : value)
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(value)) return undefined
  const timeMs = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/.test(value) ? value : `${value}Z`)
  return Number.isNaN(timeMs) ? undefined : timeMs
}

const INPUT_DEPTH_MAX = 32

/** Returns JSON as a value that can be recorded; what is nested too deep becomes its text. */
export function recordedJson(value: unknown, depth = 0): CborValue {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return recordable(value)
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? (Object.is(value, -0) ? 0 : value) : String(value)
  if (depth >= INPUT_DEPTH_MAX) return recordable(JSON.stringify(value))
  if (Array.isArray(value)) return value.map((item) => recordedJson(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [recordable(key), recordedJson(item, depth + 1)]))
}

/** Returns the texts of a content that is a text, or a list of parts of which some have one. */
export function textsOf(content: unknown): readonly string[] {
  if (typeof content === 'string') return [content]
  return getList(content).flatMap((part) => {
    if (typeof part === 'string') return [part]
    const text = getText(getFields(part), 'text')
    return text === undefined ? [] : [text]
  })
}

/** Returns JSON that stands in a text, as function calls have their arguments; the text itself where it is none. */
export function parseInside(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value) as unknown
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return value
    throw error
  }
}
