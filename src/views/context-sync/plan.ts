/**
 * What has to be done so that a database holds what the trail wants: found out without a lock, row by row, and gathered in a temporary table.
 *
 * A row may be changed or taken out only where its content is the one that an export wrote: the digest says so. Whatever a server made or changed is left as it is.
 */
import { getText, utf8 } from '../../base/bytes.js'
import type { SyncedRowName } from '../../ops/ports.js'
import { cellsDigest, CLAIMS, encodeCells, getCells, type Cells } from '../../ops/transfer/context-sync/synced-row.js'
import type { Connection } from '../sqlite/database.js'
import { resolveProjects } from './project-rows.js'
import { accessRows, type RowAccess } from './rows.js'
import { TRAIL } from './schema.js'
import { readWanted, type Staged, type Wanted } from './staging.js'
import type { Target } from './target.js'
import { createTrailNames, type TrailNames } from './trail-names.js'

/** claim: the row is there as it should be, and this store says so too. unclaim: the row is gone, or others want it still. */
export type Action = 'insert' | 'update' | 'claim' | 'remove' | 'unclaim'

const ACTIONS = `DROP TABLE IF EXISTS temp.actions;
  CREATE TEMP TABLE actions (number INTEGER PRIMARY KEY, action TEXT NOT NULL, tbl TEXT NOT NULL, id TEXT NOT NULL, object TEXT NOT NULL, cells TEXT NOT NULL, digest TEXT NOT NULL, seen TEXT)`

export interface PlannedAction {
  readonly action: Action
  readonly table: string
  readonly id: string
  readonly object: string
  readonly cells: Cells
  readonly digest: string
  /** The digest of the row as it was when this was planned; undefined where there was none. */
  readonly seen: string | undefined
}

export interface Plan {
  readonly counts: { readonly [action in Action]: number }
  readonly same: number
  readonly changedThere: readonly SyncedRowName[]
  readonly changedThereCount: number
  readonly deletedThere: number
  readonly leftOut: number
  /** Tables that have a row in the end. */
  readonly used: ReadonlySet<string>
  readonly projects: readonly { readonly name: string; readonly path: string | undefined }[]
}

const NAMED_MAX = 1_000

interface Planning {
  readonly connection: Connection
  readonly target: Target
  readonly staged: Staged
  readonly rows: RowAccess
  readonly names: TrailNames
  readonly projectIds: ReadonlyMap<string, string>
  readonly known: ReadonlySet<string>
  /** Ids of rows of projects that are there and that no export wrote. */
  readonly servers: ReadonlySet<string>
  readonly note: (action: Action, row: Omit<PlannedAction, 'action'>) => void
  readonly counts: { [action in Action]: number }
  readonly changedThere: SyncedRowName[]
  readonly used: Set<string>
  currentProject: string | undefined
  changedThereCount: number
  same: number
  deletedThere: number
  leftOut: number
}

/** Fills temp.actions. */
export function makePlan(connection: Connection, target: Target, staged: Staged): Plan {
  connection.exec(ACTIONS)
  const insert = connection.prepare('INSERT INTO temp.actions (action, tbl, id, object, cells, digest, seen) VALUES (?, ?, ?, ?, ?, ?, ?)')
  const counts = { insert: 0, update: 0, claim: 0, remove: 0, unclaim: 0 }
  const { ids, known, servers, projects } = resolveProjects(connection, target, staged)
  const planning: Planning = {
    connection, target, staged,
    // A trail without objects has no row of ours.
    rows: accessRows(connection, new Set([...target.tables].filter((table) => table !== TRAIL || target.trail.is === 'ours'))),
    names: createTrailNames(connection, target),
    projectIds: ids, known, servers, counts, changedThere: [], used: new Set(), currentProject: currentProject(connection, target), changedThereCount: 0, same: 0, deletedThere: 0, leftOut: 0,
    note(action, { table, id, object, cells, digest, seen }) {
      counts[action]++
      insert.run([action, table, id, object, getText(encodeCells(cells)) ?? '', digest, seen ?? null])
    },
  }
  connection.exec('SAVEPOINT planning')
  const findClaims = target.hasClaims ? connection.prepare(`SELECT store, digest FROM ${CLAIMS} WHERE table_name = ? AND row_id = ?`) : undefined
  for (const wanted of readWanted(connection)) {
    if (wanted.table === TRAIL && target.trail.is === 'foreign') continue
    const claims = (findClaims?.all([wanted.table, wanted.id]) ?? []).map(([store, digest]) => ({ store: String(store), digest: String(digest) }))
    planRow(planning, wanted, claims)
  }
  if (target.hasClaims) planRemovals(planning)
  connection.exec('RELEASE planning')
  const { changedThere, changedThereCount, same, deletedThere, leftOut, used } = planning
  return { counts, same, changedThere, changedThereCount, deletedThere, leftOut, used, projects }
}

