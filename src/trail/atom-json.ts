/** The JSON of an ATOM: the same object in `add`, `log`, `show` and everywhere else. Names are API; absent = null, lists never absent. */
import { cidText, digestOf } from '../codec/object-id.js'
import { compareText, toHex } from '../base/bytes.js'
import { Float, type CborValue } from '../codec/cbor.js'
import { Cid } from '../codec/cid.js'
import { typeOf } from '../object/atom-id.js'
import type { Body, Evidence, Tokens } from '../object/body.js'
import { EXECUTABLE_MODE, SYMLINK_MODE, type EntryMode } from '../object/tree.js'
import type { FileChange } from '../history/renames.js'
import { displayPath } from './paths.js'
import type { AtomRecord } from './record.js'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface AtomJson {
  readonly atom_id: string
  readonly object: string
  readonly cid: string
  readonly signature: string
  readonly type: string
  readonly operation: string
  readonly agent: string
  readonly project: string | null
  readonly timestamp: string
  readonly parents: readonly string[]
  readonly previous_atom: string | null
  readonly influenced_by: readonly { readonly atom_id: string | null; readonly object: string }[]
  readonly title: string | null
  readonly reason: string | null
  readonly metadata: { readonly [key: string]: Json }
  readonly context_sync_ref: string | null
  readonly evidence: readonly EvidenceJson[]
  readonly tokens: TokensJson
  readonly tree: string
  readonly files: readonly FileJson[]
  readonly tainted: boolean
  readonly forgotten: boolean
}

export interface EvidenceJson {
  readonly name: string
  readonly phase: string
  readonly command: readonly string[] | null
  readonly path: string | null
  readonly exit_code: number | null
  readonly duration_ms: number | null
  readonly object: string | null
  readonly value: number | string | null
  readonly unit: string | null
}

export interface TokensJson {
  readonly model: string | null
  readonly input: number
  readonly output: number
  readonly cache_read: number
  readonly cache_write: number
  readonly total: number
  readonly cost_usd: number | null
}

export interface FileJson {
  readonly path: string
  readonly change: string
  readonly before: string | null
  readonly after: string | null
  readonly mode: string
  readonly from?: string
}

export function toAtomJson(record: AtomRecord): AtomJson {
  const { header } = record
  const { project, title, reason, metadata = {}, contextSyncRef, evidence = [], tokens = {} }: Partial<Body> = record.body ?? {}
  const object = digestOf(record.id)
  return {
    atom_id: header.atomId,
    object,
    cid: cidText(record.id),
    signature: `sha256:${object}`,
    type: typeOf(header.atomId),
    operation: header.operation,
    agent: header.agent,
    project: orNull(project),
    timestamp: formatTime(header.timeMs),
    parents: header.parents.map(digestOf),
    previous_atom: record.previousAtomId ?? null,
    influenced_by: record.influences.map((influence) => ({ atom_id: influence.atomId ?? null, object: influence.object })),
    title: orNull(title),
    reason: orNull(reason),
    metadata: toJsonMap(metadata),
    context_sync_ref: orNull(contextSyncRef),
    evidence: evidence.map(toEvidenceJson),
    tokens: toTokensJson(tokens),
    tree: digestOf(header.tree),
    files: (record.renamed ?? record.files ?? []).map(toFileJson).sort((left, right) => compareText(left.path, right.path)),
    tainted: record.isTainted,
    forgotten: record.body === undefined,
  }
}

function orNull<Value>(value: Value | undefined): Value | null {
  return value ?? null
}

/** Returns RFC 3339 in UTC with milliseconds. */
export function formatTime(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

function toEvidenceJson(evidence: Evidence): EvidenceJson {
  return {
    name: evidence.name,
    phase: evidence.phase,
    command: evidence.command ?? null,
    path: evidence.path ?? null,
    exit_code: evidence.exitCode ?? null,
    duration_ms: evidence.durationMs ?? null,
    object: evidence.content === undefined ? null : digestOf(evidence.content),
    value: evidence.value ?? null,
    unit: evidence.unit ?? null,
  }
}

export function totalTokens(tokens: Tokens): number {
  return tokens.total ?? (tokens.input ?? 0) + (tokens.output ?? 0) + (tokens.cacheRead ?? 0) + (tokens.cacheWrite ?? 0)
}

function toTokensJson(tokens: Tokens): TokensJson {
  return {
    model: tokens.model ?? null,
    input: tokens.input ?? 0,
    output: tokens.output ?? 0,
    cache_read: tokens.cacheRead ?? 0,
    cache_write: tokens.cacheWrite ?? 0,
    total: totalTokens(tokens),
    cost_usd: tokens.costUsd ?? null,
  }
}

export function toFileJson(change: FileChange): FileJson {
  return {
    path: displayPath(change.path),
    change: change.change,
    before: change.before === undefined ? null : digestOf(change.before.link),
    after: change.after === undefined ? null : digestOf(change.after.link),
    mode: formatMode((change.after ?? change.before)?.mode),
    ...('from' in change && { from: displayPath(change.from) }),
  }
}

export function formatMode(mode: EntryMode | undefined): string {
  return mode === SYMLINK_MODE ? 'symlink' : mode === EXECUTABLE_MODE ? '0755' : '0644'
}

/** Returns a recorded value as JSON: bytes as `{"$bytes": hex}`, links as `{"$link": cid}`, integers beyond 2^53 as text. */
export function toJsonValue(value: CborValue): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number') return value
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Float) return value.value
  if (value instanceof Uint8Array) return { $bytes: toHex(value) }
  if (value instanceof Cid) return { $link: value.toString() }
  if (Array.isArray(value)) return (value as readonly CborValue[]).map(toJsonValue)
  return toJsonMap(value as { readonly [key: string]: CborValue })
}

function toJsonMap(map: { readonly [key: string]: CborValue }): { readonly [key: string]: Json } {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, toJsonValue(value)]))
}
