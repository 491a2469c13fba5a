/** Rows of the database by table and key: read whole, written whole. */
import type { Cells, CellValue } from '../../ops/transfer/context-sync/synced-row.js'
import { quoted, type Connection, type SqlValue, type Statement } from '../sqlite/database.js'
import { cellColumns, cellsOf, columnsOf, textReader } from './tables.js'
import { keyColumn } from './schema.js'

export interface RowAccess {
  /** Tables that there are; empty ones are told from missing ones by nobody. */
  get(table: string, key: string): Cells | undefined
  insert(table: string, cells: Cells): void
  /** Brings a row to exactly these cells. */
  update(table: string, key: string, cells: Cells): void
  remove(table: string, key: string): void
}

export function accessRows(connection: Connection, tables: ReadonlySet<string>): RowAccess {
  const toText = textReader(connection)
  const columns = remembered((table: string) => columnsOf(connection, table))
  const statements = remembered((sql: string): Statement => connection.prepare(sql))
  return {
    get(table, key) {
      if (!tables.has(table)) return undefined
      const names = columns(table)
      const rows = [...statements(`SELECT ${cellColumns(names)} FROM ${quoted(table)} WHERE ${keyColumn(table)} = ?`).each([key])]
      return rows[0] && cellsOf(names, rows[0], toText)
    },
    insert(table, cells) {
      const names = [...cells.keys()]
      statements(`INSERT INTO ${quoted(table)} (${names.map(quoted).join(', ')}) VALUES (${[...cells.values()].map(placeholder).join(', ')})`).run([...cells.values()].map(bound))
    },
    update(table, key, cells) {
      const names = columns(table).filter((name) => name !== keyColumn(table))
      const values = names.map((name) => cells.get(name))
      statements(`UPDATE ${quoted(table)} SET ${names.map((name, index) => `${quoted(name)} = ${placeholder(values[index])}`).join(', ')} WHERE ${keyColumn(table)} = ?`).run([...values.map(bound), key])
    },
    remove: (table, key) => { statements(`DELETE FROM ${quoted(table)} WHERE ${keyColumn(table)} = ?`).run([key]) },
  }
}

function remembered<Value>(make: (key: string) => Value): (key: string) => Value {
  const made = new Map<string, Value>()
  return (key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const value = make(key)
    made.set(key, value)
    return value
  }
}

/** A text that is no UTF-8 goes in as bytes and is called a text there. */
function placeholder(value: CellValue | undefined): string {
  return typeof value === 'object' && !(value instanceof Uint8Array) ? 'CAST(? AS TEXT)' : '?'
}

function bound(value: CellValue | undefined): SqlValue {
  if (value === undefined) return null
  return typeof value === 'object' && !(value instanceof Uint8Array) ? value.text : value
}
