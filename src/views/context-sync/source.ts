/** The tables of somebody's context-sync database, copied at one moment, for `import context-sync`. */
import { statSync } from 'node:fs'
import { AtomError, isAtomError } from '../../base/errors.js'
import { CLAIMS, type Cells } from '../../ops/transfer/context-sync/synced-row.js'
import type { Exported, LeftOut, SyncedTable, SyncedTables } from '../../ops/transfer/context-sync/synced-source.js'
import { BrokenView, QueryRefused, quoted, type Connection } from '../sqlite/database.js'
import { openSnapshot, type Snapshot } from '../sqlite/snapshot.js'
import { cellColumns, cellsOf, DISTRUST, findTables, textReader, type FoundTable } from './tables.js'
import { retryLocked, type Patience } from './patience.js'

/** A row above it is not taken: what it says has to be held several times on its way. */
const ROW_MAX_BYTES = 67_108_864

/** Opens a database; throws `SOURCE_UNREADABLE` for what is none, `VIEW_LOCKED` where a program holds it locked for long. */
export async function openSyncedTables(file: string, patience: Patience = {}): Promise<SyncedTables> {
  checkFile(file)
  const snapshot = await retryLocked(file, patience, () => attempt(file, () => openSnapshot(file)))
  try {
    return attempt(file, () => tablesOf(file, snapshot))
  } catch (error) {
    snapshot.close()
    throw error
  }
}

function checkFile(file: string): void {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) throw unreadable(file, 'there is no such file')
  if (!stat.isFile()) throw unreadable(file, stat.isDirectory() ? 'it is a folder' : 'it is no ordinary file')
}

/** Runs what reads the database; what SQLite says of its contents is the file's fault. */
function attempt<Value>(file: string, work: () => Value): Value {
  try {
    return work()
  } catch (error) {
    if (error instanceof BrokenView || error instanceof QueryRefused) throw unreadable(file, error.message, error)
    if (isAtomError(error, 'FILE_UNWRITABLE')) throw unreadable(file, error.data.reason, error)
    if ((error as { readonly code?: string }).code === 'EACCES') throw unreadable(file, 'it may not be read', error)
    throw error
  }
}

function unreadable(file: string, reason: string, cause?: unknown): AtomError<'SOURCE_UNREADABLE'> {
  return new AtomError('SOURCE_UNREADABLE', `cannot read ${file}: ${reason}`, { data: { source: file, reason }, hint: 'the database of context-sync is ~/.context-sync/data.db', ...(cause !== undefined && { cause }) })
}

function tablesOf(file: string, { connection, close }: Snapshot): SyncedTables {
  connection.exec(DISTRUST)
  const toText = textReader(connection)
  const found = findTables(connection).filter(({ name }) => name !== CLAIMS)
  const tables = new Map(found.filter(({ kind }) => kind === 'table').map((table) => [table.name, table]))
  const claims = readClaims(connection)
  return {
    location: file,
    tables: [...tables.values()].map((table) => countRows(connection, table)),
    leftOut: [...found.filter(({ kind }) => kind !== 'table').map(({ name, kind }) => ({ name, reason: `it is a ${kind}` })), ...[...tables.values()].flatMap((table) => largeRows(connection, table))],
    * rows(name, order) {
      const table = tables.get(name)
      if (table === undefined) return
      const by = order.filter((column) => table.columns.includes(column)).map(quoted)
      const query = `SELECT ${cellColumns(table.columns)} FROM ${quoted(name)} WHERE ${sizeOf(table)} <= ${String(ROW_MAX_BYTES)}${by.length === 0 ? '' : ` ORDER BY ${by.join(', ')}`}`
      yield* attemptEach(file, mapped(connection.prepare(query).each(), (row) => cellsOf(table.columns, row, toText)))
    },
    ...claims,
    close,
  }
}

function* mapped<Item, Result>(items: Iterable<Item>, to: (item: Item) => Result): Iterable<Result> {
  for (const item of items) yield to(item)
}

/** A damaged page shows only when it is come to. */
function* attemptEach(file: string, rows: Iterable<Cells>): Iterable<Cells> {
  const iterator = rows[Symbol.iterator]()
  try {
    for (let step = attempt(file, () => iterator.next()); step.done !== true; step = attempt(file, () => iterator.next())) yield step.value
  } finally {
    iterator.return?.()
  }
}

function countRows(connection: Connection, { name, columns }: FoundTable): SyncedTable {
  return { name, columns, rows: Number(connection.value(`SELECT count(*) FROM ${quoted(name)}`)) }
}

function sizeOf({ columns }: FoundTable): string {
  return columns.map((column) => `coalesce(octet_length(${quoted(column)}), 0)`).join(' + ')
}

function largeRows(connection: Connection, table: FoundTable): readonly LeftOut[] {
  const large = Number(connection.value(`SELECT count(*) FROM ${quoted(table.name)} WHERE ${sizeOf(table)} > ${String(ROW_MAX_BYTES)}`))
  return large === 0 ? [] : [{ name: table.name, reason: `${String(large)} of its rows are over ${String(ROW_MAX_BYTES >> 20)} MiB` }]
}

/** A table of that name with other columns says nothing. */
function readClaims(connection: Connection): Pick<SyncedTables, 'exported' | 'lost'> {
  if (!isClaims(connection)) return { exported: () => [], lost: () => [] }
  const find = connection.prepare(`SELECT object, digest FROM ${CLAIMS} WHERE table_name = ? AND row_id = ?`)
  return {
    exported: (table, id) => find.all([table, id]).map(([object, digest]): Exported => ({ object: String(object), digest: String(digest) })),
    * lost() {
      const names = new Set(findTables(connection).filter(({ kind, columns }) => kind === 'table' && columns.includes('id')).map(({ name }) => name))
      for (const [table] of connection.prepare(`SELECT DISTINCT table_name FROM ${CLAIMS}`).all()) {
        if (!names.has(String(table))) continue
        const query = `SELECT row_id, max(object) FROM ${CLAIMS} WHERE table_name = ? AND row_id NOT IN (SELECT id FROM ${quoted(String(table))} WHERE id IS NOT NULL) GROUP BY row_id`
        for (const [id, object] of connection.prepare(query).all([String(table)])) yield { table: String(table), id: String(id), object: String(object) }
      }
    },
  }
}

export function isClaims(connection: Connection): boolean {
  const claims = findTables(connection).find(({ name }) => name === CLAIMS)
  return claims?.kind === 'table' && ['table_name', 'row_id', 'store', 'object', 'digest'].every((column) => claims.columns.includes(column))
}
