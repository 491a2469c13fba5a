/** Reads cells that may hold anything: what is asked for, or nothing. */
import { isWellFormed, toDisplayText, utf8 } from '../../base/bytes.js'
import { Float, type CborValue } from '../../codec/cbor.js'
import type { Cells, CellValue } from '../../ops/transfer/context-sync/synced-row.js'

/** Returns a cell as text: numbers in digits, bytes as far as they are UTF-8; '' where it is NULL. */
export function textOf(cells: Cells, column: string): string {
  const value = cells.get(column)
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'bigint' || typeof value === 'number') return String(value)
  return toDisplayText(value instanceof Uint8Array ? value : value.text)
}

/** Returns a time: ms as context-sync has them, or any text that is a date; undefined for what is none. */
export function timeOf(cells: Cells, column: string): number | undefined {
  const value = cells.get(column)
  if (typeof value === 'bigint' || typeof value === 'number') return Number.isFinite(Number(value)) ? Number(value) : undefined
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d/.test(value)) return undefined
  const timeMs = Date.parse(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(value) ? `${value.replace(' ', 'T')}Z` : value)
  return Number.isNaN(timeMs) ? undefined : timeMs
}

/** Returns what a cell of JSON says, or undefined where it is NULL, '' or no JSON. */
export function jsonOf(cells: Cells, column: string): unknown {
  const text = textOf(cells, column)
  if (text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Returns a value that came from JSON or a cell as one that a body can hold; undefined for what it cannot. */
export function toValue(value: unknown, depth = 0): CborValue | undefined {
  switch (typeof value) {
    case 'boolean': return value
    case 'string': return wellFormed(value)
    case 'bigint': return Number.isSafeInteger(Number(value)) ? Number(value) : value
    case 'number': return numberValue(value)
    case 'object': return objectValue(value, depth)
    default: return undefined
  }
}

function numberValue(value: number): CborValue {
  if (!Number.isFinite(value)) return String(value)
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value
  return Number.isInteger(value) ? new Float(value) : value
}

function objectValue(value: object | null, depth: number): CborValue | undefined {
  if (value === null || value instanceof Uint8Array) return value
  if (depth >= DEPTH_MAX) return undefined
  if (Array.isArray(value)) return value.map((item) => toValue(item, depth + 1) ?? null)
  return valuesOf(Object.fromEntries(Object.entries(value).map(([key, item]) => [wellFormed(key), toValue(item, depth + 1)])))
}

function wellFormed(text: string): string {
  return isWellFormed(text) ? text : toDisplayText(utf8(text))
}

/** Below what the codec follows; deeper values are in the row that is kept as evidence. */
const DEPTH_MAX = 32

/** Returns a cell as a value of a body. */
export function cellValue(value: CellValue): CborValue | undefined {
  if (typeof value === 'object' && !(value instanceof Uint8Array)) return toDisplayText(value.text)
  return toValue(value)
}

/** Returns metadata without what is absent. */
export function valuesOf(metadata: { readonly [key: string]: CborValue | undefined }): { readonly [key: string]: CborValue } {
  return Object.fromEntries(Object.entries(metadata).filter((entry): entry is [string, CborValue] => entry[1] !== undefined))
}
