/**
 * The tables of a D1 remote, as `docs/spec/d1.md` has them. The first push makes them; a newer program adds a migration, and an older one refuses what it does not know.
 */
import { refusedBy } from '../remote-errors.js'
import type { D1Query, D1Statement } from './d1-query.js'
import { countAt, textAt } from './rows.js'

/** Each brings the tables from the version before to the next: statements that may be run twice. */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    'CREATE TABLE IF NOT EXISTS objects (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, size INTEGER NOT NULL, bytes TEXT NOT NULL)',
    'CREATE TABLE IF NOT EXISTS refs (name TEXT PRIMARY KEY, target TEXT)',
    'CREATE TABLE IF NOT EXISTS atom_settings (key TEXT PRIMARY KEY, value TEXT NOT NULL)',
    `CREATE TABLE IF NOT EXISTS atom_trail_remote (
      object TEXT PRIMARY KEY, atom_id TEXT NOT NULL, type TEXT NOT NULL, operation TEXT NOT NULL, agent TEXT NOT NULL, project TEXT, timestamp TEXT NOT NULL, signature TEXT NOT NULL,
      previous_atom TEXT, previous_object TEXT, title TEXT, reason TEXT, metadata TEXT, context_sync_ref TEXT, token_cost INTEGER NOT NULL, tree TEXT, body TEXT,
      forgotten INTEGER NOT NULL, status TEXT NOT NULL CHECK (status IN ('verified', 'unverified')), synced_at TEXT NOT NULL)`,
    'CREATE INDEX IF NOT EXISTS atom_trail_remote_atom_id ON atom_trail_remote (atom_id)',
    'CREATE INDEX IF NOT EXISTS atom_trail_remote_timestamp ON atom_trail_remote (timestamp)',
    'CREATE TABLE IF NOT EXISTS atom_said (object TEXT PRIMARY KEY, json TEXT NOT NULL)',
    'CREATE TABLE IF NOT EXISTS atom_contents (id TEXT PRIMARY KEY, size INTEGER NOT NULL)',
  ],
]
const TABLES: readonly string[] = ['objects', 'refs', 'atom_settings', 'atom_trail_remote', 'atom_said', 'atom_contents']

/** The version that this program writes. */
export const SCHEMA_VERSION: number = MIGRATIONS.length
/** The time by the database's own clock. */
export const NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"

/** Returns the version of the tables; 0 where there are none. Throws `REMOTE_REFUSED` for tables of a newer program, or of another one. */
export async function readVersion(query: D1Query): Promise<number> {
  return (await readTables(query, 'version')).version
}

export interface TablesState {
  readonly version: number
  /** Whether a content lies in R2 and in no row. */
  readonly hasApart: boolean
}

const VERSION: D1Statement = { sql: 'SELECT coalesce(max(version), 0) AS version FROM atom_migrations', params: [] }
const APART: D1Statement = { sql: 'SELECT id FROM atom_contents WHERE NOT EXISTS (SELECT 1 FROM objects WHERE objects.id = atom_contents.id) LIMIT 1', params: [] }

/** Returns the version as `readVersion` does, and in the same question whether a Worker keeps contents in R2. */
export async function readTables(query: D1Query, wanted: 'version' | 'contents'): Promise<TablesState> {
  const [tables = []] = await query.run([{ sql: "SELECT name FROM sqlite_master WHERE type = 'table'", params: [] }])
  const names = tables.map((row) => textAt(query, row, 'name'))
  if (!names.includes('atom_migrations')) {
    const foreign = TABLES.find((name) => names.includes(name))
    if (foreign !== undefined) throw refusedBy(query.location, `it holds something else (a table ${foreign}): give a database of its own`)
    return { version: 0, hasApart: false }
  }
  const [versions = [], apart = []] = await query.run(wanted === 'contents' && names.includes('atom_contents') ? [VERSION, APART] : [VERSION])
  const version = versions[0] === undefined ? 0 : countAt(query, versions[0], 'version')
  if (version > SCHEMA_VERSION) throw refusedBy(query.location, `a newer program made its tables (version ${String(version)}, and this one knows ${String(SCHEMA_VERSION)}): install a newer atom`)
  return { version, hasApart: apart.length > 0 }
}

/** Brings the tables from a version to the one that this program writes. Two at once do no harm. */
export async function migrate(query: D1Query, version: number): Promise<void> {
  if (version === SCHEMA_VERSION) return
  const statements: D1Statement[] = [{ sql: 'CREATE TABLE IF NOT EXISTS atom_migrations (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL)', params: [] }]
  for (const [index, migration] of [...MIGRATIONS.entries()].slice(version)) {
    statements.push(...migration.map((sql) => ({ sql, params: [] })), { sql: `INSERT OR IGNORE INTO atom_migrations (version, applied_at) VALUES (${String(index + 1)}, ${NOW})`, params: [] })
  }
  await query.run(statements)
}
