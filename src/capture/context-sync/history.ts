/**
 * A database of context-sync, of any version, as records in the order of their times.
 *
 * Guarantees: every row of a table that is known becomes one record, however strange it is; what is strange is said. Nothing is derived from anything but the database.
 */
import { cellsDigest, type Cells } from '../../ops/transfer/context-sync/synced-row.js'
import { AtomError } from '../../base/errors.js'
import type { LeftOut, SyncedRecord, SyncedSource, SyncedTable, SyncedTables } from '../../ops/transfer/context-sync/synced-source.js'
import { textOf, timeOf, valuesOf } from './cells.js'
import { BOOKKEEPING, MEANINGS, type Meaning } from './meanings.js'
import { checkCells } from './oddities.js'
import { sayTrail, TRAIL, trailKind } from './trails.js'
import { splitText, tagIn, withoutTag } from './texts.js'

interface Project { readonly name: string | undefined; readonly timeMs: number }

interface Reading { readonly tables: SyncedTables; readonly projects: ReadonlyMap<string, Project> }

/** Returns the records of tables; throws `SOURCE_UNREADABLE` where they are of another program. */
export function createSyncedSource(tables: SyncedTables): SyncedSource {
  const names = new Set(tables.tables.map(({ name }) => name))
  const trail = trailKind(tables.tables.find(({ name }) => name === TRAIL)?.columns ?? [])
  if (!isContextSync(tables) && trail === undefined) {
    tables.close()
    throw new AtomError('SOURCE_UNREADABLE', `${tables.location} is no database of context-sync: it has no table of projects`, { data: { source: tables.location, reason: 'schema' }, hint: 'the database of context-sync is ~/.context-sync/data.db' })
  }
  const known = tables.tables.filter((table) => isKnown(table))
  const reading = { tables, projects: readProjects(tables) }
  return {
    location: tables.location,
    schema: schemaOf(names, trail),
    tables: known,
    leftOut: [...tables.leftOut, ...tables.tables.filter((table) => !isKnown(table)).map(leftOutOf)],
    projectIds: new Set(reading.projects.keys()),
    records: () => byTime(known.map(({ name, columns }) => recordsOf(reading, name, columns))),
    exported: (table, id) => tables.exported(table, id),
    lost: () => tables.lost(),
    [Symbol.dispose]: () => { tables.close() },
  }
}

function isContextSync({ tables }: SyncedTables): boolean {
  return tables.some(({ name, columns }) => name === 'projects' && ['id', 'name', 'path', 'created_at'].every((column) => columns.includes(column)))
}

function isKnown({ name, columns }: SyncedTable): boolean {
  return Object.hasOwn(MEANINGS, name) || (name === TRAIL && trailKind(columns) !== undefined)
}

function leftOutOf({ name, rows }: SyncedTable): LeftOut {
  const reason = BOOKKEEPING.includes(name) ? 'it only says how far a migration is' : 'it is no table of context-sync'
  return { name, reason: `${reason} (${String(rows)} ${rows === 1 ? 'row' : 'rows'})` }
}

function schemaOf(names: ReadonlySet<string>, trail: string | undefined): string {
  const line = names.has('learnings') ? 'S2b' : names.has('active_work') ? 'S3' : names.has('todos') ? 'S2' : 'S1'
  return trail === undefined ? line : `${line} with ${TRAIL} of ${trail}`
}

function readProjects(tables: SyncedTables): ReadonlyMap<string, Project> {
  const projects = new Map<string, Project>()
  for (const cells of tables.rows('projects', [])) {
    const name = textOf(cells, 'name')
    if (cells.has('id')) projects.set(textOf(cells, 'id'), { name: name === '' ? undefined : name, timeMs: timeOf(cells, 'created_at') ?? timeOf(cells, 'updated_at') ?? 0 })
  }
  return projects
}

