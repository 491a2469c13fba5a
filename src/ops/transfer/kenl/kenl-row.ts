/** An ATOM as a row of `atom_trails`, the table that KENL keeps in SQLite and in D1, and as the SQL that puts it there. */
import { toDisplayText, toHex, utf8, utf8Length } from '../../../base/bytes.js'
import { digestOf } from '../../../codec/object-id.js'
import { sha256Hex } from '../../../codec/hash.js'
import { getAtomIdParts, type AtomId, type AtomIdParts } from '../../../object/atom-id.js'
import type { Evidence } from '../../../object/body.js'
import { getContent } from '../../../store/content.js'
import type { ObjectReader } from '../../../store/types.js'
import { formatTime, toFileJson } from '../../../trail/atom-json.js'
import type { AtomRecord } from '../../../trail/record.js'
import { WRITTEN_HERE } from './kenl-form.js'
import { FORGOTTEN_TITLE, kenlOf } from './kenl-lines.js'

export type RowValue = null | number | string
export interface KenlRow { readonly [column: string]: RowValue }

/** The columns as KENL declares them; what it fills in by itself is left to it. */
const COLUMNS: readonly (readonly [name: string, declaration: string])[] = [
  ['tag', 'TEXT UNIQUE NOT NULL'], ['type', 'TEXT NOT NULL'], ['date', 'TEXT NOT NULL'], ['sequence', 'INTEGER NOT NULL'], ['timestamp', 'DATETIME DEFAULT CURRENT_TIMESTAMP'],
  ['user', 'TEXT NOT NULL'], ['hostname', 'TEXT NOT NULL'], ['git_commit', 'TEXT'], ['description', 'TEXT NOT NULL'], ['command', 'TEXT'], ['file_path', 'TEXT'], ['changes', 'TEXT'],
  ['validation_status', 'TEXT NOT NULL'], ['safety_score', 'REAL'], ['safety_flags', 'TEXT'], ['approved_by', 'TEXT'], ['approved_at', 'DATETIME'], ['exit_code', 'INTEGER'], ['stdout', 'TEXT'], ['stderr', 'TEXT'],
  ['duration_ms', 'INTEGER'], ['rollback_command', 'TEXT'], ['rollback_successful', 'BOOLEAN'], ['rolled_back_at', 'DATETIME'], ['signature', 'TEXT'], ['previous_hash', 'TEXT'], ['hash', 'TEXT NOT NULL'],
]
/** D1 takes statements of 100,000 bytes: three texts and the rest have to fit. */
const TEXT_MAX_BYTES = 16_384

export const CREATE_TABLE: string = `CREATE TABLE IF NOT EXISTS atom_trails (\n  id INTEGER PRIMARY KEY AUTOINCREMENT,\n${COLUMNS.map(([name, declaration]) => `  ${name} ${declaration}`).join(',\n')}\n);\n`

export interface RowContext {
  readonly objects: ObjectReader
  /** Other ATOMs have this atom id too, and a tag is there once. */
  readonly isShared: boolean
  /** The hash of the row before. */
  readonly previousHash: string | null
}

/** Returns the values of all columns. The hash is KENL's own; the ATOM's identity is in `signature`. */
export function kenlRow(record: AtomRecord, { objects, isShared, previousHash }: RowContext): KenlRow {
  const { header, body } = record
  const object = digestOf(record.id)
  const tag = isShared ? `${header.atomId}-${object.slice(0, 12)}` : header.atomId
  // As SQLite writes times, so that they sort with those that it fills in.
  const timestamp = formatTime(header.timeMs).replace('T', ' ').replace('Z', '')
  const description = cut(body === undefined ? FORGOTTEN_TITLE : [body.title, ...(body.reason === undefined ? [] : [body.reason])].join('\n\n'))
  const run = runColumns(objects, body?.evidence)
  const command = run['command'] ?? null
  const { host, hostname } = kenlOf(record)
  const values: KenlRow = {
    tag, ...idColumns(header.atomId), timestamp, user: header.agent, hostname: textOr(host ?? hostname, WRITTEN_HERE.slice(1, -1)), git_commit: textOrNull(body?.metadata?.['git_commit']),
    description, ...fileColumns(record), ...run, validation_status: 'executed', signature: `sha256:${object}`, previous_hash: previousHash,
    hash: sha256Hex(utf8(`${tag}${timestamp}${description}${command === null ? 'None' : String(command)}`)),
  }
  return Object.fromEntries(COLUMNS.map(([name]) => [name, values[name] ?? null]))
}

function idColumns(atomId: AtomId): KenlRow {
  const { type, day, number } = getAtomIdParts(atomId) as AtomIdParts
  return { type, date: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`, sequence: /^\d{1,11}$/.test(number) ? Number(number) : Number.parseInt(number, 16) }
}

function fileColumns({ files = [] }: AtomRecord): KenlRow {
  const [first] = files
  return first === undefined ? {} : { file_path: toFileJson(first).path, changes: cut(JSON.stringify(files.map(toFileJson))) }
}

/** What a command that was run left. */
function runColumns(objects: ObjectReader, evidence: readonly Evidence[] = []): KenlRow {
  const run = evidence.find(({ command }) => command !== undefined)
  if (run?.command === undefined) return {}
  return {
    command: cut(run.command.join(' ')), exit_code: run.exitCode ?? null, duration_ms: run.durationMs ?? null,
    stdout: outputOf(objects, evidence, 'stdout'), stderr: outputOf(objects, evidence, 'stderr'),
  }
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value : fallback
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** Returns what fits into a column, said where it was cut. */
function cut(text: string): string {
  if (utf8Length(text) <= TEXT_MAX_BYTES) return text
  return `${toDisplayText(utf8(text).subarray(0, TEXT_MAX_BYTES)).replace(/\ufffd+$/, '')}…`
}

function outputOf(objects: ObjectReader, evidence: readonly Evidence[], name: string): string | null {
  const content = evidence.find((one) => one.name === name && one.content !== undefined)?.content
  const bytes = content === undefined ? undefined : getContent(objects, content)
  return bytes === undefined ? null : cut(toDisplayText(bytes))
}

/** Returns the statement that puts a row there, once. */
export function insertRow(row: KenlRow): string {
  const names = COLUMNS.map(([name]) => name).filter((name) => row[name] !== null)
  return `INSERT OR IGNORE INTO atom_trails (${names.join(', ')}) VALUES (${names.map((name) => literal(row[name] ?? null)).join(', ')});\n`
}

/** A text literal of SQLite ends at a zero byte. */
function literal(value: RowValue): string {
  if (value === null) return 'NULL'
  if (typeof value === 'number') return String(value)
  return value.includes('\0') ? `CAST(x'${toHex(utf8(value))}' AS TEXT)` : `'${value.replaceAll('\'', '\'\'')}'`
}
