/** The shapes of atom_mcp_wrapper.js: what it is asked, and what it answers. */
import { AtomError } from '../../base/errors.js'
import { digestOf } from '../../codec/object-id.js'
import type { VerifyResult } from '../../history/verify/check.js'
import { formatTime, toJsonValue, totalTokens, type Json } from '../../trail/atom-json.js'
import type { AtomRecord } from '../../trail/record.js'
import type { Line } from '../terminal/output.js'

interface JsonMap { readonly [key: string]: unknown }

/** Returns the object that a word of JSON stands for; none is an empty one. Throws `INPUT_INVALID`. */
export function parseArguments(json = '{}'): JsonMap {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw new AtomError('INPUT_INVALID', `not JSON: ${(cause as Error).message}`, { data: { field: 'json' }, hint: 'put it between single quotes: \'{"limit":10}\'', cause })
  }
  if (isMap(value)) return value
  throw new AtomError('INPUT_INVALID', 'the JSON must be an object', { data: { field: 'json' } })
}

function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns the input of `add`; `left`: influences that are not here. */
export function compatAddInput(request: JsonMap, left: ReadonlySet<string>): JsonMap {
  const { operation } = request
  const metadata = request['metadata'] ?? {}
  const type = typeof request['type'] === 'string' ? request['type'].toUpperCase() : request['type']
  const { title, reason, context_sync_id: ref, token_cost: cost, influenced_by: influences }: JsonMap = isMap(metadata) ? metadata : {}
  const names = (Array.isArray(influences) ? influences as readonly unknown[] : [influences]).filter((name): name is string => typeof name === 'string' && name !== '' && !left.has(name))
  return {
    type, operation, metadata, influencedBy: names,
    title: [title, operation, type].find((text) => typeof text === 'string' && text !== ''),
    reason: typeof reason === 'string' ? reason : undefined,
    contextSyncRef: typeof ref === 'string' || typeof ref === 'number' ? String(ref) : undefined,
    tokens: typeof cost === 'number' && Number.isSafeInteger(cost) && cost >= 0 ? { total: cost } : undefined,
  }
}

/** Returns the input of `log`. A limit of 0, or below, is none. */
export function compatLogInput(request: JsonMap): JsonMap {
  const { operation, agent, since, limit } = request
  if (limit !== undefined && limit !== null && !Number.isSafeInteger(limit)) throw new AtomError('INPUT_INVALID', 'limit must be a whole number', { data: { field: 'limit' } })
  return {
    all: true, detail: 'record', operations: wanted(operation), agents: wanted(agent), since: since === null || since === '' ? undefined : since,
    limit: typeof limit === 'number' && limit > 0 ? limit : undefined,
  }
}

function wanted(value: unknown): unknown {
  return value === undefined || value === null || value === '' ? [] : [value]
}

/** `date -Iseconds`, in UTC. */
function timeOf(timeMs: number): string {
  return `${formatTime(timeMs).slice(0, 19)}+00:00`
}

function metadataOf({ body }: AtomRecord): { readonly [key: string]: Json } {
  return Object.fromEntries(Object.entries(body?.metadata ?? {}).map(([key, value]) => [key, toJsonValue(value)]))
}

/** What `tag` answers. */
export function compatAtom(record: AtomRecord): { readonly [key: string]: Json } {
  const { header } = record
  return {
    atom_id: header.atomId, timestamp: timeOf(header.timeMs), signature: `sha256:${digestOf(record.id)}`, previous_atom: record.previousAtomId ?? 'null', agent: header.agent, metadata: metadataOf(record),
  }
}

/** One row of what `query` answers. */
export function compatRow(record: AtomRecord): { readonly [key: string]: Json } {
  const { header, body } = record
  return {
    atom_id: header.atomId, operation: header.operation, agent: header.agent, timestamp: timeOf(header.timeMs), signature: `sha256:${digestOf(record.id)}`, previous_atom: record.previousAtomId ?? null,
    metadata: JSON.stringify({ ...(body !== undefined && { title: body.title }), ...(body?.reason !== undefined && { reason: body.reason }), ...metadataOf(record) }),
    context_sync_ref: body?.contextSyncRef ?? null, token_cost: body?.tokens === undefined ? null : totalTokens(body.tokens),
  }
}

/** What `verify` says: three lines where all is well, else one for each error. */
export function compatVerdict(result: VerifyResult): readonly Line[] {
  if (result.ok) return [`All ${String(result.atoms)} ATOMs verified`, 'Chain integrity: INTACT', 'No tampering detected'].map((text): Line => [['ok', '✓'], ['plain', ` ${text}`]])
  const errors = result.findings.filter(({ severity }) => severity === 'error')
  return [[['error', '✗'], ['plain', ` Chain integrity: BROKEN, ${String(errors.length)} ${errors.length === 1 ? 'error' : 'errors'}`]], ...errors.map(({ message }): Line => [['error', '✗'], ['plain', ` ${message}`]])]
}
