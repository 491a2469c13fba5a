/**
 * The body of an ATOM: everything that a person may later have to erase. A random salt keeps a short text from being guessed by its
 * digest; imports have none, so that the same source gives the same ids everywhere.
 */
import { compareKeys, encodeOrdered, Float, linkTag, prepare, type CborValue, type Patches } from '../codec/cbor.js'
import { linkBytes, type ObjectId } from '../codec/object-id.js'
import { SALT_BYTES } from '../base/limits.js'
import { checkCount, checkInteger, checkKeys, checkText, invalid, isFields, linkOf, readFields, type FieldReader, type Fields } from './shape.js'

export type EvidencePhase = 'before' | 'after' | 'other'

/** Captured output, a file or a measured value. */
export interface Evidence {
  readonly name: string
  readonly phase: EvidencePhase
  readonly command?: readonly string[]
  readonly path?: string
  readonly exitCode?: number
  readonly durationMs?: number
  /** Link to the captured content: a raw object, or a `file` when large. */
  readonly content?: ObjectId
  readonly value?: number | string
  readonly unit?: string
}

export interface Tokens {
  readonly model?: string
  readonly input?: number
  readonly output?: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
  /** Only where it is not the sum of the four above. */
  readonly total?: number
  readonly costUsd?: number
}

export interface Body {
  readonly salt?: Uint8Array
  readonly title: string
  readonly reason?: string
  readonly project?: string
  readonly metadata?: { readonly [key: string]: CborValue }
  readonly tokens?: Tokens
  readonly contextSyncRef?: string
  readonly evidence?: readonly Evidence[]
  /**
   * Values too large to stand here: `title`, `reason` (content = UTF-8) or `metadata.<key>` (content = canonical CBOR of the value) →
   * link to a content of their own. Such a title or reason is '' above, such a metadata key is absent there.
   */
  readonly large?: { readonly [field: string]: ObjectId }
}

/** Returns the canonical bytes of a body; throws `OBJECT_INVALID` for what could not be read back. Empty maps and lists are left out. */
export function encodeBody(body: Body): Uint8Array {
  checkLarge(body)
  const patches: Patches = { wide: 0, at: [] }
  // Canonical order, in which the patches count 9-byte integers too.
  const ordered: { [key: string]: unknown } = { kind: 'body' }
  if (body.salt !== undefined) ordered['salt'] = checkSalt(body.salt)
  if (hasKeys(body.large)) ordered['large'] = linksValue(body.large)
  ordered['title'] = checkText('body', 'title', body.title)
  if (body.reason !== undefined) ordered['reason'] = checkText('body', 'reason', body.reason)
  const tokens = body.tokens === undefined ? undefined : tokensValue(body.tokens, patches)
  if (hasKeys(tokens)) ordered['tokens'] = tokens
  if (body.project !== undefined) ordered['project'] = checkText('body', 'project', body.project)
  ordered['version'] = 1
  if (body.evidence !== undefined && body.evidence.length > 0) ordered['evidence'] = body.evidence.map((evidence) => evidenceValue(evidence, patches))
  if (hasKeys(body.metadata)) ordered['metadata'] = prepare(body.metadata, 1, patches)
  if (body.contextSyncRef !== undefined) ordered['context_sync_ref'] = checkText('body', 'context_sync_ref', body.contextSyncRef)
  return encodeOrdered(ordered, patches)
}

function hasKeys<Value extends object>(value: Value | undefined): value is Value {
  return value !== undefined && Object.keys(value).length > 0
}

function checkSalt(salt: Uint8Array): Uint8Array {
  if (salt.length !== SALT_BYTES) throw invalid('body', `salt is not ${String(SALT_BYTES)} bytes`)
  return salt
}

function linksValue(links: { readonly [field: string]: ObjectId }): Map<string, unknown> {
  const entries = Object.entries(links).sort(([left], [right]) => compareKeys(left, right))
  return new Map(entries.map(([field, id]) => [checkText('body', 'large', field), linkTag(linkBytes(id))]))
}

