/** What the trail wants the database to hold: gathered in temporary tables of the connection, outside every lock on the database. */
import { resolve } from 'node:path'
import { createBoundedCache } from '../../base/bounded-cache.js'
import { getText, utf8 } from '../../base/bytes.js'
import { reachable } from '../../history/graph/reachable.js'
import type { FollowSource, SyncedExportWish } from '../../ops/ports.js'
import { getMark, getRow } from '../../ops/transfer/context-sync/synced-atom.js'
import { derivedRowId, encodeCells, getCells, type Cells } from '../../ops/transfer/context-sync/synced-row.js'
import { readTaint } from '../../trail/taint.js'
import type { Connection, SqlRow } from '../sqlite/database.js'
import type { ReadAtom } from '../sqlite/project.js'
import { createAtomSource } from '../sqlite/read-atom.js'
import { readTrailState, storeIdOf } from '../sqlite/trail-state.js'
import { cellsOf, rowsOf, trailRowOf, type WantedRow } from './atom-rows.js'
import { isSyncedTable, keyColumn } from './schema.js'

/**
 * `kind` own: made of an ATOM, `project` names the project that it belongs to. raw: a row that was imported, as it was. trail: of atom_trail. project: of a project that no server made.
 * Later rows replace earlier ones of the same key: an imported row is the newest state of one that was exported.
 */
const WANTED = `DROP TABLE IF EXISTS temp.wanted;
  CREATE TEMP TABLE wanted (tbl TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL, object TEXT NOT NULL, project TEXT, previous TEXT, cells TEXT NOT NULL, PRIMARY KEY (tbl, id)) WITHOUT ROWID`

export type WantedKind = 'own' | 'raw' | 'trail' | 'project'

export interface Wanted {
  readonly table: string
  readonly id: string
  readonly kind: WantedKind
  readonly object: string
  /** Which project: '' is the store's own. */
  readonly project: string | undefined
  /** The object of the first parent. */
  readonly previous: string | undefined
  readonly cells: Cells
}

/** A project that rows of ATOMs belong to. */
export interface WantedProject {
  /** '' for the store's own. */
  readonly key: string
  readonly name: string
  readonly path: string | undefined
  /** Of its earliest ATOM. */
  readonly firstMs: number
  /** The id that its row gets where the database has none for it. */
  readonly derivedId: string
}

export interface Staged {
  readonly store: string
  readonly atoms: number
  readonly projects: readonly WantedProject[]
}

const SLICE = 100
const TURN_MS = 50
const OWN = ''

