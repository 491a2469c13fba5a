/** Writes what a view says of the whole trail: refs, what was taken back, operations, and how far it is. */
import { digestOf } from '../../codec/object-id.js'
import { formatTarget } from '../../object/op.js'
import type { FollowSource } from '../../ops/ports.js'
import type { LoggedOp } from '../../refs/operation-log.js'
import { formatTime } from '../../trail/atom-json.js'
import type { Taint } from '../../trail/taint.js'
import type { SqlRow } from './database.js'
import type { RowSink } from './load-steps.js'
import type { TrailState } from './trail-state.js'
import { insertSql } from './write.js'

export interface StateFacts { readonly taint: Taint; readonly source: FollowSource; readonly hasNul: boolean }

/** Writes refs, what was taken back, and how far the view is, over what was said before. */
export function writeState(sink: RowSink, state: TrailState, { taint, source, hasNul }: StateFacts): void {
  replaceRows(sink, 'refs', state.refs)
  const takenBack = [...taint.takenBack].flatMap(([object, takers]) => takers.map((seq) => [object, source.index.node(seq).digest, source.index.node(seq).atomId]))
  replaceRows(sink, 'taken_back', takenBack)
  replaceRows(sink, 'about', [...state.about, ['nul', hasNul ? '1' : '0']])
}

function replaceRows(sink: RowSink, name: string, rows: readonly SqlRow[]): void {
  sink.exec(`DELETE FROM ${name}`)
  for (const row of rows) sink.insert(insertSql(name), row)
}

export function putOperation(sink: RowSink, { id, op }: LoggedOp): void {
  const changes = op.changes.map(({ ref, before, after }) => ({ ref, before: formatTarget(before), after: formatTarget(after) }))
  sink.insert(INSERT_OPERATION, [op.seq, digestOf(id), formatTime(op.timeMs), op.agent, op.command, op.request ?? null, JSON.stringify(changes)])
}

const INSERT_OPERATION = insertSql('operations')
