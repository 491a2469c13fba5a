/** Performs a plan under the lock of the database: one transaction, each row looked at once more. */
import { cellsDigest, CLAIMS } from '../../ops/transfer/context-sync/synced-row.js'
import { QueryRefused, type Connection } from '../sqlite/database.js'
import { plannedActions, type Action, type Plan } from './plan.js'
import { accessRows } from './rows.js'
import { isSyncedTable, MIGRATIONS, missingTables, TRAIL, TRAIL_OBJECT_INDEX } from './schema.js'
import type { Target } from './target.js'

export interface Applied {
  readonly counts: { readonly [action in Action]: number }
  /** Rows that somebody changed between plan and lock: the next export judges them again. */
  readonly passed: number
}

/** MUST be called within a transaction. */
export function applyPlan(connection: Connection, target: Target, { plan, store }: { readonly plan: Plan; readonly store: string }): Applied {
  for (const ddl of missingTables(target.tables, plan.used)) connection.exec(ddl)
  if (target.trail.is === 'kenl') connection.exec(`ALTER TABLE ${TRAIL} ADD COLUMN object TEXT`)
  if (target.trail.is !== 'foreign') connection.exec(TRAIL_OBJECT_INDEX)
  if (target.hasMigrations) addMigrations(connection)
  const rows = accessRows(connection, new Set([...target.tables, ...plan.used]))
  const claim = connection.prepare(`INSERT OR REPLACE INTO ${CLAIMS} VALUES (?, ?, ?, ?, ?)`)
  const reclaim = connection.prepare(`UPDATE ${CLAIMS} SET digest = ? WHERE table_name = ? AND row_id = ?`)
  const unclaim = connection.prepare(`DELETE FROM ${CLAIMS} WHERE table_name = ? AND row_id = ? AND store = ?`)
  const counts = { insert: 0, update: 0, claim: 0, remove: 0, unclaim: 0 }
  let passed = 0
  for (const { action, table, id, object, cells, digest, seen } of plannedActions(connection)) {
    const there = rows.get(table, id)
    if ((there && cellsDigest(there)) !== seen || (action === 'remove' && table === 'projects' && isProjectInUse(connection, target, id))) {
      passed++
      continue
    }
    counts[action]++
    if (action === 'insert') rows.insert(table, cells)
    if (action === 'update') {
      rows.update(table, id, cells)
      reclaim.run([digest, table, id])
    }
    if (action === 'remove') rows.remove(table, id)
    if (action === 'remove' || action === 'unclaim') unclaim.run([table, id, store])
    else claim.run([table, id, store, object, digest])
  }
  return { counts, passed }
}

function addMigrations(connection: Connection): void {
  for (const [id, version] of MIGRATIONS) {
    connection.prepare('INSERT OR IGNORE INTO migration_history (id, version, completed_at) SELECT ?, ?, 0 WHERE NOT EXISTS (SELECT 1 FROM migration_history WHERE version = ?)').run([id, version, version])
  }
}

/** A project whose rows a server added to stays. */
function isProjectInUse(connection: Connection, { tables }: Target, id: string): boolean {
  return [...tables].some((table) => isSyncedTable(table) && table !== 'projects' && connection.prepare(`SELECT 1 FROM ${table} WHERE project_id = ? LIMIT 1`).all([id]).length > 0)
}

/** Takes a transaction back. Where SQLite has done so already (a full disk) there is nothing to take back. */
export function rollBack(connection: Connection): void {
  try {
    connection.exec('ROLLBACK')
  } catch (error) {
    if (!(error instanceof QueryRefused)) throw error
  }
}
