/** The tables of context-sync's servers, v0.1.0 to v2.0.0, and those that an export adds. docs/context-sync.md says what for. */
import { CLAIMS } from '../../ops/transfer/context-sync/synced-row.js'

interface TableShape {
  /** The definitions of its columns, and its constraints. */
  readonly columns: readonly string[]
  readonly index?: string
  /** `on demand`: made only where there is a row for it; servers of one line alone have it. */
  readonly when: 'always' | 'on demand'
}

const OF_PROJECT = 'FOREIGN KEY (project_id) REFERENCES projects(id)'
const ID = ['id TEXT PRIMARY KEY', 'project_id TEXT NOT NULL']

function ofProject(columns: readonly string[], index: string, when: TableShape['when'] = 'always'): TableShape {
  return { columns: [...ID, ...columns, OF_PROJECT], index, when }
}

function onePerProject(...columns: readonly string[]): TableShape {
  return { columns: ['project_id TEXT PRIMARY KEY', ...columns, OF_PROJECT], when: 'always' }
}

const TABLES: { readonly [name: string]: TableShape } = {
  projects: {
    columns: ['id TEXT PRIMARY KEY', 'name TEXT NOT NULL', 'path TEXT', 'architecture TEXT', 'tech_stack TEXT', 'created_at INTEGER NOT NULL', 'updated_at INTEGER NOT NULL', 'is_current INTEGER DEFAULT 0'],
    when: 'always',
  },
  conversations: ofProject(['tool TEXT NOT NULL', 'role TEXT NOT NULL', 'content TEXT NOT NULL', 'timestamp INTEGER NOT NULL', 'metadata TEXT'], 'project_id, timestamp DESC'),
  decisions: ofProject(['type TEXT NOT NULL', 'description TEXT NOT NULL', 'reasoning TEXT', 'timestamp INTEGER NOT NULL'], 'project_id, timestamp DESC'),
  project_dependencies: ofProject(['name TEXT NOT NULL', 'version TEXT NOT NULL', 'critical INTEGER NOT NULL DEFAULT 0', 'dev INTEGER NOT NULL DEFAULT 0'], 'project_id, critical DESC'),
  project_build_system: onePerProject('type TEXT NOT NULL', 'commands TEXT NOT NULL', 'config_file TEXT NOT NULL'),
  project_test_framework: onePerProject('name TEXT NOT NULL', 'pattern TEXT NOT NULL', 'config_file TEXT', 'coverage INTEGER'),
  project_env_vars: ofProject(['var_name TEXT NOT NULL', 'required INTEGER NOT NULL DEFAULT 0', 'example_value TEXT'], 'project_id, required DESC'),
  project_services: ofProject(['name TEXT NOT NULL', 'port INTEGER', 'protocol TEXT NOT NULL', 'health_check TEXT'], 'project_id'),
  project_databases: ofProject(['type TEXT NOT NULL', 'connection_var TEXT', 'migrations INTEGER NOT NULL DEFAULT 0', 'migrations_path TEXT'], 'project_id'),
  project_metrics: onePerProject('lines_of_code INTEGER NOT NULL', 'file_count INTEGER NOT NULL', 'last_commit TEXT', 'contributors INTEGER NOT NULL', 'hotspots TEXT', 'complexity TEXT NOT NULL', 'updated_at INTEGER NOT NULL'),
  active_work: ofProject(
    ['task TEXT NOT NULL', 'context TEXT', 'files TEXT', 'branch TEXT', 'timestamp INTEGER NOT NULL', 'status TEXT CHECK(status IN (\'active\', \'paused\', \'completed\')) DEFAULT \'active\''],
    'project_id, status, timestamp DESC',
  ),
  constraints: ofProject(['key TEXT NOT NULL', 'value TEXT NOT NULL', 'reasoning TEXT', 'timestamp INTEGER NOT NULL'], 'project_id, timestamp DESC'),
  problems: ofProject(
    ['description TEXT NOT NULL', 'context TEXT', 'status TEXT CHECK(status IN (\'open\', \'investigating\', \'resolved\')) DEFAULT \'open\'', 'resolution TEXT', 'timestamp INTEGER NOT NULL'],
    'project_id, status, timestamp DESC',
  ),
  goals: ofProject(
    ['description TEXT NOT NULL', 'target_date TEXT', 'status TEXT CHECK(status IN (\'planned\', \'in-progress\', \'blocked\', \'completed\')) DEFAULT \'planned\'', 'timestamp INTEGER NOT NULL'],
    'project_id, status, timestamp DESC',
  ),
  notes: ofProject(['content TEXT NOT NULL', 'tags TEXT', 'timestamp INTEGER NOT NULL'], 'project_id, timestamp DESC'),
  caveats: ofProject(
    [
      'description TEXT NOT NULL', 'category TEXT CHECK(category IN (\'mistake\', \'shortcut\', \'unverified\', \'assumption\', \'workaround\')) NOT NULL',
      'severity TEXT CHECK(severity IN (\'low\', \'medium\', \'high\', \'critical\')) DEFAULT \'medium\'', 'attempted TEXT', 'error TEXT', 'recovery TEXT', 'verified INTEGER NOT NULL DEFAULT 0',
      'action_required TEXT', 'affects_production INTEGER NOT NULL DEFAULT 0', 'timestamp INTEGER NOT NULL', 'resolved INTEGER NOT NULL DEFAULT 0', 'resolution TEXT', 'resolved_at INTEGER',
    ],
    'project_id, resolved, severity DESC, timestamp DESC',
  ),
  todos: {
    columns: [
      'id TEXT PRIMARY KEY', 'title TEXT NOT NULL', 'description TEXT', 'status TEXT NOT NULL DEFAULT \'pending\'', 'priority TEXT NOT NULL DEFAULT \'medium\'', 'tags TEXT', 'due_date TEXT', 'created_at TEXT NOT NULL',
      'updated_at TEXT NOT NULL', 'completed_at TEXT', 'project_id TEXT', `${OF_PROJECT} ON DELETE SET NULL`,
    ],
    when: 'on demand',
  },
  learnings: ofProject(['insight TEXT NOT NULL', 'context TEXT', 'confidence REAL', 'timestamp INTEGER NOT NULL'], 'project_id, timestamp DESC', 'on demand'),
  problem_solutions: ofProject(['problem TEXT NOT NULL', 'solution TEXT NOT NULL', 'confidence REAL', 'timestamp INTEGER NOT NULL'], 'project_id, timestamp DESC', 'on demand'),
  comparisons: ofProject(['option_a TEXT', 'option_b TEXT', 'winner TEXT', 'reasoning TEXT', 'confidence REAL', 'timestamp INTEGER NOT NULL'], 'project_id, timestamp DESC', 'on demand'),
  anti_patterns: ofProject(['description TEXT NOT NULL', 'why TEXT NOT NULL', 'confidence REAL', 'timestamp INTEGER NOT NULL'], 'project_id, timestamp DESC', 'on demand'),
}

