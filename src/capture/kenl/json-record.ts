/** Records of JSON: decisions, flags, exports, commits and rows. Fields are known by the names that KENL and its siblings give them. */
import { utf8 } from '../../base/bytes.js'
import type { Tokens } from '../../object/body.js'
import { WRITTEN_HERE } from '../../ops/transfer/kenl/kenl-form.js'
import type { KenlItem, KenlPlace } from '../../ops/transfer/kenl/kenl-source.js'
import { makeRecord, type FileContext, type RecordParts } from './make-record.js'
import { checkSignatures, type JsonObject } from './signatures.js'
import { getTag, isTemplate, type Tag } from './tag.js'

export interface JsonSource {
  readonly place: KenlPlace
  readonly raw: Uint8Array
  /** `raw` as text. */
  readonly text: string
  /** What the values came from: `F10`, or the name of a table. */
  readonly format: string
  readonly odd?: readonly string[]
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Yields what one JSON value stands for: a record, those in a list or an export, those of a commit's tags, or why it is none. */
export function* jsonItems(value: unknown, source: JsonSource, context: FileContext): Iterable<KenlItem> {
  const many = Array.isArray(value) ? (value as readonly unknown[]) : isObject(value) && Array.isArray(value['operations']) ? (value['operations'] as readonly unknown[]) : undefined
  if (many !== undefined) {
    const format = Array.isArray(value) ? source.format : 'F9'
    for (const [index, item] of many.entries()) {
      const text = JSON.stringify(item)
      yield* oneItem(item, { ...source, format, text, raw: utf8(text), place: { ...source.place, line: index + 1 } }, context)
    }
    return
  }
  yield* oneItem(value, source, context)
}

function* oneItem(value: unknown, source: JsonSource, context: FileContext): Iterable<KenlItem> {
  if (!isObject(value)) {
    yield { is: 'refused', ...source.place, reason: 'it is JSON, and no record', text: source.text.slice(0, TEXT_SHOWN), raw: source.raw }
    return
  }
  if (Array.isArray(value['tags']) && typeof value['commit'] === 'string' && typeof value['subject'] === 'string') {
    yield* commitItems(value, source, context)
    return
  }
  yield recordItem(value, source, context)
}

export const TEXT_SHOWN = 200

/** A commit that carries several tags is one ATOM for each of them. */
function* commitItems(value: JsonObject, source: JsonSource, context: FileContext): Iterable<KenlItem> {
  const tags = (value['tags'] as readonly unknown[]).filter((tag) => typeof tag === 'string')
  const { repo, commit, body, subject } = value
  for (const written of tags.length === 0 ? [undefined] : tags) {
    const tag = written === undefined ? undefined : getTag(written)
    if (written !== undefined && tag === undefined) {
      yield { is: 'refused', ...source.place, reason: `${JSON.stringify(written.slice(0, 80))} is no tag`, text: source.text.slice(0, TEXT_SHOWN), raw: source.raw }
      continue
    }
    yield makeRecord({
      format: 'commit', place: source.place, raw: source.raw, type: 'COMMIT', operation: 'commit', text: String(subject),
      ...(tag !== undefined && { tag }),
      ...textField('time', value['date']), ...textField('agent', value['author']), ...reasonOf(String(subject), body),
      fields: { commit, ...(typeof repo === 'string' && { repo }), ...(tags.length > 1 && { tags }) },
    }, context)
  }
}

/** What follows the subject in a message. */
function reasonOf(subject: string, body: unknown): { readonly reason?: string } {
  if (typeof body !== 'string') return {}
  const rest = (body.startsWith(subject) ? body.slice(subject.length) : body).trim()
  return rest === '' ? {} : { reason: rest }
}

function textField<Key extends string>(key: Key, value: unknown): { readonly [Name in Key]?: string } {
  return (typeof value === 'string' && value !== '' ? { [key]: value } : {}) as { readonly [Name in Key]?: string }
}

const TAGS = ['atom_tag', 'atom_id', 'tag', 'flag', 'id']
const TIMES = ['timestamp', 'created_at', 'time', 'date']
const TITLES = ['description', 'decision', 'title', 'intent', 'message', 'subject']
const REASONS = ['rationale', 'reason']
const AGENTS = ['agent', 'actor', 'author']
const OPERATIONS = ['operation', 'action', 'operation_type']
const TYPES = ['type', 'category', 'operation_type']
/** Siblings of KENL write records that carry no tag: these fields tell them. */
const UNTAGGED = ['vortexId', 'vortex_id', 'decision']
const OWN = new Set(['metadata', 'token_cost', 'context_sync_ref', 'signature'])

function recordItem(value: JsonObject, source: JsonSource, context: FileContext): KenlItem {
  const tag = tagOf(value)
  const written = first(value, TAGS)
  if (tag === undefined && written !== undefined && isTemplate(written)) return { is: 'refused', ...source.place, reason: `${written.slice(0, 80)} is a tag to be filled in`, text: source.text.slice(0, TEXT_SHOWN), raw: source.raw }
  const metadata = metadataOf(value['metadata'])
  const title = first(value, TITLES) ?? first(metadata, TITLES)
  if (tag === undefined && !UNTAGGED.some((key) => typeof value[key] === 'string')) return { is: 'refused', ...source.place, reason: 'it is JSON without a tag', text: source.text.slice(0, TEXT_SHOWN), raw: source.raw }
  return makeRecord({ ...partsOf(value, metadata, source), ...(tag !== undefined && { tag }), text: title ?? '' }, context)
}

/** What a value says beside its tag and its text. */
export function partsOf(value: JsonObject, metadata: JsonObject, source: JsonSource): RecordParts {
  const reason = first(value, REASONS) ?? first(metadata, REASONS)
  const operation = first(value, OPERATIONS)
  const type = first(value, TYPES) ?? (value['vortexId'] === undefined ? undefined : 'DECISION')
  const agent = first(value, AGENTS) ?? userOf(value) ?? first(metadata, ['agent'])
  const project = first(value, ['project']) ?? first(metadata, ['project'])
  return {
    format: source.format, place: source.place, raw: source.raw, text: '', metadata, signature: checkSignatures(value, source.text), odd: [...source.odd ?? [], ...oddOf(value)],
    ...timeField(value), type, operation, reason, agent, project,
    contextSyncRef: refOf(value['context_sync_ref'] ?? metadata['context_sync_id']),
    tokens: tokensOf(value['token_cost'] ?? metadata['token_cost']),
    influencedBy: textsOf(value['influenced_by'] ?? metadata['influenced_by']),
    fields: restOf(value, [tagOf(value)?.text, first(value, TIMES), first(value, TITLES), reason, operation, type, agent, project]),
  }
}

function refOf(ref: unknown): string | undefined {
  return typeof ref === 'string' || typeof ref === 'number' ? String(ref) : undefined
}

function tagOf(value: JsonObject): Tag | undefined {
  for (const key of TAGS) {
    const member = value[key]
    const tag = typeof member === 'string' ? getTag(member) : undefined
    if (tag !== undefined) return tag
  }
  return undefined
}

/** Returns what has no place of its own in an ATOM. */
function restOf(value: JsonObject, placed: readonly (string | undefined)[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key, member]) => member !== null && !OWN.has(key) && !(typeof member === 'string' && placed.includes(member))))
}

