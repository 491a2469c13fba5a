/**
 * A log, line by line, whichever programs wrote to it: several share a file. A line that begins no record goes on with the one before it, since no program of KENL's
 * writes the ends of lines in a text in another way.
 */
import { concatBytes } from '../../base/bytes.js'
import type { KenlItem, KenlPlace } from '../../ops/transfer/kenl/kenl-source.js'
import { getJson, isObject, jsonItems, partsOf, TEXT_SHOWN } from './json-record.js'
import { parseLogLine, type LogLine } from './log-line.js'
import { makeRecord, textOf, type FileContext, type RecordParts } from './make-record.js'
import { rawLines } from './raw-lines.js'
import { checkSignatures } from './signatures.js'
import { isTemplate } from './tag.js'
import { getWrittenHere } from './written-here.js'

/** What goes on with a record at most. */
const REST_MAX_BYTES = 65_536
const CONTEXT = /^ {1,4}Context: (.*)$/s
const FLAG = /^\{"timestamp":"([^"]*)","flag":"(SAIF-[^"]*)","action":"(.*?)","subject":"(.*?)","description":"(.*)","status":"([^"]*)","platform":"([^"]*)"\}$/s
/** Its parts are told apart by trying. */
const FLAG_MAX_CHARACTERS = 16_384
const NEWLINE = Uint8Array.of(10)

/** A record whose last line may not have come yet. */
interface Pending {
  readonly line: LogLine
  readonly number: number
  readonly raw: Uint8Array[]
  readonly more: string[]
  readonly odd: string[]
  blanks: number
  sizeBytes: number
  context?: string
}

/** Yields the records of a log in their order, and every line that belongs to none. */
export async function* logItems(chunks: AsyncIterable<Uint8Array>, context: FileContext): AsyncIterable<KenlItem> {
  let pending: Pending | undefined
  const invented = inventedTimes()
  const flush = function* (): Iterable<KenlItem> {
    if (pending !== undefined) yield recordOf(pending, context, invented)
    pending = undefined
  }
  for await (const { number, bytes: raw, plain: bytes, sizeBytes, standing } of rawLines(chunks)) {
    if (standing !== 'whole') {
      yield* flush()
      yield standing === 'open' ? { is: 'part', bytes: raw } : { is: 'refused', file: context.file, line: number, reason: `it is a line of ${String(sizeBytes)} bytes`, raw }
      continue
    }
    const { text, odd } = textOf(bytes)
    const line = parseLogLine(text)
    if (line !== undefined) {
      yield* flush()
      pending = { line, number, raw: [bytes], more: [], odd: [...odd], blanks: 0, sizeBytes: bytes.length }
    } else if (text.startsWith('{')) {
      yield* flush()
      yield* jsonLine({ text, bytes, raw, number, odd }, context)
    } else if (pending !== undefined && goesOn(pending, text)) {
      yield* take(pending, { text, bytes }) ? flush() : []
    } else if (text.trim() !== '') {
      yield* flush()
      yield* looseLine(text, { place: { file: context.file, line: number }, raw })
    }
  }
  yield* flush()
}

/** A comment stands between records, and in the text of one of `atom` only, which begins with no such line. */
function goesOn(pending: Pending, text: string): boolean {
  if (isTemplate(text)) return false
  return !text.startsWith('#') && pending.sizeBytes < REST_MAX_BYTES
}

/** Adds a line to a record; tells whether it was its last one. */
function take(pending: Pending, { text, bytes }: { readonly text: string; readonly bytes: Uint8Array }): boolean {
  if (text.trim() === '') {
    pending.blanks++
    pending.sizeBytes++
    return false
  }
  for (; pending.blanks > 0; pending.blanks--) {
    pending.raw.push(new Uint8Array(0))
    pending.more.push('')
  }
  pending.raw.push(bytes)
  pending.sizeBytes += bytes.length + 1
  const context = pending.line.format === 'F1' ? CONTEXT.exec(text)?.[1] : undefined
  if (context === undefined) pending.more.push(text)
  else pending.context = context
  return context !== undefined
}

function* looseLine(text: string, { place, raw }: { readonly place: KenlPlace; readonly raw: Uint8Array }): Iterable<KenlItem> {
  if (text.startsWith('#')) yield { is: 'aside', ...place, what: 'comment', value: text.slice(0, TEXT_SHOWN) }
  else yield { is: 'refused', ...place, reason: isTemplate(text) ? 'its tag is one to be filled in' : 'it has no tag, and follows no line that has', text: text.slice(0, TEXT_SHOWN), raw }
}

interface JsonLine {
  readonly text: string
  readonly bytes: Uint8Array
  /** With what `bytes` leaves out. */
  readonly raw: Uint8Array
  readonly number: number
  readonly odd: readonly string[]
}

function* jsonLine({ raw, ...line }: JsonLine, context: FileContext): Iterable<KenlItem> {
  for (const item of jsonLineItems(line, context)) yield item.is === 'refused' && item.raw === line.bytes ? { ...item, raw } : item
}

function* jsonLineItems({ text, bytes, number, odd }: Omit<JsonLine, 'raw'>, context: FileContext): Iterable<KenlItem> {
  const place = { file: context.file, line: number }
  const value = getJson(text)
  const format = isObject(value) && typeof value['flag'] === 'string' ? 'F8' : 'F10'
  if (value !== undefined) {
    yield* jsonItems(value, { place, raw: bytes, text, format, odd }, context)
    return
  }
  const [, timestamp, flag, action, subject, description, status, platform] = (text.length <= FLAG_MAX_CHARACTERS ? FLAG.exec(text) : null) ?? []
  if (flag === undefined) yield { is: 'refused', ...place, reason: 'it is not JSON', text: text.slice(0, TEXT_SHOWN), raw: bytes }
  else yield* jsonItems({ timestamp, flag, action, subject, description, status, platform }, { place, raw: bytes, text, format: 'F8', odd: [...odd, 'it is not JSON: a text in it was not escaped'] }, context)
}

function recordOf(pending: Pending, context: FileContext, invented: (time: string) => boolean): KenlItem {
  const { line, number, raw, more, odd } = pending
  if (more.length > 0) odd.push(`${String(more.length)} ${more.length === 1 ? 'line goes' : 'lines go'} on with its text`)
  const bytes = concatBytes(raw.flatMap((part, index) => index === 0 ? [part] : [NEWLINE, part]))
  const text = [line.message, ...more].join('\n')
  const written = line.format === 'F1' ? getWrittenHere({ text, context: pending.context ?? '' }) : undefined
  const isInvented = line.format === 'F6' && line.time !== undefined && invented(line.time)
  if (isInvented) odd.push('its time was invented when an older trail was converted')
  const base: RecordParts = {
    format: line.format, place: { file: context.file, line: number }, raw: bytes, tag: line.tag, text, odd, fields: line.fields, time: line.time, timeSource: isInvented ? 'invented' : undefined,
  }
  if (written !== undefined) return makeRecord({ ...base, ...written, time: line.time === undefined ? undefined : `${line.time}Z` }, context)
  if (line.format === 'F4' && text.startsWith('{')) return makeRecord(withJson(base, text), context)
  return makeRecord(pending.context === undefined ? base : { ...base, ...whereOf(pending.context, line.fields) }, context)
}

/** `user@host:folder` */
function whereOf(context: string, fields: LogLine['fields']): Pick<RecordParts, 'agent' | 'fields'> {
  const [, user, host, cwd] = /^([^@]*)@([^:]*):(.*)$/s.exec(context) ?? []
  return user === undefined || host === undefined || cwd === undefined ? { fields: { ...fields, context } } : { agent: `user:${user}`, fields: { ...fields, context, host, cwd } }
}

/** `TAG: {json}`, with a brace too many where a script's default was pasted behind it. */
function withJson(base: RecordParts, text: string): RecordParts {
  const stray = text.replace(/\}\s*$/, '')
  const whole = getJson(text)
  const value = whole ?? getJson(stray)
  if (!isObject(value)) return { ...base, odd: [...base.odd ?? [], 'what follows its tag is not JSON'] }
  const odd = [...base.odd ?? [], ...(whole === undefined ? ['a brace too many stands at its end'] : [])]
  const isAtom = isObject(value['metadata']) || typeof value['signature'] === 'string' || typeof value['atom_id'] === 'string'
  const { timestamp, agent, operation } = value
  const record = isAtom ? value : { timestamp, agent, operation, metadata: value }
  const metadata = isObject(record['metadata']) ? record['metadata'] : {}
  const parts = partsOf(record, metadata, { place: base.place, raw: base.raw, text, format: 'F4', odd })
  const words = [value['title'], metadata['title'], value['description'], metadata['description']].find((word) => typeof word === 'string' && word !== '')
  return {
    ...parts, ...(base.tag !== undefined && { tag: base.tag }), text: typeof words === 'string' ? words : whole === undefined ? stray : text,
    signature: checkSignatures({ tag: base.tag?.text, ...record }, text), fields: { ...base.fields, ...parts.fields },
  }
}

/** The conversion of an older trail gave its first line 06:00 of this day, and each next one a minute more. */
function inventedTimes(): (time: string) => boolean {
  let next = Date.UTC(2025, 10, 17, 6)
  return (time) => {
    if (time.trim() !== new Date(next).toISOString().slice(0, 19)) return false
    next += 60_000
    return true
  }
}
