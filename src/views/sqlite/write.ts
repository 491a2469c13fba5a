/** Puts the rows of ATOMs into the tables of a view, and takes them out again. Inside a transaction of the caller. */
import { toDisplayText } from '../../base/bytes.js'
import type { ObjectReader } from '../../store/types.js'
import { BrokenView, type Connection, type SqlRow, type SqlValue, type Statement } from './database.js'
import type { RowSink } from './load-steps.js'
import { rowsOf, type AtomRows, type ReadAtom } from './project.js'
import { SEARCH_COLUMNS, TABLES } from './schema.js'
import { searchRow } from './search-text.js'

export interface RowPutter {
  /** Returns its row in `atom_trail`. */
  put(atom: ReadAtom): SqlRow
  /** Tells whether a text with a NUL went in: readers have to ask for such texts as bytes. */
  readonly hasNul: boolean
}

export interface RowWriter {
  put(atom: ReadAtom): void
  /** Takes out the ATOM that arrived under this number. */
  remove(seq: number): void
  /** Brings the rows of projects and runs that were touched up to date. */
  finish(): void
  readonly hasNul: boolean
}

const OF_ATOMS: readonly (keyof AtomRows)[] = ['atom_trail', 'merged', 'influences', 'files', 'evidence', 'tokens', 'decisions', 'conversations']
const INSERTS: readonly (readonly [name: keyof AtomRows, sql: string])[] = OF_ATOMS.map((name) => [name, insertSql(name)])
const INSERT_SEARCH = `INSERT INTO search(rowid, ${SEARCH_COLUMNS.map(([name]) => name).join(', ')}) VALUES (?${', ?'.repeat(SEARCH_COLUMNS.length)})`

/** Puts ATOMs into tables that are open, or being loaded. */
export function createRowPutter(sink: RowSink, objects: ObjectReader): RowPutter {
  let hasNul = false
  return {
    get hasNul() { return hasNul },
    put(atom) {
      const rows = rowsOf(atom)
      for (const [name, sql] of INSERTS) {
        for (const row of rows[name]) {
          hasNul ||= row.some((value) => typeof value === 'string' && value.includes('\0'))
          sink.insert(sql, row)
        }
      }
      sink.insert(INSERT_SEARCH, [atom.seq, ...searchRow(objects, atom)])
      return rows.atom_trail[0] ?? []
    },
  }
}

/** Changes the tables of a view that is there. */
export function createRowWriter(connection: Connection, objects: ObjectReader): RowWriter {
  const putter = createRowPutter(sinkOf(connection), objects)
  const touched: Touched = { projects: new Map(), runs: new Set() }
  return {
    get hasNul() { return putter.hasNul },
    put(atom) {
      const row = putter.put(atom)
      touch(touched, { project: row[AT.project], run: row[AT.sage_run], tokens: row[AT.token_cost], atoms: 1 })
    },
    remove: createRemoval(connection, touched),
    finish: () => { finishTouched(connection, touched) },
  }
}

/** Returns an open database as a place where rows go at once. */
export function sinkOf(connection: Connection): RowSink {
  const inserts = new Map<string, Statement>()
  return {
    exec: connection.exec,
    insert(sql, row) {
      const insert = inserts.get(sql) ?? connection.prepare(sql)
      inserts.set(sql, insert)
      insert.run(row)
    },
  }
}

interface Touched {
  readonly projects: Map<string, { atoms: number; tokens: number }>
  readonly runs: Set<string>
}

const place = (column: string): number => TABLES.find(({ name }) => name === 'atom_trail')?.columns.findIndex(({ name }) => name === column) ?? -1
const AT = { project: place('project'), sage_run: place('sage_run'), token_cost: place('token_cost') }

