/** Which views a store has, and where: the only place that knows. SQLite is loaded when something asks for tables. */
import { AtomError } from '../base/errors.js'
import type { Views } from '../ops/ports.js'
import type * as SqliteRoom from '../views/sqlite/view.js'

export function createViews(folder: string): Views {
  return {
    tables: async () => (await loadSqlite()).createSqliteView(folder),
    drop: async () => (await import('../views/sqlite/files.js')).viewFiles(folder).drop(),
  }
}

/** Returns the room of SQLite; throws `UNSUPPORTED` where its library does not run. */
async function loadSqlite(): Promise<typeof SqliteRoom> {
  try {
    return await import('../views/sqlite/view.js')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AtomError('UNSUPPORTED', `SQLite does not run here: ${reason}`, { data: { what: 'sqlite' }, hint: 'npm ci, with optional packages; libsql has no build for every system', cause })
  }
}
