/** The lines of a trail as JSON, both ways. docs/spec/jsonl.md is their specification; `export jsonl` and `import jsonl` share this. */
import { getBase64, toBase64 } from '../../../base/base64.js'
import { fromHex, getText, toHex, utf8 } from '../../../base/bytes.js'
import type { CborValue } from '../../../codec/cbor.js'
import { codecOf, digestOf, getDigest, objectId, type Digest, type ObjectId } from '../../../codec/object-id.js'
import type { AtomHeader, Influence } from '../../../object/atom.js'
import { parseAtomId } from '../../../object/atom-id.js'
import type { Body, Evidence, EvidencePhase, Tokens } from '../../../object/body.js'
import { EXECUTABLE_MODE, FILE_MODE, SYMLINK_MODE, type EntryMode, type TreeEntry } from '../../../object/tree.js'
import { seal, type SealedObject } from '../../../object/seal.js'
import { sealBody } from '../../../store/body.js'
import { toAtomJson, toFileJson, type Json } from '../../../trail/atom-json.js'
import { displayPath, HOME, PROJECT, SYSTEM } from '../../../trail/paths.js'
import type { AtomRecord } from '../../../trail/record.js'
import { toRecorded } from '../../../trail/recorded-value.js'
import type { FileChange } from '../../../history/renames.js'
import { invalid } from '../../check.js'

export interface JsonMap { readonly [key: string]: Json }

/** Bytes as they stand in a line: `text` where they are UTF-8, else `base64`. */
export function bytesJson(bytes: Uint8Array): JsonMap {
  const text = getText(bytes)
  return text === undefined ? { base64: toBase64(bytes) } : { text }
}

export function readBytes(line: JsonMap): Uint8Array {
  if (typeof line['text'] === 'string') return utf8(readText(line, 'text'))
  const bytes = getBase64(readText(line, 'base64'))
  if (bytes === undefined) throw invalid('base64', undefined, 'base64 with padding')
  return bytes
}

export function contentLine(id: ObjectId, bytes: Uint8Array): JsonMap {
  return { kind: 'content', object: digestOf(id), ...bytesJson(bytes) }
}

/** What an ATOM's line has beyond its JSON everywhere else. */
export function atomLine(record: AtomRecord, exactBody: Uint8Array | undefined, files: readonly Json[]): JsonMap {
  const { body, header } = record
  const json = toAtomJson(record) as unknown as JsonMap
  const isExact = body === undefined || rebuilds(json, record)
  return {
    kind: 'atom',
    ...json,
    influenced_by: header.influencedBy.map((influence, index) => ({ atom_id: record.influences[index]?.atomId ?? null, object: influence.object, ...(influence.store !== undefined && { store: influence.store }) })),
    evidence: evidenceJson(json, body),
    files,
    body: digestOf(header.body),
    salt: body?.salt === undefined ? null : toHex(body.salt),
    ...(!isExact && exactBody !== undefined && { body_cbor: toBase64(exactBody) }),
  }
}

/** Tells whether the readable fields alone give the body's exact bytes again. */
function rebuilds(json: JsonMap, { body, header }: AtomRecord): boolean {
  const whole = { ...json, evidence: evidenceJson(json, body), salt: body?.salt === undefined ? null : toHex(body.salt) }
  return sealBody(readBody(whole)).body.id === header.body
}

function evidenceJson(json: JsonMap, body: Body | undefined): Json {
  const list = json['evidence'] as readonly JsonMap[]
  return list.map((item, index) => {
    const content = body?.evidence?.[index]?.content
    return content !== undefined && codecOf(content) === 'dag-cbor' ? { ...item, chunked: true } : item
  })
}

/** Returns a file of an ATOM's line: its JSON, the tracked path where that cannot be told from the shown one, and what the digest names. */
export function fileLine(change: FileChange): JsonMap {
  const json = toFileJson(change) as unknown as JsonMap
  const isChunked = change.after !== undefined && codecOf(change.after.link) === 'dag-cbor'
  return { ...json, ...(trackedOf(displayPath(change.path)) !== change.path && { tracked: change.path }), ...(isChunked && { chunked: true }) }
}

/** Returns the tracked path that a shown one stands for. */
export function trackedOf(shown: string): string {
  if (shown.startsWith('~/')) return HOME + shown.slice(2)
  return shown.startsWith('/') ? SYSTEM + shown.slice(1) : PROJECT + shown
}

export interface FileEdit {
  readonly path: string
  readonly entry: TreeEntry | undefined
}

export function readFileEdit(file: Json): FileEdit {
  const map = asMap(file, 'files')
  const path = map['tracked'] === undefined ? trackedOf(readText(map, 'path')) : readText(map, 'tracked')
  const after = map['after']
  if (after === null) return { path, entry: undefined }
  return { path, entry: { mode: readMode(map['mode']), link: contentId(map, 'after') } }
}

export function readMode(mode: Json | undefined): EntryMode {
  if (mode === undefined || mode === null || mode === '0644') return FILE_MODE
  if (mode === '0755') return EXECUTABLE_MODE
  if (mode === 'symlink') return SYMLINK_MODE
  throw invalid('mode', mode, '0644, 0755 or symlink')
}

