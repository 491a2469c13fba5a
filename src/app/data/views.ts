/** Which views a store has, and where: the only place that knows. SQLite is loaded when something asks for tables. */
import { AtomError } from '../../base/errors.js'
import type { Views } from '../../ops/ports.js'
import type * as SyncedRoom from '../../views/context-sync/source.js'
import type * as SqliteRoom from '../../views/sqlite/view.js'

export function createViews(folder: string): Views {
  return {
    tables: async () => (await loadSqlite()).createSqliteView(folder),
    contextSync: async () => ({ exportTo: (await withSqlite(() => import('../../views/context-sync/export.js'))).exportSynced }),
    drop: async () => (await import('../../views/sqlite/files.js')).viewFiles(folder).drop(),
  }
}

function loadSqlite(): Promise<typeof SqliteRoom> {
  return withSqlite(() => import('../../views/sqlite/view.js'))
}

/** Returns what reads the tables of a context-sync database. */
export function loadSyncedTables(): Promise<typeof SyncedRoom> {
  return withSqlite(() => import('../../views/context-sync/source.js'))
}

/** Loads what needs SQLite; throws `UNSUPPORTED` where its library does not run. */
async function withSqlite<Room>(load: () => Promise<Room>): Promise<Room> {
  try {
    return await load()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AtomError('UNSUPPORTED', `SQLite does not run here: ${reason}`, { data: { what: 'sqlite' }, hint: 'npm ci, with optional packages; libsql has no build for every system', cause })
  }
}
