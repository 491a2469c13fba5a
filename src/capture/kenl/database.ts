/** The tables in which KENL, its plugin for context-sync and SpiralSafe keep ATOMs: one record for each row, in the order in which they were written. */
import { isAtomError } from '../../base/errors.js'
import { utf8, toHex } from '../../base/bytes.js'
import type { KenlItem } from '../../ops/transfer/kenl/kenl-source.js'
import { jsonItems } from './json-record.js'
import type { FileContext } from './make-record.js'
import type { JsonObject } from './signatures.js'
import { timesIn } from './time.js'

export type TableValue = null | number | bigint | string | Uint8Array

export interface Tables {
  names(): readonly string[]
  /** Yields the rows of a table, oldest first. */
  rows(table: string): Iterable<{ readonly [column: string]: TableValue }>
  close(): void
}

/** Opens a database only to read it. Throws `SOURCE_UNREADABLE`, as reading its tables does. */
export type OpenTables = (file: string) => Promise<Tables>

const TABLES = ['atom_trail', 'atom_trails', 'atom_entries']

export async function* databaseItems(path: string, context: FileContext, openTables: OpenTables): AsyncIterable<KenlItem> {
  let tables: Tables | undefined
  try {
    tables = await openTables(path)
    const names = tables.names().filter((name) => TABLES.includes(name))
    if (names.length === 0) yield { is: 'refused', file: context.file, reason: `it is a database without ${TABLES.join(', ')}` }
    for (const name of names) yield* tableItems(tables, name, context)
  } catch (error) {
    if (!isAtomError(error, 'SOURCE_UNREADABLE')) throw error
    yield { is: 'refused', file: context.file, reason: error.data.reason }
  } finally {
    tables?.close()
  }
}

function* tableItems(tables: Tables, name: string, context: FileContext): Iterable<KenlItem> {
  // What SQLite fills in by itself (CURRENT_TIMESTAMP) is UTC, wherever it runs.
  const own = name === 'atom_trails' ? { ...context, times: timesIn('UTC'), timeZone: 'UTC' } : context
  let before: string | undefined
  let number = 0
  for (const row of tables.rows(name)) {
    const values = plainRow(row)
    const text = JSON.stringify(values)
    const place = { file: `${context.file}#${name}`, line: ++number }
    for (const item of jsonItems({ ...values, ...chainOf(values, before) }, { place, raw: utf8(text), text, format: name }, own)) yield item
    before = typeof values['hash'] === 'string' ? values['hash'] : undefined
  }
}

/** A row names the hash of the one before it. No hash covers that name, so it proves nothing; a break in it is still worth knowing. */
function chainOf({ previous_hash: named }: JsonObject, before: string | undefined): JsonObject {
  if (typeof named !== 'string' || named === '' || before === undefined) return {}
  return { previous_hash_result: named === before ? 'match' : 'mismatch' }
}

function plainRow(row: { readonly [column: string]: TableValue }): JsonObject {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plainValue(value)]))
}

function plainValue(value: TableValue): unknown {
  if (value instanceof Uint8Array) return { $bytes: toHex(value) }
  if (typeof value !== 'bigint') return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}