/** Checks that what `large` names stands empty or is absent in the body itself: one value has one place. */
function checkLarge({ title, reason, metadata, large }: Body): void {
  for (const field of Object.keys(large ?? {})) {
    const isPlaced = field === 'title' ? title === ''
      : field === 'reason' ? reason === ''
        : field.startsWith('metadata.') && !Object.hasOwn(metadata ?? {}, field.slice('metadata.'.length))
    if (!isPlaced) throw invalid('body', `large names ${field.slice(0, 80)}, which is no field that may be there, or has its value in the body too`)
  }
}

// In both of these the keys are set in canonical order; `prepare` checks and counts each value.

function tokensValue(tokens: Tokens, patches: Patches): { readonly [key: string]: unknown } {
  const value: { [key: string]: unknown } = {}
  const count = (key: string, number: number | undefined): void => {
    if (number !== undefined) value[key] = prepare(checkCount('body', key, number), 2, patches)
  }
  count('input', tokens.input)
  if (tokens.model !== undefined) value['model'] = checkText('body', 'model', tokens.model)
  count('total', tokens.total)
  count('output', tokens.output)
  if (tokens.costUsd !== undefined) value['cost_usd'] = prepare(Number.isInteger(tokens.costUsd) ? new Float(tokens.costUsd) : tokens.costUsd, 2, patches)
  count('cache_read', tokens.cacheRead)
  count('cache_write', tokens.cacheWrite)
  return value
}

function evidenceValue(evidence: Evidence, patches: Patches): { readonly [key: string]: unknown } {
  const value: { [key: string]: unknown } = { name: checkText('evidence', 'name', evidence.name) }
  if (evidence.path !== undefined) value['path'] = checkText('evidence', 'path', evidence.path)
  if (evidence.unit !== undefined) value['unit'] = checkText('evidence', 'unit', evidence.unit)
  value['phase'] = checkPhase(evidence.phase)
  if (evidence.value !== undefined) value['value'] = prepare(checkMeasure(evidence.value), 3, patches)
  if (evidence.command !== undefined) value['command'] = evidence.command.map((word) => checkText('evidence', 'command', word))
  if (evidence.content !== undefined) value['content'] = linkTag(linkBytes(evidence.content))
  if (evidence.exitCode !== undefined) value['exit_code'] = prepare(checkInteger('evidence', 'exit_code', evidence.exitCode), 3, patches)
  if (evidence.durationMs !== undefined) value['duration_ms'] = prepare(checkCount('evidence', 'duration_ms', evidence.durationMs), 3, patches)
  return value
}

function checkPhase(phase: string): EvidencePhase {
  if (phase !== 'before' && phase !== 'after' && phase !== 'other') throw invalid('evidence', 'phase is not before, after or other')
  return phase
}

function checkMeasure(value: unknown): number | string {
  if (typeof value !== 'number' && typeof value !== 'string') throw invalid('evidence', 'value is not a text or a number')
  return value
}

const KEYS = {
  needed: ['kind', 'version', 'title'],
  optional: ['salt', 'large', 'reason', 'tokens', 'project', 'evidence', 'metadata', 'context_sync_ref'],
}

/** Returns the body of a decoded map; throws `OBJECT_INVALID`. */
export function openBody(fields: Fields): Body {
  checkKeys('body', fields, KEYS)
  const read = readFields('body', fields)
  const body: Writable<Body> = { title: read.text('title') }
  if (fields['salt'] !== undefined) body.salt = read.bytes('salt', SALT_BYTES)
  if (fields['reason'] !== undefined) body.reason = read.text('reason')
  if (fields['project'] !== undefined) body.project = read.text('project')
  if (fields['metadata'] !== undefined) body.metadata = nonEmpty('metadata', read.map('metadata'))
  if (fields['tokens'] !== undefined) body.tokens = openTokens(nonEmpty('tokens', read.map('tokens')))
  if (fields['context_sync_ref'] !== undefined) body.contextSyncRef = read.text('context_sync_ref')
  if (fields['evidence'] !== undefined) body.evidence = openEvidenceList(read)
  if (fields['large'] !== undefined) body.large = openLarge(nonEmpty('large', read.map('large')))
  checkLarge(body)
  return body
}

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] }

