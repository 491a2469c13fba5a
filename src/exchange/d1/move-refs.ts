/**
 * Refs in D1: read in pages, moved by compare-and-set. One statement moves all that may move, and only from where the caller saw them: it is right whether or not a
 * transaction is around it, and it may be run twice. A ref without a target is one that was deleted; the statement after it takes it away.
 */
import type { AtomError } from '../../base/errors.js'
import type { ObjectId } from '../../codec/object-id.js'
import { HEADS } from '../../refs/name.js'
import type { RefOutcome, RefUpdate, RemoteState } from '../remote.js'
import { refMoved, targetMissing } from '../remote-errors.js'
import { PARAM_MAX_BYTES, type D1Query, type D1Row, type D1Statement } from './d1-query.js'
import { countAt, getIdAt, idAt, textAt } from './rows.js'

const PAGE_REFS = 5_000
/** With names of 1,024 bytes, six each in JSON, and two ids. */
const UPDATES_AT_ONCE = Math.floor(PARAM_MAX_BYTES / (1_024 * 6 + 200))

const READ = `SELECT name, target FROM refs WHERE name > ?1 AND target IS NOT NULL ORDER BY name LIMIT ${String(PAGE_REFS)}`
const READ_HEAD = "SELECT value FROM atom_settings JOIN refs ON refs.name = value WHERE key = 'head' AND target IS NOT NULL"

/** A list of `[name, expected, next]`. */
const MOVE = `INSERT INTO refs (name, target)
  SELECT value ->> 0, value ->> 2 FROM json_each(?1) LEFT JOIN refs AS before ON before.name = value ->> 0
  WHERE before.target IS (value ->> 1) AND (value ->> 2 IS NULL OR EXISTS (SELECT 1 FROM objects WHERE id = value ->> 2))
  ON CONFLICT (name) DO UPDATE SET target = excluded.target
  RETURNING name`
const LOOK = `SELECT value ->> 0 AS name, after.target AS target, EXISTS (SELECT 1 FROM objects WHERE id = value ->> 2) AS present
  FROM json_each(?1) LEFT JOIN refs AS after ON after.name = value ->> 0`
const SWEEP = 'DELETE FROM refs WHERE target IS NULL'
/** The branch that a clone begins with stays while it is there; then it is `main`, else the one that came first. */
const KEEP_HEAD = `INSERT INTO atom_settings (key, value)
  SELECT 'head', name FROM refs WHERE name >= '${HEADS}' AND name < '${HEADS.replace(/\/$/, '0')}' ORDER BY name <> '${HEADS}main', rowid LIMIT 1
  ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE NOT EXISTS (SELECT 1 FROM refs WHERE name = atom_settings.value)`

export async function readRefs(query: D1Query): Promise<RemoteState> {
  const refs = new Map<string, ObjectId>()
  let head: string | undefined
  for (let after = '', rows: readonly D1Row[] | undefined; rows === undefined || rows.length === PAGE_REFS;) {
    const [page = [], heads = []] = await query.run([{ sql: READ, params: [after] }, { sql: READ_HEAD, params: [] }])
    for (const row of page) refs.set(textAt(query, row, 'name'), idAt(query, row, 'target'))
    head = heads[0] === undefined ? undefined : textAt(query, heads[0], 'value')
    const last = page.at(-1)
    if (last !== undefined) after = textAt(query, last, 'name')
    rows = page
  }
  return { refs, head }
}

/** Moves refs, each apart from the others; returns one outcome for each, in order. */
export async function moveRefs(query: D1Query, updates: readonly RefUpdate[]): Promise<readonly RefOutcome[]> {
  const outcomes: RefOutcome[] = []
  for (const group of groupsOf(updates)) {
    const params = [JSON.stringify(group.map(({ ref, expected, next }) => [ref, expected ?? null, next ?? null]))]
    const statements: D1Statement[] = [{ sql: MOVE, params }, { sql: LOOK, params }, { sql: SWEEP, params: [] }, { sql: KEEP_HEAD, params: [] }]
    const [moved = [], found = []] = await query.run(statements)
    const names = new Set(moved.map((row) => textAt(query, row, 'name')))
    const places = new Map(found.map((row) => [textAt(query, row, 'name'), row]))
    for (const update of group) outcomes.push({ ref: update.ref, refused: names.has(update.ref) ? undefined : refusal(query, update, places.get(update.ref)) })
  }
  return outcomes
}

/** A ref that stands where it was to go has moved: the statement was run twice, its first answer lost. */
function refusal(query: D1Query, update: RefUpdate, row: D1Row | undefined): AtomError | undefined {
  const actual = row === undefined ? undefined : getIdAt(query, row, 'target')
  if (actual === update.next && update.next !== update.expected) return undefined
  if (actual === update.expected && update.next !== undefined && row !== undefined && countAt(query, row, 'present') === 0) return targetMissing(update.ref, update.next)
  return refMoved(update, actual)
}

/** Groups that fit into one parameter, in which no ref stands twice. */
function groupsOf(updates: readonly RefUpdate[]): readonly (readonly RefUpdate[])[] {
  const groups: RefUpdate[][] = []
  let names = new Set<string>()
  for (const update of updates) {
    if (groups.length === 0 || names.has(update.ref) || names.size >= UPDATES_AT_ONCE) {
      groups.push([])
      names = new Set()
    }
    groups.at(-1)?.push(update)
    names.add(update.ref)
  }
  return groups
}