/** Returns the header's fields of a line; tree and body are the reader's to make. */
export function readHeader(line: JsonMap): Omit<AtomHeader, 'tree' | 'body'> {
  return {
    atomId: parseAtomId(readText(line, 'atom_id')),
    operation: readText(line, 'operation'),
    agent: readText(line, 'agent'),
    timeMs: readTimeMs(line, 'timestamp'),
    parents: readList(line, 'parents').map((parent) => objectId(asDigest(parent, 'parents'), 'dag-cbor')),
    influencedBy: readList(line, 'influenced_by').map((item): Influence => {
      const map = asMap(item, 'influenced_by')
      const store = map['store']
      return { object: readDigest(map, 'object'), ...(typeof store === 'string' && { store }) }
    }),
  }
}

/** Returns a line's body as objects: from its exact bytes, else from the readable fields; undefined where it was forgotten. */
export function readSealedBody(line: JsonMap): { readonly id: ObjectId; readonly objects: readonly SealedObject[] } {
  if (line['forgotten'] === true) return { id: objectId(readDigest(line, 'body'), 'dag-cbor'), objects: [] }
  if (line['body_cbor'] !== undefined) {
    const bytes = getBase64(readText(line, 'body_cbor'))
    if (bytes === undefined) throw invalid('body_cbor', undefined, 'base64 with padding')
    const body = seal(bytes)
    return { id: body.id, objects: [body] }
  }
  const { body, contents } = sealBody(readBody(line))
  return { id: body.id, objects: [...contents, body] }
}

export function readBody(line: JsonMap): Body {
  const salt = line['salt']
  const metadata = asMap(line['metadata'] ?? {}, 'metadata')
  const tokens = readTokens(asMap(line['tokens'] ?? {}, 'tokens'))
  const evidence = readList(line, 'evidence').map(readEvidence)
  const contextSyncRef = textIn(line, 'context_sync_ref')
  const reason = textIn(line, 'reason')
  const project = textIn(line, 'project')
  return {
    ...(typeof salt === 'string' && { salt: readHex(salt, 'salt') }),
    title: readText(line, 'title'),
    ...(reason !== undefined && { reason }),
    ...(project !== undefined && { project }),
    ...(Object.keys(metadata).length > 0 && { metadata: toRecorded(metadata) as { readonly [key: string]: CborValue } }),
    ...(tokens !== undefined && { tokens }),
    ...(contextSyncRef !== undefined && { contextSyncRef }),
    ...(evidence.length > 0 && { evidence }),
  }
}

/** Zeros stand for what was not said; where it was said after all, the exact bytes are in the line. */
function readTokens(map: JsonMap): Tokens | undefined {
  const count = (key: string): number | undefined => typeof map[key] === 'number' && map[key] !== 0 ? map[key] : undefined
  const parts = { input: count('input'), output: count('output'), cacheRead: count('cache_read'), cacheWrite: count('cache_write') }
  const sum = Object.values(parts).reduce<number>((total, part) => total + (part ?? 0), 0)
  const total = typeof map['total'] === 'number' && map['total'] !== sum ? map['total'] : undefined
  const tokens = { model: textIn(map, 'model'), ...parts, total, costUsd: typeof map['cost_usd'] === 'number' ? map['cost_usd'] : undefined }
  const given = Object.entries(tokens).filter(([, value]) => value !== undefined)
  return given.length === 0 ? undefined : Object.fromEntries(given)
}

function readEvidence(item: Json): Evidence {
  const map = asMap(item, 'evidence')
  const command = map['command']
  const value = map['value']
  const given = {
    command: command === null || command === undefined ? undefined : readList(map, 'command').map((word) => asText(word, 'command')),
    path: textIn(map, 'path'),
    exitCode: getNumber(map, 'exit_code'),
    durationMs: getNumber(map, 'duration_ms'),
    content: map['object'] === null || map['object'] === undefined ? undefined : contentId(map, 'object'),
    value: typeof value === 'number' || typeof value === 'string' ? value : undefined,
    unit: textIn(map, 'unit'),
  }
  const filled = Object.fromEntries(Object.entries(given).filter(([, field]) => field !== undefined))
  return { name: readText(map, 'name'), phase: readText(map, 'phase') as EvidencePhase, ...filled }
}

function contentId(map: JsonMap, key: string): ObjectId {
  return objectId(readDigest(map, key), map['chunked'] === true ? 'dag-cbor' : 'raw')
}

export function asMap(value: Json | undefined, field: string): JsonMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(field, value, 'an object')
  return value as JsonMap
}

function asText(value: Json | undefined, field: string): string {
  if (typeof value !== 'string') throw invalid(field, value, 'a text')
  return value
}

export function readText(map: JsonMap, field: string): string {
  return asText(map[field], field)
}

function textIn(map: JsonMap, field: string): string | undefined {
  return map[field] === null || map[field] === undefined ? undefined : readText(map, field)
}

function getNumber(map: JsonMap, field: string): number | undefined {
  const value = map[field]
  return typeof value === 'number' ? value : undefined
}

export function readList(map: JsonMap, field: string): readonly Json[] {
  const value = map[field] ?? []
  if (!Array.isArray(value)) throw invalid(field, value, 'a list')
  return value as readonly Json[]
}

export function asDigest(value: Json | undefined, field: string): Digest {
  const digest = typeof value === 'string' ? getDigest(value) : undefined
  if (digest === undefined) throw invalid(field, value, '64 hex digits')
  return digest
}

export function readDigest(map: JsonMap, field: string): Digest {
  return asDigest(map[field], field)
}

function readHex(text: string, field: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw invalid(field, text, 'hex')
  return fromHex(text)
}

export function readTimeMs(map: JsonMap, field: string): number {
  const timeMs = Date.parse(readText(map, field))
  if (Number.isNaN(timeMs)) throw invalid(field, map[field], 'a time such as 2024-11-27T10:27:33.000Z')
  return timeMs
}