export const TRAIL = 'atom_trail'

/** KENL's columns and `object`. Its table has the atom id as key, of which there may be several: here `object` is the one that is unique. */
const TRAIL_DDL = `CREATE TABLE ${TRAIL} (atom_id TEXT NOT NULL, operation TEXT NOT NULL, agent TEXT NOT NULL, timestamp TEXT NOT NULL, signature TEXT, previous_atom TEXT, metadata JSON, context_sync_ref TEXT, token_cost INTEGER, object TEXT);
  CREATE INDEX atom_trail_atom_id ON ${TRAIL}(atom_id)`
/** Also for KENL's own table. Rows that KENL writes have no object: NULLs are no duplicates. */
export const TRAIL_OBJECT_INDEX: string = `CREATE UNIQUE INDEX IF NOT EXISTS atom_trail_object ON ${TRAIL}(object)`

const CLAIMS_DDL = `CREATE TABLE ${CLAIMS} (table_name TEXT NOT NULL, row_id TEXT NOT NULL, store TEXT NOT NULL, object TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (table_name, row_id, store)) WITHOUT ROWID`

/** v2 looks for it at every start, makes it never, and prints what is no JSON where it is missing. */
const SESSIONS_DDL = 'CREATE TABLE sessions (id TEXT PRIMARY KEY)'
/** Versions that v2 asks for: where they are missing it begins its migration, which fails and leaves a whole copy behind, at every start. */
const MIGRATIONS_DDL = 'CREATE TABLE migration_history (id TEXT PRIMARY KEY, version TEXT NOT NULL, completed_at INTEGER NOT NULL)'
export const MIGRATIONS: readonly (readonly [id: string, version: string])[] = [['v1-to-v2', '2.0.0'], ['v1-to-v2-1.0.5', '1.0.5']]

/** Which row of a table is which. */
export function keyColumn(table: string): string {
  if (table === TRAIL) return 'object'
  return TABLES[table]?.columns[0]?.startsWith('project_id') === true ? 'project_id' : 'id'
}

export function isSyncedTable(name: string): boolean {
  return Object.hasOwn(TABLES, name)
}

/** Returns the names of the columns that a table must have. */
export function columnNames(table: string): readonly string[] {
  return (TABLES[table]?.columns ?? []).filter((column) => !column.startsWith('FOREIGN')).map((column) => column.slice(0, column.indexOf(' ')))
}

/** Returns what makes the tables that are not there; `used` are those on demand that have a row. */
export function missingTables(there: ReadonlySet<string>, used: ReadonlySet<string>): readonly string[] {
  const shapes = Object.entries(TABLES).filter(([name, { when }]) => !there.has(name) && (when === 'always' || used.has(name)))
  return [
    ...shapes.map(([name, { columns }]) => `CREATE TABLE ${name} (${columns.join(', ')})`),
    ...shapes.flatMap(([name, { index }]) => index === undefined ? [] : [`CREATE INDEX IF NOT EXISTS ${indexName(name)} ON ${name}(${index})`]),
    ...[['sessions', SESSIONS_DDL], ['migration_history', MIGRATIONS_DDL], [CLAIMS, CLAIMS_DDL], [TRAIL, TRAIL_DDL]].flatMap(([name = '', ddl = '']) => there.has(name) ? [] : [ddl]),
  ]
}

function indexName(table: string): string {
  return table.startsWith('project_') ? `idx_${table}` : `idx_${table}_project`
}
