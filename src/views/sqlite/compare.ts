/** Compares a view with one that was made anew, cell by cell, and names the first cell of each table that differs. */
import { toDisplayText } from '../../base/bytes.js'
import type { ViewDifference } from '../../ops/ports.js'
import type { Connection, SqlRow, SqlValue } from './database.js'
import { TABLES, type Table } from './schema.js'

const SHOWN_CHARACTERS = 60
const MESSAGES_MAX = 5

/** Yields what differs between the connection's own database and the one in `file`, which is right. */
export function* compareViews(connection: Connection, file: string): Iterable<ViewDifference> {
  yield* damages(connection)
  connection.prepare('ATTACH ? AS fresh').run([file])
  for (const table of TABLES) {
    const difference = firstCell(connection, table) ?? firstRow(connection, table)
    if (difference !== undefined) yield difference
  }
  const word = connection.prepare(`SELECT CAST(term AS BLOB) FROM (SELECT term, doc, cnt FROM main.search_words EXCEPT SELECT term, doc, cnt FROM fresh.search_words
    UNION ALL SELECT * FROM (SELECT term, doc, cnt FROM fresh.search_words EXCEPT SELECT term, doc, cnt FROM main.search_words)) ORDER BY 1 LIMIT 1`).all()[0]?.[0]
  if (word !== undefined) yield { severity: 'error', code: 'view-search', message: `full-text search finds ${shown(word)} elsewhere than in the ATOMs that have it` }
}

function* damages(connection: Connection): Iterable<ViewDifference> {
  for (const [message] of connection.prepare(`PRAGMA integrity_check(${String(MESSAGES_MAX)})`).all()) {
    if (message !== 'ok') yield { severity: 'error', code: 'view-damaged', message: `view.db is damaged: ${shown(message ?? null)}` }
  }
}

function firstCell(connection: Connection, table: Table): ViewDifference | undefined {
  const others = table.columns.filter(({ name }) => !table.key.includes(name))
  if (others.length === 0) return undefined
  const differ = others.map(({ name }) => `a.${name} IS NOT b.${name} OR typeof(a.${name}) <> typeof(b.${name})`).join(' OR ')
  const cells = [...table.key.map((name) => `a.${name}`), ...others.flatMap(({ name }) => [asBytes(`a.${name}`), `typeof(a.${name})`, asBytes(`b.${name}`), `typeof(b.${name})`])]
  const [row] = connection.prepare(`SELECT ${cells.join(', ')} FROM main.${table.name} AS a JOIN fresh.${table.name} AS b USING (${table.key.join(', ')}) WHERE ${differ} ORDER BY ${keyOf(table, 'a')} LIMIT 1`).all()
  if (row === undefined) return undefined
  const key = row.slice(0, table.key.length)
  for (const [index, { name }] of others.entries()) {
    const [view = null, viewType = null, trail = null, trailType = null] = row.slice(table.key.length + index * 4, table.key.length + index * 4 + 4)
    if (viewType === trailType && equal(view, trail)) continue
    return { severity: 'error', code: 'view-cell', message: `${table.name}, ${keyText(table, key)}, column ${name}: the view has ${shown(view)}, the trail ${shown(trail)}`, ...namesOf(connection, table, key) }
  }
  return undefined
}

/** A row that only one of them has. */
function firstRow(connection: Connection, table: Table): ViewDifference | undefined {
  for (const [has, lacks, what] of [['main', 'fresh', 'has a row that the trail does not say'], ['fresh', 'main', 'lacks a row']] as const) {
    const keys = table.key.map((name) => `a.${name} = b.${name}`).join(' AND ')
    const [key] = connection.prepare(`SELECT ${keyOf(table, 'a')} FROM ${has}.${table.name} AS a WHERE NOT EXISTS (SELECT 1 FROM ${lacks}.${table.name} AS b WHERE ${keys}) ORDER BY ${keyOf(table, 'a')} LIMIT 1`).all()
    if (key !== undefined) return { severity: 'error', code: 'view-row', message: `${table.name}, ${keyText(table, key)}: the view ${what}`, ...namesOf(connection, table, key) }
  }
  return undefined
}

function keyOf({ key }: Table, alias: string): string {
  return key.map((name) => `${alias}.${name}`).join(', ')
}

function keyText({ key }: Table, values: SqlRow): string {
  return key.map((name, index) => `${name} ${shown(values[index] ?? null)}`).join(', ')
}

/** Texts as bytes: they come back only up to a NUL otherwise. */
function asBytes(column: string): string {
  return `CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END`
}

function equal(left: SqlValue, right: SqlValue): boolean {
  return left instanceof Uint8Array && right instanceof Uint8Array ? Buffer.compare(left, right) === 0 : left === right
}

/** Returns the ATOM that a row hangs on, by its number. */
function namesOf(connection: Connection, { name, key }: Table, values: SqlRow): Pick<ViewDifference, 'object' | 'atomId'> {
  if (key[0] !== 'seq' || name === 'operations') return {}
  const [found] = connection.prepare('SELECT object, atom_id FROM fresh.atom_trail WHERE seq = ?').all([values[0] ?? null])
  return found === undefined ? {} : { object: String(found[0]), atomId: String(found[1]) }
}

function shown(value: SqlValue): string {
  if (value === null) return 'nothing'
  const text = value instanceof Uint8Array ? toDisplayText(value) : String(value)
  return JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text)
}