function touch({ projects, runs }: Touched, change: { readonly project: SqlValue | undefined; readonly run: SqlValue | undefined; readonly tokens: SqlValue | undefined; readonly atoms: 1 | -1 }): void {
  if (typeof change.project === 'string') {
    const known = projects.get(change.project) ?? { atoms: 0, tokens: 0 }
    projects.set(change.project, { atoms: known.atoms + change.atoms, tokens: known.tokens + change.atoms * Number(change.tokens) })
  }
  if (typeof change.run === 'string') runs.add(change.run)
}

function createRemoval(connection: Connection, touched: Touched): (seq: number) => void {
  let statements: { readonly find: Statement; readonly deletes: readonly Statement[]; readonly search: Statement } | undefined
  return (seq) => {
    statements ??= {
      // As bytes: a text is only read up to a NUL in it.
      find: connection.prepare('SELECT CAST(project AS BLOB), CAST(sage_run AS BLOB), token_cost FROM atom_trail WHERE seq = ?'),
      deletes: [...OF_ATOMS].reverse().map((name) => connection.prepare(`DELETE FROM ${name} WHERE seq = ?`)),
      search: connection.prepare('DELETE FROM search WHERE rowid = ?'),
    }
    const [found] = statements.find.all([seq])
    if (found === undefined) throw new BrokenView(`it has no row for the ATOM that arrived as number ${String(seq)}`)
    const [project = null, run = null, tokens] = found
    for (const statement of statements.deletes) statement.run([seq])
    statements.search.run([seq])
    touch(touched, { project: textOf(project), run: textOf(run), tokens, atoms: -1 })
  }
}

function textOf(value: SqlValue): string | null {
  return value instanceof Uint8Array ? toDisplayText(value) : null
}

const PROJECTS = 'INSERT INTO projects SELECT project, count(*), sum(token_cost), min(timestamp), max(timestamp) FROM atom_trail'
/** The last one that says something, by order of arrival. */
const lastOf = (key: string): string => `(SELECT json_extract(metadata, '$.${key}') FROM atom_trail AS other WHERE other.sage_run = atom_trail.sage_run AND json_type(metadata, '$.${key}') = 'text' ORDER BY seq DESC LIMIT 1)`
const RUNS = `INSERT INTO sage_runs SELECT sage_run, min(project), count(*), ${lastOf('state')}, ${lastOf('conclusion')}, sum(token_cost), min(timestamp), max(timestamp) FROM atom_trail`

/** Makes the rows of all projects and runs. */
export const SUMMARIES: string = `${PROJECTS} WHERE project IS NOT NULL GROUP BY project; ${RUNS} WHERE sage_run IS NOT NULL GROUP BY sage_run`

/** Counts go up and down; the ends come from the index: the size of a project does not matter. A run is small, and made again. */
function finishTouched(connection: Connection, { projects, runs }: Touched): void {
  const bounds = connection.prepare('UPDATE projects SET first_at = (SELECT min(timestamp) FROM atom_trail WHERE project = name), last_at = (SELECT max(timestamp) FROM atom_trail WHERE project = name) WHERE name = ?')
  const count = connection.prepare(`INSERT INTO projects VALUES (?, ?, ?, '', '') ON CONFLICT (name) DO UPDATE SET atoms = atoms + excluded.atoms, token_cost = token_cost + excluded.token_cost`)
  const dropped = connection.prepare('DELETE FROM projects WHERE name = ? AND atoms = 0')
  for (const [name, { atoms, tokens }] of projects) {
    count.run([name, atoms, tokens])
    dropped.run([name])
    bounds.run([name])
  }
  if (runs.size === 0) return
  const [drop, make] = [connection.prepare('DELETE FROM sage_runs WHERE run = ?'), connection.prepare(`${RUNS} WHERE sage_run = ? GROUP BY sage_run`)]
  for (const run of runs) {
    drop.run([run])
    make.run([run])
  }
}

/** Returns the statement that inserts a whole row of a table. */
export function insertSql(name: string): string {
  const columns = TABLES.find((table) => table.name === name)?.columns.length ?? 0
  return `INSERT INTO ${name} VALUES (?${', ?'.repeat(columns - 1)})`
}
