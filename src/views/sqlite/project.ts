/** One ATOM as rows of the view: a pure function of the ATOM, so that catching up and rebuilding agree. */
import { digestOf } from '../../codec/object-id.js'
import type { AtomHeader } from '../../object/atom.js'
import type { Body, Evidence, Tokens } from '../../object/body.js'
import { formatMode, formatTime, toJsonValue, totalTokens } from '../../trail/atom-json.js'
import { displayPath } from '../../trail/paths.js'
import type { TreeChange } from '../../tree/diff.js'
import type { SqlRow, SqlValue } from './database.js'

export interface ReadAtom {
  readonly seq: number
  readonly object: string
  readonly header: AtomHeader
  readonly type: string
  /** undefined where it was forgotten. */
  readonly body: Body | undefined
  readonly previousAtomId: string | undefined
  readonly changes: readonly TreeChange[]
  readonly isTainted: boolean
}

/** The rows by table; a list may be empty. */
export interface AtomRows {
  readonly atom_trail: readonly SqlRow[]
  readonly merged: readonly SqlRow[]
  readonly influences: readonly SqlRow[]
  readonly files: readonly SqlRow[]
  readonly evidence: readonly SqlRow[]
  readonly tokens: readonly SqlRow[]
  readonly decisions: readonly SqlRow[]
  readonly conversations: readonly SqlRow[]
}

const NONE: readonly SqlRow[] = []

export function rowsOf(atom: ReadAtom): AtomRows {
  const { seq, object, header, type, body, changes } = atom
  const timestamp = formatTime(header.timeMs)
  const project = body?.project ?? null
  const named = [seq, object, header.atomId, project]
  return {
    atom_trail: [trailRow(atom, timestamp)],
    merged: header.parents.length < 2 ? NONE : header.parents.slice(1).map((parent, index) => [seq, index + 1, digestOf(parent)]),
    influences: header.influencedBy.length === 0 ? NONE : header.influencedBy.map((influence, position) => [seq, position, influence.object, influence.store ?? null]),
    files: changes.length === 0 ? NONE : changes.map((change) => fileRow(seq, change)),
    evidence: (body?.evidence ?? []).map((evidence, position) => evidenceRow(seq, position, evidence)),
    tokens: body?.tokens === undefined ? NONE : [tokensRow(seq, body.tokens)],
    decisions: type === 'DECISION' ? [[...named, header.agent, body?.title ?? null, body?.reason ?? null, timestamp]] : NONE,
    conversations: conversationRows(atom, timestamp),
  }
}

function trailRow({ seq, object, header, type, body, previousAtomId, isTainted }: ReadAtom, timestamp: string): SqlRow {
  const [first] = header.parents
  return [
    seq, object, header.atomId, type, header.operation, header.agent, body?.project ?? null, timestamp, `sha256:${object}`, previousAtomId ?? null, first === undefined ? null : digestOf(first), body?.title ?? null, body?.reason ?? null,
    metadataJson(body), body?.contextSyncRef ?? null, body?.tokens === undefined ? 0 : totalTokens(body.tokens), sageRun(body), digestOf(header.tree), isTainted ? 1 : 0, body === undefined ? 1 : 0,
  ]
}

export function metadataJson(body: Body | undefined): string {
  return body?.metadata === undefined ? '{}' : JSON.stringify(toJsonValue(body.metadata))
}

/** Returns the run that an ATOM belongs to, as text; null for none. */
function sageRun(body: Body | undefined): string | null {
  const run = body?.metadata?.['sage_run']
  return typeof run === 'string' || typeof run === 'number' || typeof run === 'bigint' ? String(run) : null
}

function fileRow(seq: number, { path, change, before, after }: TreeChange): SqlRow {
  return [seq, path.slice(0, path.indexOf('/')), displayPath(path), change, before === undefined ? null : digestOf(before.link), after === undefined ? null : digestOf(after.link), formatMode((after ?? before)?.mode)]
}

function evidenceRow(seq: number, position: number, evidence: Evidence): SqlRow {
  return [
    seq, position, evidence.name, evidence.phase, evidence.command === undefined ? null : JSON.stringify(evidence.command), evidence.path ?? null, evidence.exitCode ?? null, evidence.durationMs ?? null,
    evidence.content === undefined ? null : digestOf(evidence.content), measured(evidence.value), evidence.unit ?? null,
  ]
}

/** A whole number stays one in a column without a type. */
function measured(value: number | string | undefined): SqlValue {
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value ?? null
}

function tokensRow(seq: number, tokens: Tokens): SqlRow {
  return [seq, tokens.model ?? null, tokens.input ?? 0, tokens.output ?? 0, tokens.cacheRead ?? 0, tokens.cacheWrite ?? 0, totalTokens(tokens), tokens.costUsd ?? null]
}

function conversationRows({ seq, object, header, body }: ReadAtom, timestamp: string): readonly SqlRow[] {
  const metadata = body?.metadata
  const role = metadata?.['role']
  if (typeof role !== 'string') return NONE
  const [session, tool, content] = ['session', 'tool', 'content'].map((key) => metadata?.[key])
  return [[
    seq, object, header.atomId, body?.project ?? null, typeof session === 'string' ? session : null, typeof tool === 'string' ? tool : header.agent, role,
    typeof content === 'string' ? content : body?.reason ?? body?.title ?? null, timestamp,
  ]]
}
