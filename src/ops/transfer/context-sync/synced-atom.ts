/** A row of context-sync → the values of its ATOM, and back: derived from the row alone, so that every machine gets the same ids. */
import { utf8 } from '../../../base/bytes.js'
import { TIME_MAX_MS, TIME_MIN_MS } from '../../../base/limits.js'
import type { CborValue } from '../../../codec/cbor.js'
import { sha256Hex } from '../../../codec/hash.js'
import type { ObjectId } from '../../../codec/object-id.js'
import { dayOf, isAtomId, parseAtomId, type AtomId } from '../../../object/atom-id.js'
import type { Body } from '../../../object/body.js'
import { getContent, sealContent, type SealedContent } from '../../../store/content.js'
import type { ObjectReader } from '../../../store/types.js'
import { cellsDigest, encodeCells, getCells, type Cells } from './synced-row.js'
import type { SyncedRecord } from './synced-source.js'

/** Where a body says which row it is of. */
const FIELD = 'context_sync'
/** The evidence that holds the row itself. */
const ROW = 'row'

/** Which row an ATOM was made of, and in which state. */
export interface SyncedMark {
  readonly table: string
  readonly id: string
  readonly digest: string
  readonly projectId: string | undefined
}

/** Returns which row a body is of, or undefined for what no row was imported to. */
export function getMark(body: Body | undefined): SyncedMark | undefined {
  const mark = body?.metadata?.[FIELD]
  if (typeof mark !== 'object' || mark === null) return undefined
  const { table, id, digest, project } = mark as { readonly [key: string]: unknown }
  if (typeof table !== 'string' || typeof id !== 'string' || typeof digest !== 'string') return undefined
  return { table, id, digest, projectId: typeof project === 'string' ? project : undefined }
}

/** Returns the row that a body was made of, or undefined where it is not there (any more). */
export function getRow(reader: ObjectReader, body: Body): Cells | undefined {
  const content: ObjectId | undefined = body.evidence?.find(({ name }) => name === ROW)?.content
  const bytes = content === undefined ? undefined : getContent(reader, content)
  return bytes && getCells(bytes)
}

export interface SyncedBody {
  readonly value: Body
  readonly row: SealedContent
  readonly digest: string
}

export function syncedBody(record: SyncedRecord): SyncedBody {
  const digest = cellsDigest(record.cells)
  const row = sealContent(encodeCells(record.cells))
  const mark: { [key: string]: CborValue } = { table: record.table, id: record.id, digest, ...(record.projectId !== undefined && { project: record.projectId }) }
  return {
    digest,
    row,
    value: {
      title: record.title,
      ...(record.reason !== '' && { reason: record.reason }),
      ...(record.project !== undefined && { project: record.project }),
      metadata: { ...record.metadata, [FIELD]: mark },
      ...(record.tokens !== undefined && { tokens: { total: record.tokens } }),
      contextSyncRef: record.contextSyncRef ?? `${record.table}/${record.id}`,
      evidence: [{ name: ROW, phase: 'other', content: row.id }],
    },
  }
}

/** Returns the atom id that a row gives itself; for a row that has none, or that follows another state of itself, one made of day, place and content. */
export function syncedAtomId(record: SyncedRecord, digest: string, follows: 'nothing' | 'another'): AtomId {
  if (follows === 'nothing' && record.atomId !== undefined && isAtomId(record.atomId)) return record.atomId
  const hex = sha256Hex(utf8(`${record.table}\n${record.id}\n${digest}`)).slice(0, 12)
  return parseAtomId(`ATOM-${record.type}-${dayOf(syncedTimeMs(record))}-${hex}`)
}

export function syncedTimeMs({ timeMs }: SyncedRecord): number {
  return Math.max(TIME_MIN_MS, Math.min(TIME_MAX_MS, Math.trunc(timeMs)))
}
