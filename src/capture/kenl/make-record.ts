/** What a line, a file or a row says → the values of its ATOM: of them alone, so that every machine gets the same ids. */
import { getText, isWellFormed, toDisplayText, utf8, utf8Length } from '../../base/bytes.js'
import { isAtomError } from '../../base/errors.js'
import { NAME_MAX_BYTES } from '../../base/limits.js'
import type { CborValue } from '../../codec/cbor.js'
import { sha256Hex } from '../../codec/hash.js'
import type { AtomId } from '../../object/atom-id.js'
import type { Tokens } from '../../object/body.js'
import type { KenlPlace, KenlRecord } from '../../ops/transfer/kenl/kenl-source.js'
import { toRecorded } from '../../trail/recorded-value.js'
import { UNSIGNED, type SignatureReport } from './signatures.js'
import { atomIdOf, dateOf, untaggedAtomId, type Tag } from './tag.js'
import type { ReadTimeText } from './time.js'

/** What all records of one file share. */
export interface FileContext {
  readonly file: string
  readonly times: ReadTimeText
  readonly timeZone: string
}

export interface RecordParts {
  /** `F1` to `F10`, or the name of a table. */
  readonly format: string
  readonly place: KenlPlace
  readonly raw: Uint8Array
  readonly tag?: Tag | undefined
  /** Of what has no tag. */
  readonly type?: string | undefined
  /** As written. */
  readonly time?: string | number | undefined
  /** Where the time comes from, when the record itself does not say. */
  readonly timeSource?: string | undefined
  readonly text: string
  readonly reason?: string | undefined
  readonly operation?: string | undefined
  readonly agent?: string | undefined
  readonly project?: string | undefined
  /** What becomes metadata of its own. */
  readonly metadata?: { readonly [key: string]: unknown } | undefined
  /** What the format says beside. */
  readonly fields?: { readonly [key: string]: unknown } | undefined
  readonly tokens?: Tokens | undefined
  readonly contextSyncRef?: string | undefined
  readonly influencedBy?: readonly string[] | undefined
  readonly signature?: SignatureReport | undefined
  readonly odd?: readonly string[] | undefined
  /** The exact id, where the source gives one beside a tag. */
  readonly atomId?: AtomId | undefined
}

/** A name in a header: 1 to 1,024 bytes. */
export function nameOf(text: string | undefined): string | undefined {
  const name = text?.trim() ?? ''
  if (name === '') return undefined
  let cut = name.slice(0, NAME_MAX_BYTES)
  while (utf8Length(cut) > NAME_MAX_BYTES || !isWellFormed(cut)) cut = cut.slice(0, -1)
  return cut
}

export function makeRecord(parts: RecordParts, context: FileContext): KenlRecord {
  const { tag, raw, signature = UNSIGNED } = parts
  const odd = [...parts.odd ?? []]
  const time = timeOf(parts, context, odd)
  const atomId = nameAtom(parts, time.timeMs, odd)
  const words = wordsOf(parts, odd)
  const metadata = recorded(parts.metadata ?? {}, odd)
  const fields = recorded({ ...time.told, ...parts.fields }, odd)
  const kenl = recorded({
    format: parts.format, tag: tag?.text, slug: tag?.slug, ...fields,
    signature: { result: signature.result, ...(signature.checks.length > 0 && { checks: signature.checks }) },
    odd: odd.length > 0 ? odd : undefined,
  }, [])
  const { project, tokens, contextSyncRef, influencedBy = [] } = parts
  return {
    is: 'record', ...parts.place, atomId, tag: tag?.text ?? atomId, operation: nameOf(parts.operation), agent: nameOf(parts.agent) ?? 'unknown', timeMs: time.timeMs, ...words,
    project, metadata: { ...metadata, kenl }, tokens, contextSyncRef, influencedBy, raw, signature: signature.result, odd,
    objects: signature.checks.flatMap(({ result, value }) => result === 'not checked' ? [value.replace(/^sha256:/, '')] : []),
  }
}

