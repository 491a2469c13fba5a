/** Databases that other programs keep: only read, whatever is in them. */
import { AtomError, isAtomError } from '../../base/errors.js'
import { BrokenView, openReadable, QueryRefused, quoted, type SqlRow, type SqlValue } from './database.js'

export interface ForeignTables {
  /** Returns the names of the tables. */
  names(): readonly string[]
  /** Yields the rows of a table as they were put in. */
  rows(table: string): Iterable<{ readonly [column: string]: SqlValue }>
  /** Yields the pairs of a table of `key` and `value` whose key begins so, by key; those without a value are none. */
  entries(table: string, prefix: string): Iterable<{ readonly key: string; readonly value: Uint8Array }>
  close(): void
}

/** Opens a database. Throws `SOURCE_UNREADABLE`, as all of its methods do: for what is none, is damaged, or is being written to. */
export function openForeign(file: string): ForeignTables {
  const guard = <Value>(work: () => Value): Value => {
    try {
      return work()
    } catch (error) {
      throw translated(error, file)
    }
  }
  const connection = guard(() => openReadable(file))
  const each = function* (sql: string, values: SqlRow = []): Iterable<SqlRow> {
    const statement = guard(() => connection.prepare(sql))
    const rows = guard(() => statement.each(values)[Symbol.iterator]())
    try {
      for (let step = guard(() => rows.next()); step.done !== true; step = guard(() => rows.next())) yield step.value
    } finally {
      rows.return?.()
    }
  }
  return {
    names: () => guard(() => connection.prepare('SELECT name FROM sqlite_schema WHERE type = \'table\' ORDER BY name').all()).map(([name]) => String(name)),
    * rows(table) {
      const sql = `SELECT * FROM ${quoted(table)} ORDER BY rowid`
      const columns = guard(() => connection.prepare(sql).columns())
      for (const row of each(sql)) yield Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null]))
    },
    * entries(table, prefix) {
      const sql = `SELECT key, CAST(value AS BLOB) FROM ${quoted(table)} WHERE key >= ? AND key < ? AND value IS NOT NULL ORDER BY key`
      for (const [key, value] of each(sql, [prefix, `${prefix}\u{10ffff}`])) yield { key: String(key), value: value instanceof Uint8Array ? new Uint8Array(value) : new Uint8Array(0) }
    },
    close: () => { connection.close() },
  }
}

function translated(error: unknown, file: string): unknown {
  const isLocked = isAtomError(error, 'VIEW_LOCKED')
  if (!isLocked && !(error instanceof BrokenView) && !(error instanceof QueryRefused)) return error
  const reason = isLocked ? 'another program is writing to it' : `as a database it cannot be read: ${error.message}`
  return new AtomError('SOURCE_UNREADABLE', `cannot read ${file}: ${reason}`, { data: { source: file, reason }, cause: error })
}
