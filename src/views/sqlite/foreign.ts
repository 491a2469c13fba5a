/** Databases that other programs keep: only read, whatever is in them. */
import { AtomError, isAtomError } from '../../base/errors.js'
import { BrokenView, openReadable, QueryRefused, type SqlValue } from './database.js'

export interface ForeignTables {
  /** Returns the names of the tables. */
  names(): readonly string[]
  /** Yields the rows of a table as they were put in. */
  rows(table: string): Iterable<{ readonly [column: string]: SqlValue }>
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
  return {
    names: () => guard(() => connection.prepare('SELECT name FROM sqlite_schema WHERE type = \'table\' ORDER BY name').all()).map(([name]) => String(name)),
    * rows(table) {
      const statement = guard(() => connection.prepare(`SELECT * FROM "${table.replaceAll('"', '""')}" ORDER BY rowid`))
      const columns = guard(() => statement.columns())
      const rows = guard(() => statement.each()[Symbol.iterator]())
      try {
        for (let step = guard(() => rows.next()); step.done !== true; step = guard(() => rows.next())) yield Object.fromEntries(columns.map((column, index) => [column, step.value[index] ?? null]))
      } finally {
        rows.return?.()
      }
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