/** Reads the whole trail once. */
export async function stageTrail(connection: Connection, source: FollowSource, wish: SyncedExportWish): Promise<Staged> {
  connection.exec(`${WANTED}; BEGIN`)
  const state = await readTrailState(source)
  const taint = await readTaint(source, () => Promise.resolve(state.tips))
  const atoms = createAtomSource(source, taint)
  const store = storeIdOf(source)
  const projects = projectsOf(wish, store)
  const insert = connection.prepare('INSERT OR REPLACE INTO temp.wanted VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  const chosen = reachable(source.index, state.tips)
  let done = 0
  let turnMs = performance.now()
  for (let seq = 0; seq < state.log.atoms; seq++) {
    if (!chosen.has(seq)) continue
    const atom = atoms.read(seq)
    const [taker] = taint.takenBackBy(source.index.node(seq).digest)
    const [parent] = source.index.parents(seq)
    const previous = parent === undefined ? null : source.index.node(parent).digest
    for (const row of wantedRows(atom, { source, projects, takenBackBy: taker === undefined ? undefined : source.index.node(taker).atomId, previous })) insert.run(row)
    if (++done % SLICE !== 0 || performance.now() - turnMs < TURN_MS) continue
    source.signal.throwIfAborted()
    source.reporter.progress('reading the trail', done, chosen.size)
    await new Promise((resolve) => { setTimeout(resolve, 0) })
    turnMs = performance.now()
  }
  const used = projects.used()
  // Where a server changed such a row, and it was imported, that is its newest state.
  const keep = connection.prepare('INSERT OR IGNORE INTO temp.wanted VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  for (const project of used) keep.run(projectRow(project))
  connection.exec('COMMIT')
  return { store, atoms: done, projects: used }
}

interface RowsOfAtom { readonly source: FollowSource; readonly projects: Projects; readonly takenBackBy: string | undefined; readonly previous: string | null }

function wantedRows(atom: ReadAtom, { source, projects, takenBackBy, previous }: RowsOfAtom): readonly SqlRow[] {
  const row = (kind: WantedKind, { table, id, cells }: WantedRow, project?: string): SqlRow =>
    [table, id, BigInt(atom.seq), kind, atom.object, project ?? null, kind === 'trail' ? previous : null, getText(encodeCells(cells)) ?? '']
  const mark = getMark(atom.body)
  const raw = mark === undefined || atom.body === undefined || !isSyncedTable(mark.table) ? undefined : getRow(source.objects, atom.body)
  const key = raw === undefined ? undefined : idOfRaw(mark?.table ?? '', raw)
  if (mark !== undefined && raw !== undefined && key !== undefined) {
    return [row('raw', { table: mark.table, id: key, cells: raw }), row('trail', trailRowOf(atom, undefined))]
  }
  const project = projects.of(atom)
  const rows = rowsOf(atom, { takenBackBy, anchor: project.path ?? project.name })
  if (rows.length > 0) projects.use(project, atom.header.timeMs)
  const [first] = rows
  return [...rows.map((wanted) => row('own', wanted, project.key)), row('trail', trailRowOf(atom, first && `${first.table}/${first.id}`))]
}

/** A row that has no id is nothing that could be found again. */
function idOfRaw(table: string, cells: Cells): string | undefined {
  const id = cells.get(keyColumn(table))
  return typeof id === 'string' ? id : undefined
}

type Place = Omit<WantedProject, 'firstMs'>

interface Projects {
  of(atom: ReadAtom): Place
  use(project: Place, timeMs: number): void
  used(): readonly WantedProject[]
}

/** The store's own project also has what names none. */
function projectsOf({ root, project: own, paths }: SyncedExportWish, store: string): Projects {
  const places = createBoundedCache<string, Place>({ limit: 10_000 })
  const used = new Map<string, WantedProject>()
  const placeOf = (key: string): Place => places.get(key, () => {
    const path = serversPath(key === OWN ? paths[own ?? ''] ?? root : paths[key])
    const name = key === OWN ? own ?? path ?? 'atom' : key
    return { key, name, path, derivedId: derivedRowId('projects', path ?? `${store}\n${name}`) }
  })
  const use = (project: Place, timeMs: number): void => {
    const known = used.get(project.key)
    if (known === undefined || timeMs < known.firstMs) used.set(project.key, { ...project, firstMs: timeMs })
    // It may have to take the other one in.
    if (project.path === undefined && project.key !== OWN) use(placeOf(OWN), timeMs)
  }
  return {
    of(atom) {
      const named = atom.body?.project
      return placeOf(named === undefined || named === own ? OWN : named)
    },
    use,
    used: () => [...used.values()].sort((left, right) => Number(left.key !== OWN) - Number(right.key !== OWN)),
  }
}

/** Returns a folder as the servers write it: they compare letter by letter. */
function serversPath(folder: string | undefined): string | undefined {
  if (folder === undefined) return undefined
  const whole = resolve(folder)
  return process.platform === 'win32' ? whole.toLowerCase() : whole
}

function projectRow({ key, name, path, firstMs, derivedId }: WantedProject): SqlRow {
  const cells = cellsOf({ id: derivedId, name, path, tech_stack: '[]', created_at: BigInt(firstMs), updated_at: BigInt(firstMs) })
  return ['projects', derivedId, -1n, 'project', '', key, null, getText(encodeCells(cells)) ?? '']
}

const COLUMNS = 'tbl, id, kind, object, project, previous, cells'

/** Yields what is wanted: projects first, then everything else in the order of the trail. */
export function* readWanted(connection: Connection): Iterable<Wanted> {
  const query = `SELECT ${COLUMNS} FROM temp.wanted ORDER BY tbl <> 'projects', kind <> 'project', project <> '', seq, tbl`
  for (const [table, id, kind, object, project, previous, cells] of connection.prepare(query).each()) {
    yield {
      table: String(table), id: String(id), kind: String(kind) as WantedKind, object: String(object), project: project === null ? undefined : String(project),
      previous: previous === null ? undefined : String(previous), cells: getCells(utf8(String(cells))) ?? new Map(),
    }
  }
}
