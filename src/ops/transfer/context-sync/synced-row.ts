/**
 * A row of context-sync's database as export and import see it: what it holds, its one form as JSON, and the digest that tells whether somebody changed it.
 * docs/context-sync.md describes the form.
 */
import { compareText, getText, utf8 } from '../../../base/bytes.js'
import { getBase64, toBase64 } from '../../../base/base64.js'
import { sha256Hex } from '../../../codec/hash.js'

/** A text that is no UTF-8, as its bytes. */
export interface OddText { readonly text: Uint8Array }

/** What a cell holds: bigint for INTEGER, number for REAL. NULL is absent. */
export type CellValue = bigint | number | string | Uint8Array | OddText

/** Columns that are not NULL, by name. A column that somebody added and left NULL changes nothing. */
export type Cells = ReadonlyMap<string, CellValue>

/** Who exported a row as it is: recorded in this table of the database itself, in the transaction that wrote the row. */
export const CLAIMS = 'atom_exported'

/** Returns the one JSON form of a row: keys sorted, `{"integer"}`, `{"real"}`, `{"text"}`, `{"blob"}` where JSON has no such value. */
export function encodeCells(cells: Cells): Uint8Array {
  const pairs = [...cells].sort(([left], [right]) => compareText(left, right)).map(([name, value]) => `${JSON.stringify(name)}:${cellJson(value)}`)
  return utf8(`{${pairs.join(',')}}`)
}

function cellJson(value: CellValue): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? String(value) : `{"integer":"${String(value)}"}`
  if (typeof value === 'number') return Number.isFinite(value) && !Number.isInteger(value) ? JSON.stringify(value) : `{"real":"${String(value)}"}`
  return value instanceof Uint8Array ? `{"blob":"${toBase64(value)}"}` : `{"text":"${toBase64(value.text)}"}`
}

/** Returns the row of its JSON form, or undefined for what is none. */
export function getCells(bytes: Uint8Array): Cells | undefined {
  const cells = new Map<string, CellValue>()
  try {
    for (const [name, value] of Object.entries(JSON.parse(getText(bytes) ?? '') as object)) {
      const cell = getCell(value)
      if (cell === undefined) return undefined
      cells.set(name, cell)
    }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  return cells
}

function getCell(value: unknown): CellValue | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value
  if (typeof value !== 'object' || value === null) return undefined
  const [[kind, text] = []] = Object.entries(value) as [string, unknown][]
  if (typeof text !== 'string') return undefined
  switch (kind) {
    case 'integer': return /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined
    case 'real': return Number(text)
    case 'blob': return getBase64(text)
    case 'text': {
      const odd = getBase64(text)
      return odd && { text: odd }
    }
    default: return undefined
  }
}

/** Returns what tells a row from every other content that it may have: 64 hex digits. */
export function cellsDigest(cells: Cells): string {
  return sha256Hex(encodeCells(cells))
}

/** Returns the id of a row that is made of these words alone: a UUID of version 8, which no server makes. */
export function derivedRowId(...words: readonly string[]): string {
  const hex = sha256Hex(utf8(['context-sync', ...words].join('\n')))
  const variant = ((parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