function nameAtom({ tag, type, atomId, raw }: RecordParts, timeMs: number, odd: string[]): AtomId {
  if (atomId !== undefined) return atomId
  const digest = sha256Hex(raw)
  if (tag === undefined) {
    odd.push('it has no tag')
    return untaggedAtomId(type ?? 'KENL', timeMs, digest)
  }
  const named = atomIdOf(tag, timeMs, digest)
  odd.push(...named.odd)
  return named.atomId
}

interface Told {
  readonly timeMs: number
  readonly told: { readonly [key: string]: string | boolean }
}

/** A time without a zone is local to the zone that was named; no time at all is the start of the tag's day. */
function timeOf({ time, timeSource, tag }: RecordParts, { times, timeZone }: FileContext, odd: string[]): Told {
  const source = timeSource === undefined ? {} : { time_source: timeSource }
  if (typeof time === 'number') return { timeMs: time, told: source }
  const read = time === undefined ? undefined : times(time)
  if (time !== undefined && read === undefined) odd.push(`${JSON.stringify(time.slice(0, 40))} is no time`)
  if (read !== undefined) {
    if (read.doubt !== undefined) odd.push(read.doubt)
    const zone = read.zone === 'assumed' ? { time_zone: timeZone, time_zone_assumed: true } : {}
    return { timeMs: read.timeMs, told: { time: time ?? '', ...zone, ...source } }
  }
  const written = time === undefined ? {} : { time }
  const day = tag === undefined ? undefined : dateOf(tag)
  const start = day === undefined ? undefined : times(day)
  if (start !== undefined) return { timeMs: start.timeMs, told: { ...written, time_source: 'the date in the tag', time_zone: timeZone, time_zone_assumed: true } }
  odd.push('it has no time')
  return { timeMs: 0, told: { ...written, time_source: 'none' } }
}

/** The first line is the title; what follows, the reason. */
function wordsOf({ text, reason, tag }: RecordParts, odd: string[]): { readonly title: string; readonly reason?: string } {
  const whole = wellFormed(text, odd).trim()
  const end = whole.indexOf('\n')
  const rest = [...(end === -1 ? [] : [whole.slice(end + 1).trim()]), ...(reason === undefined ? [] : [wellFormed(reason, odd)])].filter((part) => part !== '').join('\n\n')
  const title = (end === -1 ? whole : whole.slice(0, end)).trimEnd()
  if (title === '') odd.push('it has no text')
  return { title: title === '' ? tag?.text ?? '(no text)' : title, ...(rest !== '' && { reason: rest }) }
}

function wellFormed(text: string, odd: string[]): string {
  if (isWellFormed(text)) return text
  odd.push('half of a surrogate pair became U+FFFD')
  return wellFormedOf(text)
}

function wellFormedOf(text: string): string {
  return toDisplayText(utf8(text))
}

/** Returns the values as they can be recorded; where one cannot, it is left to the evidence and said. */
function recorded(values: { readonly [key: string]: unknown }, odd: string[]): { readonly [key: string]: CborValue } {
  const kept: [string, CborValue][] = []
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue
    try {
      kept.push([wellFormedOf(key), toRecorded(value)])
    } catch (error) {
      if (!isAtomError(error, 'INPUT_INVALID')) throw error
      odd.push(`${wellFormedOf(key).slice(0, 80)} stands in the evidence only: ${error.message}`)
    }
  }
  return Object.fromEntries(kept)
}

/** Returns the text of bytes; where they are not UTF-8, one character for each byte. */
export function textOf(bytes: Uint8Array): { readonly text: string; readonly odd: readonly string[] } {
  const text = getText(bytes)
  if (text !== undefined) return { text, odd: [] }
  return { text: Buffer.from(bytes).toString('latin1'), odd: ['it is not UTF-8: each byte became the character of its number'] }
}
