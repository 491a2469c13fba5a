/** Reads the tables of any SQLite database cell by cell: every value as it is, hostile names and texts included. */
import { getText } from '../../base/bytes.js'
import type { Cells, CellValue } from '../../ops/transfer/context-sync/synced-row.js'
import { quoted, type Connection, type SqlRow, type SqlValue } from '../sqlite/database.js'

/** Schema is data of others: nothing in it may run. */
export const DISTRUST = 'PRAGMA trusted_schema = 0; PRAGMA cell_size_check = 1'

export interface FoundTable {
  readonly name: string
  /** `table`; anything else is none whose rows lie in this file as they are. */
  readonly kind: 'table' | 'view' | 'virtual table'
  readonly columns: readonly string[]
}

/** Returns tables and views in the order in which they were made, without SQLite's own and those that hold a virtual table's contents. */
export function findTables(connection: Connection): readonly FoundTable[] {
  const listed = connection.prepare('SELECT name, type FROM pragma_table_list WHERE schema = \'main\' AND name NOT LIKE \'sqlite\\_%\' ESCAPE \'\\\'').all()
  const kinds = new Map(listed.map(([name, type]) => [String(name), String(type)]))
  return connection.prepare('SELECT name FROM sqlite_schema WHERE type IN (\'table\', \'view\') ORDER BY rowid').all().flatMap(([name]): FoundTable[] => {
    const kind = kinds.get(String(name))
    if (kind === undefined || kind === 'shadow') return []
    return [{ name: String(name), kind: kind === 'virtual' ? 'virtual table' : kind === 'view' ? 'view' : 'table', columns: kind === 'table' ? columnsOf(connection, String(name)) : [] }]
  })
}

export function columnsOf(connection: Connection, table: string): readonly string[] {
  return connection.prepare('SELECT name FROM pragma_table_info(?)').all([table]).map(([name]) => String(name))
}

/** Returns what to select for whole rows: each value behind its type, texts as bytes, since SQLite's client gives them only up to a NUL. */
export function cellColumns(columns: readonly string[]): string {
  return columns.map(quoted).map((name) => `typeof(${name}), CASE typeof(${name}) WHEN 'text' THEN CAST(${name} AS BLOB) ELSE ${name} END`).join(', ')
}

/** Returns the cells of a row selected by `cellColumns`. MUST have been read with integers as bigint. */
export function cellsOf(columns: readonly string[], row: SqlRow, toText: TextReader): Cells {
  const cells = new Map<string, CellValue>()
  columns.forEach((name, index) => {
    const value = cellOf(row[index * 2], row[index * 2 + 1] ?? null, toText)
    if (value !== undefined) cells.set(name, value)
  })
  return cells
}

/** Returns the text of bytes in the encoding of a database, or undefined for what is none. */
export type TextReader = (bytes: Uint8Array) => string | undefined

function cellOf(type: SqlValue | undefined, value: SqlValue, toText: TextReader): CellValue | undefined {
  if (value === null) return undefined
  if (value instanceof Uint8Array) return type === 'text' ? toText(value) ?? { text: new Uint8Array(value) } : new Uint8Array(value)
  return value
}

/** Returns how the texts of a database are read: nearly always UTF-8. */
export function textReader(connection: Connection): TextReader {
  const encoding = String(connection.value('PRAGMA encoding'))
  if (encoding === 'UTF-8') return getText
  const decoder = new TextDecoder(encoding === 'UTF-16be' ? 'utf-16be' : 'utf-16le', { fatal: true, ignoreBOM: true })
  return (bytes) => {
    try {
      return decoder.decode(bytes)
    } catch (error) {
      if (error instanceof TypeError) return undefined
      throw error
    }
  }
}