function* recordsOf(reading: Reading, table: string, columns: readonly string[]): Iterable<SyncedRecord> {
  const meaning = MEANINGS[table]
  const order = [...meaning?.times ?? ['timestamp'], 'id', 'atom_id', 'object', 'project_id']
  const kind = table === TRAIL ? trailKind(columns) : undefined
  for (const cells of reading.tables.rows(table, order)) {
    if (kind !== undefined) yield trailRecord(kind, cells)
    else if (meaning !== undefined) yield recordOf(reading, { table: { name: table, columns }, meaning, cells })
  }
}

interface Row { readonly table: Pick<SyncedTable, 'name' | 'columns'>; readonly meaning: Meaning; readonly cells: Cells }

function recordOf({ tables, projects }: Reading, { table: { name: table, columns }, meaning, cells }: Row): SyncedRecord {
  const { type, operation, times, json = [], key = 'id' } = meaning
  const { text, reason = '', agent = '', metadata = {} } = meaning.say(cells)
  const id = idOf(cells, key)
  const projectId = projectIdOf(table, id, cells)
  const project = projects.get(projectId ?? '')
  const timeMs = times.map((column) => timeOf(cells, column)).find((time) => time !== undefined)
  const isExported = tables.exported(table, id).length > 0
  const said = splitText(isExported ? withoutTag(text) : text)
  return {
    table, id, projectId, cells, type, operation,
    agent: agent === '' ? 'context-sync' : agent,
    timeMs: timeMs ?? project?.timeMs ?? 0,
    title: said.title === '' ? `${table} without words` : said.title,
    reason: joined(said.rest, reason),
    project: project?.name,
    metadata: valuesOf(metadata),
    tokens: undefined, contextSyncRef: undefined,
    atomId: isExported ? undefined : tagIn(said.title),
    odd: checkCells(cells, { json, hasProject: projectId === undefined || project !== undefined, isDated: isDated(times, columns, timeMs) }),
  }
}

function isDated(times: readonly string[], columns: readonly string[], timeMs: number | undefined): boolean {
  return timeMs !== undefined || !times.some((column) => columns.includes(column))
}

function projectIdOf(table: string, id: string, cells: Cells): string | undefined {
  if (table === 'projects') return id
  return cells.has('project_id') ? textOf(cells, 'project_id') : undefined
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n')
}

function trailRecord(kind: 'kenl' | 'spiralsafe', cells: Cells): SyncedRecord {
  const { text, metadata, timeMs, ...said } = sayTrail(kind, cells)
  const { title, rest } = splitText(text)
  return {
    table: TRAIL, projectId: undefined, cells, ...said,
    id: said.id === '' ? idOf(cells, 'id') : said.id,
    operation: said.operation === '' ? 'atom' : said.operation,
    timeMs: timeMs ?? 0,
    title: title === '' ? 'an ATOM without words' : title,
    reason: joined(rest, said.reason),
    project: undefined,
    metadata: valuesOf(metadata),
    odd: checkCells(cells, { json: [kind === 'kenl' ? 'metadata' : 'context'], hasProject: true, isDated: timeMs !== undefined }),
  }
}

/** Returns the id of a row; for one that has none an id that is made of its content. */
function idOf(cells: Cells, key: string): string {
  const id = textOf(cells, key)
  return id === '' ? `content-${cellsDigest(cells).slice(0, 32)}` : id
}

interface Stream { readonly rows: Iterator<SyncedRecord>; readonly rank: number; head: SyncedRecord }

/** Joins streams into one, the earliest head first. A stream that is not in order gives its rows in its own order. */
function* byTime(streams: readonly Iterable<SyncedRecord>[]): Iterable<SyncedRecord> {
  const open: Stream[] = streams.flatMap((stream, rank): Stream[] => {
    const rows = stream[Symbol.iterator]()
    const first = rows.next()
    return first.done === true ? [] : [{ rows, rank, head: first.value }]
  })
  while (open.length > 0) {
    const next = open.reduce((best, stream) => (stream.head.timeMs - best.head.timeMs || stream.rank - best.rank) < 0 ? stream : best)
    yield next.head
    const step = next.rows.next()
    if (step.done === true) open.splice(open.indexOf(next), 1)
    else next.head = step.value
  }
}