function nonEmpty(key: string, map: Fields): Fields {
  if (Object.keys(map).length === 0) throw invalid('body', `${key} is empty where it must be absent`)
  return map
}

const TOKEN_KEYS = { needed: [], optional: ['model', 'input', 'output', 'cache_read', 'cache_write', 'total', 'cost_usd'] }

function openTokens(fields: Fields): Tokens {
  checkKeys('body', fields, TOKEN_KEYS)
  const read = readFields('body', fields)
  const tokens: Writable<Tokens> = {}
  if (fields['model'] !== undefined) tokens.model = read.text('model')
  if (fields['input'] !== undefined) tokens.input = read.count('input')
  if (fields['output'] !== undefined) tokens.output = read.count('output')
  if (fields['cache_read'] !== undefined) tokens.cacheRead = read.count('cache_read')
  if (fields['cache_write'] !== undefined) tokens.cacheWrite = read.count('cache_write')
  if (fields['total'] !== undefined) tokens.total = read.count('total')
  if (fields['cost_usd'] !== undefined) tokens.costUsd = openFloat('cost_usd', fields['cost_usd'])
  return tokens
}

function openFloat(key: string, value: CborValue): number {
  if (value instanceof Float) return value.value
  if (typeof value !== 'number' || Number.isInteger(value)) throw invalid('body', `${key} is not a float`)
  return value
}

function openEvidenceList(read: FieldReader): readonly Evidence[] {
  const list = read.list('evidence')
  if (list.length === 0) throw invalid('body', 'evidence is empty where it must be absent')
  return list.map((value) => {
    if (!isFields(value)) throw invalid('body', 'evidence holds something that is no map')
    return openEvidence(value)
  })
}

const EVIDENCE_KEYS = { needed: ['name', 'phase'], optional: ['command', 'path', 'exit_code', 'duration_ms', 'content', 'value', 'unit'] }

function openEvidence(fields: Fields): Evidence {
  checkKeys('evidence', fields, EVIDENCE_KEYS)
  const read = readFields('evidence', fields)
  const evidence: Writable<Evidence> = { name: read.text('name'), phase: checkPhase(read.text('phase')) }
  if (fields['command'] !== undefined) evidence.command = openCommand(read.list('command'))
  if (fields['path'] !== undefined) evidence.path = read.text('path')
  if (fields['exit_code'] !== undefined) evidence.exitCode = checkInteger('evidence', 'exit_code', fields['exit_code'])
  if (fields['duration_ms'] !== undefined) evidence.durationMs = read.count('duration_ms')
  if (fields['content'] !== undefined) evidence.content = read.link('content')
  if (fields['value'] !== undefined) evidence.value = openMeasure(fields['value'])
  if (fields['unit'] !== undefined) evidence.unit = read.text('unit')
  return evidence
}

function openCommand(words: readonly CborValue[]): readonly string[] {
  if (!words.every((word) => typeof word === 'string')) throw invalid('evidence', 'command holds something that is no text')
  return words
}

/** A measured number has one form: an integer where it is one within ±(2^53 − 1), else a float. */
function openMeasure(value: CborValue): number | string {
  if (typeof value === 'string' || typeof value === 'number') return value
  if (!(value instanceof Float) || Number.isSafeInteger(value.value)) throw invalid('evidence', 'value is not a text or a number, or not in its one form')
  return value.value
}

function openLarge(fields: Fields): { readonly [field: string]: ObjectId } {
  const large: { [field: string]: ObjectId } = {}
  for (const [field, value] of Object.entries(fields)) {
    Object.defineProperty(large, field, { value: linkOf('body', field, value), enumerable: true, configurable: true, writable: true })
  }
  return large
}