/** Servers before v0.6.1 need exactly one project to be the current one; the others do not look. */
function currentProject(connection: Connection, { tables }: Target): string | undefined {
  const current = tables.has('projects') ? connection.value('SELECT id FROM projects WHERE is_current = 1 LIMIT 1') : undefined
  return typeof current === 'string' ? current : undefined
}

interface Claim { readonly store: string; readonly digest: string }

function planRow(planning: Planning, wanted: Wanted, claims: readonly Claim[]): void {
  const { table, id, object, kind } = wanted
  const there = planning.rows.get(table, id)
  const cells = finalCells(planning, wanted, there !== undefined)
  if (cells === undefined) {
    planning.leftOut++
    return
  }
  const digest = cellsDigest(cells)
  const seen = there && cellsDigest(there)
  const row = { table, id, object, cells, digest, seen }
  planning.used.add(table)
  if (seen === undefined && claims.length > 0) planning.deletedThere++
  else if (seen === undefined) planning.note('insert', row)
  else if (seen === digest || (kind === 'raw' && seen === cellsDigest(wanted.cells))) planSame(planning, row, { claims, isRaw: kind === 'raw' })
  else if (claims.some((claim) => claim.digest === seen)) planning.note('update', row)
  else noteChanged(planning, { table, id })
}

/** A row that a server made stays the server's, also where an ATOM was made of it. */
function planSame(planning: Planning, row: Omit<PlannedAction, 'action'>, { claims, isRaw }: { readonly claims: readonly Claim[]; readonly isRaw: boolean }): void {
  planning.same++
  if (isRaw ? claims.length > 0 && !claims.some(({ store }) => store === planning.staged.store) : !claims.some(({ store }) => store === planning.staged.store)) planning.note('claim', row)
}

function noteChanged(planning: Planning, row: SyncedRowName): void {
  planning.changedThereCount++
  if (planning.changedThere.length < NAMED_MAX) planning.changedThere.push(row)
}

/** Returns the cells as they have to be in this database; undefined for a row whose project is not in it. */
function finalCells(planning: Planning, wanted: Wanted, isThere: boolean): Cells | undefined {
  const { kind, cells, table, project } = wanted
  switch (kind) {
    case 'own': return new Map([...cells, ['project_id', planning.projectIds.get(project ?? '') ?? '']])
    case 'trail': return planning.names.cellsOf(wanted)
    case 'project': return asCurrent(planning, wanted)
    case 'raw': {
      if (isThere) return cells
      return table === 'projects' ? asCurrent(planning, wanted) : isAtHome(planning, cells) ? cells : undefined
    }
  }
}

/** A row of a database whose project is not here is of another one: left out. One whose project is here, and that is not, was deleted by a server unless this database never had it. */
function isAtHome({ known, servers }: Planning, cells: Cells): boolean {
  const project = cells.get('project_id')
  if (project === undefined) return servers.size === 0
  return typeof project === 'string' && known.has(project) && !servers.has(project)
}

function asCurrent(planning: Planning, { id, cells }: Wanted): Cells {
  planning.currentProject ??= id
  return new Map([...cells, ['is_current', planning.currentProject === id ? 1n : 0n]])
}

/** What this store exported and does not want any more: forgotten, or out of reach of every ref. */
function planRemovals(planning: Planning): void {
  const { connection, staged, target } = planning
  const gone = connection.prepare(`SELECT table_name, row_id, object, digest FROM ${CLAIMS} AS claimed WHERE store = ? AND NOT EXISTS (SELECT 1 FROM temp.wanted WHERE tbl = table_name AND id = row_id) ORDER BY table_name = 'projects'`)
  const others = connection.prepare(`SELECT count(*) FROM ${CLAIMS} WHERE table_name = ? AND row_id = ? AND store <> ?`)
  for (const [table, id, object, digest] of gone.all([staged.store])) {
    const name = { table: String(table), id: String(id) }
    if (name.table === TRAIL && target.trail.is === 'foreign') continue
    const there = planning.rows.get(name.table, name.id)
    const seen = there && cellsDigest(there)
    const row = { ...name, object: String(object), cells: new Map(), digest: String(digest), seen }
    if (seen === undefined || Number(others.all([name.table, name.id, staged.store])[0]?.[0]) > 0) planning.note('unclaim', row)
    else if (seen === digest) planning.note('remove', row)
    else noteChanged(planning, name)
  }
}

/** Yields what was planned, in the order in which it has to be done: projects come first and go last. */
export function* plannedActions(connection: Connection): Iterable<PlannedAction> {
  for (const [action, table, id, object, cells, digest, seen] of connection.prepare('SELECT action, tbl, id, object, cells, digest, seen FROM temp.actions ORDER BY number').each()) {
    yield { action: String(action) as Action, table: String(table), id: String(id), object: String(object), cells: getCells(utf8(String(cells))) ?? new Map(), digest: String(digest), seen: seen === null ? undefined : String(seen) }
  }
}
