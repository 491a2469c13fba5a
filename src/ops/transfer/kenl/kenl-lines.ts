/** An ATOM as lines of KENL's logs: F1 of the shell `atom`, F4 of generate_atom.sh. */
import { concatBytes, utf8 } from '../../../base/bytes.js'
import { digestOf } from '../../../codec/object-id.js'
import type { CborValue } from '../../../codec/cbor.js'
import { getAtomIdParts, type AtomId } from '../../../object/atom-id.js'
import { getContent } from '../../../store/content.js'
import type { ObjectReader } from '../../../store/types.js'
import { formatTime, toJsonValue, totalTokens, type Json } from '../../../trail/atom-json.js'
import type { AtomRecord } from '../../../trail/record.js'
import { escapeLine, WRITTEN_HERE } from './kenl-form.js'
import { SOURCE_EVIDENCE } from '../known-records.js'

const LINE_END = Uint8Array.of(10)
export const FORGOTTEN_TITLE = '(forgotten)'

/**
 * Returns the two lines of an ATOM in F1. Where it was made of such lines, those. `atom_analytics.py` reads types of one word and numbers of three digits only, so
 * the tag is made such; the exact id stands in the second line.
 */
export function linesF1(objects: ObjectReader, record: AtomRecord): Uint8Array {
  const { header, body } = record
  const written = getWritten(objects, record, 'F1')
  if (written !== undefined) return concatBytes([written, LINE_END])
  const time = formatTime(header.timeMs).slice(0, 19).replace('T', ' ')
  const text = escapeLine(body === undefined ? FORGOTTEN_TITLE : [body.title, ...(body.reason === undefined ? [] : [body.reason])].join('\n'))
  const context = kenlOf(record)['context']
  const place = typeof context === 'string' ? ` ${escapeLine(context)}` : ''
  return utf8(`[${time}] ${tagF1(header.atomId)} | ${text}\n  Context: ${escapeLine(header.agent)}${WRITTEN_HERE}${header.atomId} ${digestOf(record.id)}${place}\n`)
}

/** Returns the tag as `ATOM-[A-Z]+-\d{8}-\d{3}`. */
export function tagF1(atomId: AtomId): string {
  const { type = '', day = '', number = '' } = getAtomIdParts(atomId) ?? {}
  const count = /^\d{1,11}$/.test(number) ? Number(number) : Number.parseInt(number, 16)
  return `ATOM-${type.replaceAll('-', '')}-${day}-${String(count % 1_000).padStart(3, '0')}`
}

/** Returns the line of an ATOM in F4: `TAG: {json}`. Where it was made of such a line, that. */
export function lineF4(objects: ObjectReader, record: AtomRecord): Uint8Array {
  const written = getWritten(objects, record, 'F4')
  if (written !== undefined) return concatBytes([written, LINE_END])
  const { header, body } = record
  const tokens = body?.tokens === undefined ? null : totalTokens(body.tokens)
  const value: { readonly [key: string]: Json } = {
    title: body?.title ?? FORGOTTEN_TITLE, reason: body?.reason ?? null, agent: header.agent, operation: header.operation, timestamp: formatTime(header.timeMs), project: body?.project ?? null,
    previous_atom: record.previousAtomId ?? null, influenced_by: record.influences.flatMap(({ atomId }) => atomId === undefined ? [] : [atomId]), token_cost: tokens,
    context_sync_ref: body?.contextSyncRef ?? null, object: digestOf(record.id), metadata: ownMetadata(record),
  }
  return utf8(`${header.atomId}: ${JSON.stringify(Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null)))}\n`)
}

/** What an import added is no metadata of the ATOM's own. */
function ownMetadata({ body }: AtomRecord): Json {
  return Object.fromEntries(Object.entries(body?.metadata ?? {}).filter(([key]) => key !== 'kenl').map(([key, member]) => [key, toJsonValue(member)]))
}

export function kenlOf({ body }: AtomRecord): { readonly [key: string]: CborValue } {
  const kenl = body?.metadata?.['kenl']
  return typeof kenl === 'object' && kenl !== null && !Array.isArray(kenl) ? kenl as { readonly [key: string]: CborValue } : {}
}

/** Returns the lines that an ATOM was made of, where they are of the format and say the same wherever they are read: a local time says it in UTC only. */
function getWritten(objects: ObjectReader, record: AtomRecord, format: string): Uint8Array | undefined {
  const kenl = kenlOf(record)
  if (kenl['format'] !== format || (kenl['time_zone_assumed'] === true && kenl['time_zone'] !== 'UTC')) return undefined
  const source = record.body?.evidence?.find(({ name }) => name === SOURCE_EVIDENCE)?.content
  return source === undefined ? undefined : getContent(objects, source)
}
