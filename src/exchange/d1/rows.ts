/** Reads values out of rows that D1 gave, and refuses what is not what was asked for. */
import type { AtomError } from '../../base/errors.js'
import { getBase64 } from '../../base/base64.js'
import type { ObjectId } from '../../codec/object-id.js'
import { refusedBy } from '../remote-errors.js'
import type { D1Query, D1Row } from './d1-query.js'

export function textAt(query: D1Query, row: D1Row, column: string): string {
  const value = row[column]
  if (typeof value === 'string') return value
  throw notFitting(query, column)
}

/** A whole number from 0 on: no column of ours holds another. */
export function countAt(query: D1Query, row: D1Row, column: string): number {
  const value = row[column]
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw notFitting(query, column)
}

export function idAt(query: D1Query, row: D1Row, column: string): ObjectId {
  const text = textAt(query, row, column)
  if (/^(?:55|71)[0-9a-f]{64}$/.test(text)) return text as ObjectId
  throw notFitting(query, column)
}

/** Returns undefined for NULL. */
export function getIdAt(query: D1Query, row: D1Row, column: string): ObjectId | undefined {
  return row[column] === null ? undefined : idAt(query, row, column)
}

export function bytesAt(query: D1Query, row: D1Row, column: string): Uint8Array {
  const bytes = getBase64(textAt(query, row, column))
  if (bytes !== undefined) return bytes
  throw notFitting(query, column)
}

function notFitting({ location }: D1Query, column: string): AtomError {
  return refusedBy(location, `what it gives as ${column} is none`)
}
