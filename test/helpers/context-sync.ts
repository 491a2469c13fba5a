/** Databases as context-sync's servers make them, and what the servers do to them. */
import Sqlite from 'libsql'

export type Database = InstanceType<typeof Sqlite>
export type Cell = string | number | bigint | null | Uint8Array

const OF_PROJECT = 'FOREIGN KEY (project_id) REFERENCES projects(id)'
const ID = 'id TEXT PRIMARY KEY, project_id TEXT NOT NULL'

const S1 = `
  CREATE TABLE projects (id TEXT PRIMARY KEY, name TEXT NOT NULL, path TEXT, architecture TEXT, tech_stack TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, is_current INTEGER DEFAULT 0);
  CREATE TABLE conversations (${ID}, tool TEXT NOT NULL, role TEXT NOT NULL, content TEXT NOT NULL, timestamp INTEGER NOT NULL, metadata TEXT, ${OF_PROJECT});
  CREATE TABLE decisions (${ID}, type TEXT NOT NULL, description TEXT NOT NULL, reasoning TEXT, timestamp INTEGER NOT NULL, ${OF_PROJECT});
  CREATE INDEX idx_conversations_project ON conversations(project_id, timestamp DESC);
  CREATE INDEX idx_decisions_project ON decisions(project_id, timestamp DESC);`
const TODOS = `
  CREATE TABLE todos (id TEXT PRIMARY KEY, title TEXT NOT NULL, description TEXT, status TEXT NOT NULL DEFAULT 'pending', priority TEXT NOT NULL DEFAULT 'medium', tags TEXT, due_date TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    completed_at TEXT, project_id TEXT, FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE SET NULL);`
const S3 = `
  CREATE TABLE project_dependencies (${ID}, name TEXT NOT NULL, version TEXT NOT NULL, critical INTEGER NOT NULL DEFAULT 0, dev INTEGER NOT NULL DEFAULT 0, ${OF_PROJECT});
  CREATE TABLE project_build_system (project_id TEXT PRIMARY KEY, type TEXT NOT NULL, commands TEXT NOT NULL, config_file TEXT NOT NULL, ${OF_PROJECT});
  CREATE TABLE active_work (${ID}, task TEXT NOT NULL, context TEXT, files TEXT, branch TEXT, timestamp INTEGER NOT NULL, status TEXT CHECK(status IN ('active', 'paused', 'completed')) DEFAULT 'active', ${OF_PROJECT});
  CREATE TABLE constraints (${ID}, key TEXT NOT NULL, value TEXT NOT NULL, reasoning TEXT, timestamp INTEGER NOT NULL, ${OF_PROJECT});
  CREATE TABLE problems (${ID}, description TEXT NOT NULL, context TEXT, status TEXT CHECK(status IN ('open', 'investigating', 'resolved')) DEFAULT 'open', resolution TEXT, timestamp INTEGER NOT NULL, ${OF_PROJECT});
  CREATE TABLE goals (${ID}, description TEXT NOT NULL, target_date TEXT, status TEXT CHECK(status IN ('planned', 'in-progress', 'blocked', 'completed')) DEFAULT 'planned', timestamp INTEGER NOT NULL, ${OF_PROJECT});
  CREATE TABLE notes (${ID}, content TEXT NOT NULL, tags TEXT, timestamp INTEGER NOT NULL, ${OF_PROJECT});
  CREATE TABLE caveats (${ID}, description TEXT NOT NULL, category TEXT CHECK(category IN ('mistake', 'shortcut', 'unverified', 'assumption', 'workaround')) NOT NULL, severity TEXT CHECK(severity IN ('low', 'medium', 'high', 'critical')) DEFAULT 'medium',
    attempted TEXT, error TEXT, recovery TEXT, verified INTEGER NOT NULL DEFAULT 0, action_required TEXT, affects_production INTEGER NOT NULL DEFAULT 0, timestamp INTEGER NOT NULL, resolved INTEGER NOT NULL DEFAULT 0, resolution TEXT, resolved_at INTEGER, ${OF_PROJECT});`
const S2B = `
  CREATE TABLE learnings (${ID}, insight TEXT NOT NULL, context TEXT, confidence REAL, timestamp INTEGER NOT NULL);
  CREATE TABLE problem_solutions (${ID}, problem TEXT NOT NULL, solution TEXT NOT NULL, confidence REAL, timestamp INTEGER NOT NULL);
  CREATE TABLE comparisons (${ID}, option_a TEXT, option_b TEXT, winner TEXT, reasoning TEXT, confidence REAL, timestamp INTEGER NOT NULL);
  CREATE TABLE anti_patterns (${ID}, description TEXT NOT NULL, why TEXT NOT NULL, confidence REAL, timestamp INTEGER NOT NULL);`

const LINES = { S1, S2: S1 + TODOS, S2b: S1 + TODOS + S3 + S2B, S3: S1 + S3 } as const
export type SchemaLine = keyof typeof LINES

/** A moment in October 2025, in ms. */
export const THEN_MS = 1_760_000_000_000

/** Makes the database of a server; MUST be closed. */
export function aDatabase(file: string, line: SchemaLine): Database {
  const database = new Sqlite(file)
  database.exec(LINES[line])
  return database
}

/** Writes a row as a server does: what is not named is NULL or the column's default. */
export function put(database: Database, table: string, row: Readonly<Record<string, Cell>>): void {
  const names = Object.keys(row)
  const values = Object.values(row).map((value) => typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value)
  database.prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`).run(values)
}

export function putProject(database: Database, id: string, path: string | null, name = id): void {
  put(database, 'projects', { id, name, path, tech_stack: '[]', created_at: THEN_MS, updated_at: THEN_MS })
}

export function putDecision(database: Database, id: string, description: string, others: Readonly<Record<string, Cell>> = {}): void {
  put(database, 'decisions', { id, project_id: 'p1', type: 'other', description, timestamp: THEN_MS + 1_000, ...others })
}

export function putNote(database: Database, id: string, content: string, others: Readonly<Record<string, Cell>> = {}): void {
  put(database, 'notes', { id, project_id: 'p1', content, timestamp: THEN_MS + 2_000, ...others })
}
/** Returns every row of a table, whole, by its id. */
export function allRows(file: string, table: string): readonly (readonly unknown[])[] {
  const database = new Sqlite(file)
  try {
    return database.prepare(`SELECT * FROM "${table}" ORDER BY 1`).raw().all() as unknown as readonly (readonly unknown[])[]
  } finally {
    database.close()
  }
}

/** Returns the first column of what a query finds. */
export function ask(file: string, query: string, ...values: readonly Cell[]): readonly unknown[] {
  const database = new Sqlite(file)
  try {
    return (database.prepare(query).raw().all([...values]) as unknown as readonly (readonly unknown[])[]).map(([first]) => first)
  } finally {
    database.close()
  }
}