/** `"null"` and `""` are what a shell writes for no atom before this one. */
function oddOf(value: JsonObject): readonly string[] {
  const before = value['previous_atom']
  return before === 'null' || before === '' ? [`its previous_atom is the text ${JSON.stringify(before)}`] : []
}

/** A row that was written here has the agent in its place. */
function userOf({ user, hostname }: JsonObject): string | undefined {
  if (typeof user !== 'string' || user === '') return undefined
  return `@${String(hostname)}:` === WRITTEN_HERE ? user : `user:${user}`
}

function first(value: JsonObject, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const member = value[key]
    if (typeof member === 'string' && member.trim() !== '') return member
  }
  return undefined
}

function timeField(value: JsonObject): { readonly time?: string | number; readonly timeSource?: string } {
  const written = first(value, TIMES)
  const epoch = value['created_epoch'] ?? value['start_epoch'] ?? value['timestamp']
  if (written !== undefined) return { time: written }
  // Seconds or milliseconds since 1970: no clock here was at work before 2001.
  if (typeof epoch === 'number' && Number.isSafeInteger(epoch) && epoch > 0 && epoch < EPOCH_MAX_MS) return { time: epoch < EPOCH_SECONDS_MAX ? epoch * 1_000 : epoch, timeSource: 'the epoch' }
  return {}
}

const EPOCH_SECONDS_MAX = 100_000_000_000
const EPOCH_MAX_MS = 100_000_000_000_000

function tokensOf(cost: unknown): Tokens | undefined {
  return typeof cost === 'number' && Number.isSafeInteger(cost) && cost >= 0 ? { total: cost } : undefined
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(',').map((text) => text.trim()).filter((text) => text !== '')
  return Array.isArray(value) ? (value as readonly unknown[]).filter((item) => typeof item === 'string') : []
}

/** A database holds it as text. */
function metadataOf(metadata: unknown): JsonObject {
  if (isObject(metadata)) return metadata
  if (typeof metadata !== 'string' || metadata === '') return {}
  const value = getJson(metadata)
  return isObject(value) ? value : { text: metadata }
}

/** Returns the value of a JSON text, or undefined where it is none. */
export function getJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
