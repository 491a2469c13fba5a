/** Fills an empty database with the whole trail: rows in order of arrival, indexes last, so that none is kept up row by row. */
import type { FollowSource } from '../../ops/ports.js'
import { digestOf } from '../../codec/object-id.js'
import { reachable } from '../../history/graph/reachable.js'
import { formatTarget } from '../../object/op.js'
import { operations, type LoggedOp } from '../../refs/operation-log.js'
import { formatTime } from '../../trail/atom-json.js'
import { readTaint, type Taint } from '../../trail/taint.js'
import type { Connection, SqlRow } from './database.js'
import { createAtomSource } from './read-atom.js'
import { indexesDdl, SEARCH_DDL, tablesDdl, viewsDdl } from './schema.js'
import { readTrailState, type TrailState } from './trail-state.js'
import { createRowWriter, insertSql } from './write.js'

/** Others that this process serves get a turn after so long. */
const TURN_MS = 50
/** New words gather in memory up to so much before they are written. */
const HASH_BYTES = 16_777_216
/** ATOMs between two looks at the clock. */
const SLICE = 100
/** Nobody else reads it yet, and it is thrown away when anything goes wrong. What is sorted goes to files: memory stays bounded. */
const WHILE_BUILDING = 'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; PRAGMA temp_store = FILE; PRAGMA foreign_keys = OFF; PRAGMA locking_mode = EXCLUSIVE'

/** Returns how many ATOMs went in. */
export async function buildView(connection: Connection, source: FollowSource): Promise<number> {
  const state = await readTrailState(source)
  const taint = await readTaint(source, () => Promise.resolve(state.tips))
  connection.exec(WHILE_BUILDING)
  connection.exec(`BEGIN; ${tablesDdl()}\n${viewsDdl()}\n${SEARCH_DDL}; INSERT INTO search(search, rank) VALUES ('hashsize', ${String(HASH_BYTES)})`)
  const atoms = createAtomSource(source, taint)
  const rows = createRowWriter(connection, atoms)
  const chosen = reachable(source.index, state.tips)
  let done = 0
  let turnMs = performance.now()
  for (let seq = 0; seq < state.log.atoms; seq++) {
    if (!chosen.has(seq)) continue
    rows.put(atoms.read(seq))
    if (++done % SLICE !== 0 || performance.now() - turnMs < TURN_MS) continue
    source.signal.throwIfAborted()
    source.reporter.progress('making the view', done, chosen.size)
    await new Promise((resolve) => { setTimeout(resolve, 0) })
    turnMs = performance.now()
  }
  writeState(connection, state, { taint, source, hasNul: rows.hasNul })
  putOperations(connection, [...operations(source.store, state.log.tip)])
  connection.exec('COMMIT')
  for (const index of indexesDdl()) connection.exec(index)
  connection.exec('BEGIN')
  rows.finish('all')
  connection.exec('COMMIT; PRAGMA analysis_limit = 400; ANALYZE')
  return done
}

export interface StateFacts { readonly taint: Taint; readonly source: FollowSource; readonly hasNul: boolean }

/** Writes refs, what was taken back, and how far the view is. */
export function writeState(connection: Connection, state: TrailState, { taint, source, hasNul }: StateFacts): void {
  replaceRows(connection, 'refs', state.refs)
  const takenBack = [...taint.takenBack].flatMap(([object, takers]) => takers.map((seq) => [object, source.index.node(seq).digest, source.index.node(seq).atomId]))
  replaceRows(connection, 'taken_back', takenBack)
  replaceRows(connection, 'about', [...state.about, ['nul', hasNul ? '1' : '0']])
}

function replaceRows(connection: Connection, name: string, rows: readonly SqlRow[]): void {
  connection.exec(`DELETE FROM ${name}`)
  const insert = connection.prepare(insertSql(name))
  for (const row of rows) insert.run(row)
}

export function putOperations(connection: Connection, logged: readonly LoggedOp[]): void {
  const insert = connection.prepare(insertSql('operations'))
  for (const { id, op } of logged) {
    const changes = op.changes.map(({ ref, before, after }) => ({ ref, before: formatTarget(before), after: formatTarget(after) }))
    insert.run([op.seq, digestOf(id), formatTime(op.timeMs), op.agent, op.command, op.request ?? null, JSON.stringify(changes)])
  }
}
