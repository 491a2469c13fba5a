/** Runs one query on a view, read-only by construction: a connection that cannot write, a guard against what is no reading, one statement. */
import { statSync } from 'node:fs'
import { AtomError } from '../../base/errors.js'
import { toDisplayText } from '../../base/bytes.js'
import { BrokenView, openReadable, QueryRefused, type Connection, type SqlParameters, type SqlRow } from './database.js'
import { checkFunctions, checkParameterNames, checkQuery, invalidQuery } from './guard.js'

export interface SqlResult {
  readonly columns: readonly string[]
  /** Rows as SQLite finds them: integers beyond 2^53 as bigint. MUST be read to the end or left through `return`. */
  readonly rows: Iterable<SqlRow>
}

/** Returns the rows of a query; throws `SQL_INVALID`. */
export function runQuery(file: string, query: string, parameters: SqlParameters = []): SqlResult {
  const statement = checkQuery(query)
  if (!isByPosition(parameters)) checkParameterNames(statement, Object.keys(parameters))
  const connection = openConsistent(file)
  try {
    return prepare(connection, statement, parameters)
  } catch (error) {
    connection.close()
    throw error instanceof QueryRefused ? invalidQuery(error) : error
  }
}

function isByPosition(parameters: SqlParameters): parameters is SqlRow {
  return Array.isArray(parameters) && parameters.length > 0
}

function prepare(connection: Connection, query: string, parameters: SqlParameters): SqlResult {
  checkFunctions(connection, query)
  const columns = connection.prepare(query).columns()
  const wrapped = connection.value('SELECT value FROM about WHERE key = \'nul\'') === '1' ? withBytes(query, columns.length) : undefined
  return { columns, rows: rowsOf(connection, { query: wrapped ?? query, parameters, isWrapped: wrapped !== undefined }) }
}

interface Run { readonly query: string; readonly parameters: SqlParameters; readonly isWrapped: boolean }

function* rowsOf(connection: Connection, { query, parameters, isWrapped }: Run): Iterable<SqlRow> {
  try {
    for (const row of connection.prepare(query).each(parameters)) yield isWrapped ? unwrapped(row) : row.map(plain)
  } catch (error) {
    throw error instanceof QueryRefused ? invalidQuery(error) : error
  } finally {
    connection.close()
  }
}

function plain(value: SqlRow[number]): SqlRow[number] {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
}

/**
 * Texts come back only up to a NUL in them. Where the view has such texts, they are asked for as bytes, with their type before them. Undefined for what cannot
 * stand inside another query.
 */
function withBytes(query: string, columns: number): string | undefined {
  if (!/^(?:select|with|values)\b/i.test(query)) return undefined
  const names = Array.from({ length: columns }, (_, index) => `c${String(index)}`)
  const values = names.map((name) => `typeof(${name}), CASE typeof(${name}) WHEN 'text' THEN CAST(${name} AS BLOB) ELSE ${name} END`)
  return `WITH asked(${names.join(', ')}) AS MATERIALIZED (${query}\n) SELECT ${values.join(', ')} FROM asked`
}

function unwrapped(row: SqlRow): SqlRow {
  return Array.from({ length: row.length / 2 }, (_, index) => {
    const value = row[index * 2 + 1] ?? null
    return row[index * 2] === 'text' && value instanceof Uint8Array ? toDisplayText(value) : plain(value)
  })
}

const ATTEMPTS = 10

/** Opens the view so that what is read belongs together: a view that is replaced just then has its own log beside it. */
export function openConsistent(file: string): Connection {
  for (let attempt = 1; ; attempt++) {
    const before = statSync(file, { throwIfNoEntry: false })?.ino
    try {
      const connection = openReading(file)
      if (statSync(file, { throwIfNoEntry: false })?.ino === before) return connection
      connection.close()
    } catch (error) {
      if (attempt >= ATTEMPTS) throw error instanceof BrokenView || error instanceof QueryRefused ? unreadable(file, error) : error
    }
  }
}

/** The first read is what opens the log beside the database. */
function openReading(file: string): Connection {
  const connection = openReadable(file)
  try {
    connection.value('SELECT value FROM about WHERE key = \'recipe\'')
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

function unreadable(file: string, cause: Error): AtomError<'FILE_UNREADABLE'> {
  return new AtomError('FILE_UNREADABLE', `the view cannot be read: ${cause.message}`, { data: { path: file, reason: cause.message }, hint: 'run the command again: it is made again', cause })
}
