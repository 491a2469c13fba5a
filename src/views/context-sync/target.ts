/** Whether a database may be exported to, and what is in it already. Looks only. */
import { lstatSync, readlinkSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { CLAIMS } from '../../ops/transfer/context-sync/synced-row.js'
import type { Connection } from '../sqlite/database.js'
import { columnNames, isSyncedTable, TRAIL } from './schema.js'
import { findTables, type FoundTable } from './tables.js'

/** What becomes of `atom_trail`: made with `object`, or KENL's own, or somebody else's that is left alone. */
export interface TrailTable {
  readonly is: 'ours' | 'kenl' | 'foreign'
  readonly columns: readonly string[]
  /** KENL's key is the atom id: of several that are equal only one can have it as it is. */
  readonly isKeyedByAtomId: boolean
}

export interface Target {
  /** Ordinary tables that are there. */
  readonly tables: ReadonlySet<string>
  /** Tables of every kind, those of virtual tables too. */
  readonly tableCount: number
  readonly hasClaims: boolean
  readonly trail: TrailTable
  /** `migration_history` is of the servers' shape, or not there. */
  readonly hasMigrations: boolean
}

/** Returns whether there is a file; throws `FILE_UNWRITABLE` for what is none of its own. */
export function checkPath(file: string): 'there' | 'absent' {
  const stat = lstatSync(file, { throwIfNoEntry: false })
  if (stat === undefined) return 'absent'
  if (stat.isSymbolicLink()) throw unwritable(file, 'it is a symbolic link', `atom export context-sync ${resolve(dirname(file), readlinkSync(file))}`)
  if (!stat.isFile()) throw unwritable(file, stat.isDirectory() ? 'it is a folder' : 'it is no ordinary file')
  return 'there'
}

export function unwritable(file: string, reason: string, hint = 'nothing was written'): AtomError<'FILE_UNWRITABLE'> {
  return new AtomError('FILE_UNWRITABLE', `cannot export to ${file}: ${reason}`, { data: { path: file, reason }, hint })
}

const TRAIL_COLUMNS = ['atom_id', 'operation', 'agent', 'timestamp', 'signature', 'previous_atom', 'metadata', 'context_sync_ref', 'token_cost', 'object']

/** Looks at a database that is there; throws `FILE_UNWRITABLE` for another program's, for one whose tables are others, and for a damaged one. */
export function inspectTarget(connection: Connection, file: string): Target {
  const damage = String(connection.value('PRAGMA quick_check(1)'))
  if (damage !== 'ok') throw unwritable(file, `the database is damaged: ${damage}`, 'nothing was written; the server, or `sqlite3 FILE .recover`, may mend it')
  const found = new Map(findTables(connection).map((table) => [table.name, table]))
  if (found.size > 0 && !found.has('projects')) throw unwritable(file, 'it is a database of another program: it has no table of projects')
  for (const table of found.values()) if (isSyncedTable(table.name) || table.name === CLAIMS) checkTable(file, table)
  const [trigger] = connection.prepare('SELECT name, tbl_name FROM sqlite_schema WHERE type = \'trigger\' LIMIT 1').all()
  if (trigger !== undefined) throw unwritable(file, `its table ${String(trigger[1])} has a trigger, ${String(trigger[0])}, which would change more than what is exported`)
  const migrations = found.get('migration_history')
  return {
    tables: new Set([...found.values()].filter(({ kind }) => kind === 'table').map(({ name }) => name)),
    tableCount: countTables(connection),
    hasClaims: found.has(CLAIMS),
    trail: trailOf(connection, found.get(TRAIL)),
    hasMigrations: migrations === undefined || (migrations.kind === 'table' && ['id', 'version', 'completed_at'].every((column) => migrations.columns.includes(column))),
  }
}

export function countTables(connection: Connection): number {
  return Number(connection.value('SELECT count(*) FROM sqlite_schema WHERE type = \'table\''))
}

const CLAIM_COLUMNS = ['table_name', 'row_id', 'store', 'object', 'digest']

function checkTable(file: string, { name, kind, columns }: FoundTable): void {
  if (kind !== 'table') throw unwritable(file, `its ${name} is a ${kind}`)
  const missing = (name === CLAIMS ? CLAIM_COLUMNS : columnNames(name)).find((column) => !columns.includes(column))
  if (missing !== undefined) throw unwritable(file, `its table ${name} has no column ${missing}: it is of another program`)
}

function trailOf(connection: Connection, table: FoundTable | undefined): TrailTable {
  if (table === undefined) return { is: 'ours', columns: TRAIL_COLUMNS, isKeyedByAtomId: false }
  const { columns, kind } = table
  const isKenl = kind === 'table' && ['atom_id', 'operation', 'agent', 'timestamp'].every((column) => columns.includes(column))
  if (!isKenl) return { is: 'foreign', columns, isKeyedByAtomId: false }
  return { is: columns.includes('object') ? 'ours' : 'kenl', columns: TRAIL_COLUMNS.filter((column) => column === 'object' || columns.includes(column)), isKeyedByAtomId: isUnique(connection, 'atom_id') }
}

function isUnique(connection: Connection, column: string): boolean {
  const uniques = connection.prepare('SELECT name FROM pragma_index_list(?) WHERE "unique" = 1 AND partial = 0').all([TRAIL]).map(([name]) => String(name))
  return uniques.some((index) => {
    const columns = connection.prepare('SELECT name FROM pragma_index_info(?)').all([index]).map(([name]) => String(name))
    return columns.length === 1 && columns[0] === column
  })
}
