/**
 * SQLite, and the only door to it: connections that write a view, and connections that can only read one.
 *
 * What it refuses becomes an error of the house here: `VIEW_LOCKED`, `STORE_FULL`, `FILE_UNWRITABLE`, or `BrokenView` for a file that is no view of ours any more.
 * @NOTE libsql ends the process when a boolean is bound, and binds every number as a float: integers go in as bigint where no column type turns them back.
 */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'libsql'
import { AtomError } from '../../base/errors.js'

export type SqlValue = null | number | bigint | string | Uint8Array
export type SqlRow = readonly SqlValue[]
/** By position, or by the names of the parameters. */
export type SqlParameters = SqlRow | { readonly [name: string]: SqlValue }

export interface Statement {
  run(values?: SqlRow): void
  /** Returns all rows, integers as numbers. */
  all(values?: SqlParameters): readonly SqlRow[]
  /** Yields rows as they are found, integers as bigint. */
  each(values?: SqlParameters): Iterable<SqlRow>
  /** The names of the columns. */
  columns(): readonly string[]
}

export interface Connection {
  exec(sql: string): void
  prepare(sql: string): Statement
  /** Returns the first column of the first row. */
  value(sql: string, values?: SqlRow): SqlValue | undefined
  close(): void
}

/** A file that cannot be read as a view, or does not hold what it must. Whoever follows makes it again. */
export class BrokenView extends Error {
  override readonly name = 'BrokenView'
}

/** What SQLite says of a query: its author's mistake. */
export class QueryRefused extends Error {
  override readonly name = 'QueryRefused'
}

/** Returns a name, of a table or a column, as SQL has it, whatever characters are in it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** How long SQLite itself waits for a lock: it blocks this process meanwhile, so longer waits are made outside. */
const BUSY_MS = 20

/** Opens a file for writing; it is made where it is not there. */
export function openWritable(file: string): Connection {
  return connect(file, file)
}

/** Opens a file that is there so that nothing can be written through this connection, whatever SQL is run. Throws `BrokenView` where there is none. */
export function openReadable(file: string): Connection {
  if (!existsSync(file)) throw new BrokenView(`there is no view: ${file}`)
  const path = encodeURI(file).replace(/[?#]/g, encodeURIComponent)
  return connect(`file:${path}?mode=ro`, file, 'PRAGMA query_only = 1')
}

function connect(name: string, file: string, pragma = ''): Connection {
  const guard = <Value>(work: () => Value): Value => {
    try {
      return work()
    } catch (error) {
      throw translated(error, file)
    }
  }
  const database = guard(() => new Sqlite(name))
  const connection: Connection = {
    exec: (sql) => { guard(() => database.exec(sql)) },
    prepare: (sql) => statementOf(guard(() => database.prepare(sql)), guard),
    value: (sql, values = []) => connection.prepare(sql).all(values)[0]?.[0],
    close: () => { guard(() => database.close()) },
  }
  try {
    connection.exec(`PRAGMA busy_timeout = ${String(BUSY_MS)}; ${pragma}`)
  } catch (error) {
    connection.close()
    throw error
  }
  return connection
}

type Guard = <Value>(work: () => Value) => Value
type Prepared = ReturnType<InstanceType<typeof Sqlite>['prepare']>

function statementOf(statement: Prepared, guard: Guard): Statement {
  return {
    // Nothing comes back: `run` would make an object that tells of changes.
    run: (values = []) => { guard(() => { statement.get(values) }) },
    all: (values = []) => guard(() => statement.safeIntegers(false).raw().all(values) as readonly SqlRow[]),
    * each(values = []) {
      const rows = guard(() => statement.safeIntegers(true).raw().iterate(values))
      for (let step = guard(() => rows.next()); step.done !== true; step = guard(() => rows.next())) yield step.value as SqlRow
    },
    columns: () => guard(() => statement.columns().map(({ name }) => name)),
  }
}

const CANNOT_OPEN = 14
const CORRUPT = [11, 26]

function translated(error: unknown, file: string): unknown {
  if (!(error instanceof Error)) return error
  const { code = '' } = error as { readonly code?: string }
  // What fails while a database is opened has no code, only a number at the end of its text.
  const number = Number(/: (\d+)"?\)$/.exec(error.message)?.[1])
  const reason = error.message
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new AtomError('VIEW_LOCKED', `another program is writing to ${file}`, { data: { file }, hint: 'end its transaction, or move the file away: it is made again', cause: error })
  }
  if (code === 'SQLITE_FULL') return new AtomError('STORE_FULL', `there is no room left for ${file}`, { data: { folder: dirname(file) }, hint: 'the trail itself is as it was; make room, then run the command again', cause: error })
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || CORRUPT.includes(number)) return new BrokenView(reason, { cause: error })
  if (/^SQLITE_(?:IOERR|READONLY|CANTOPEN|PERM)/.test(code) || number === CANNOT_OPEN) {
    return new AtomError('FILE_UNWRITABLE', `cannot use ${file}: ${reason}`, { data: { path: file, reason }, hint: 'the trail itself is as it was', cause: error })
  }
  return code.startsWith('SQLITE_') || error.message.includes('raw()') ? new QueryRefused(reason, { cause: error }) : error
}
