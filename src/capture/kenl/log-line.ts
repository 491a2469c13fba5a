/** One line of a log → its fields, whichever of KENL's programs wrote it. The names F1 to F8 are those of docs/spec/import-kenl.md. */
import { getTag, type Tag } from './tag.js'

export type LogFormat = 'F1' | 'F2' | 'F4' | 'F5' | 'F6' | 'F7'

export interface LogLine {
  readonly format: LogFormat
  readonly tag: Tag
  /** As written; absent where the format has none. */
  readonly time?: string | undefined
  readonly message: string
  /** What else the format says. */
  readonly fields: { readonly [key: string]: string }
}

// A dot stands for every character: a line of KENL ends at a line feed, and nowhere else.
const F1 = /^\[([^\]]*)\] (ATOM-.+?) \| (.*)$/s
const F2 = /^\[([^\]]*)\] \[(ATOM-[^\]]+)\] (?:\[([^\]]*)\] )?(.*)$/s
const BARE_F2 = /^(\d{4}-\d\d-\d\d[ T][^[]*?) \[(ATOM-[^\]]+)\] (.*)$/s
const F6 = /^(\d{4}-\d\d-\d\d[^|]*?) \| (ATOM-[^|]+?) \|(?: (.*))?$/s
const F7 = /^\[(CLI|IDE|Web|Desktop|Git|System)\] \| (Local|Remote) \|(?: (.*))?$/is
const F4 = /^(ATOM-[^:{|[]+):(?:\s+(.*))?$/s
const F5 = /^(ATOM-\S+)(?:\s+(.*))?$/s
const GIT_COMMIT = /^Git commit: (.*) \(([0-9a-f]{7,40})\) \[Git\]$/s

/** Returns the fields of a line, or undefined where no format fits or its tag is none. */
export function parseLogLine(text: string): LogLine | undefined {
  return text.startsWith('ATOM-') ? parseTagFirst(text) : parseTimeFirst(text)
}

function parseTimeFirst(text: string): LogLine | undefined {
  return parseF1(text) ?? parseF2(text) ?? parseF6(text)
}

function parseF1(text: string): LogLine | undefined {
  const [, time, tag, message = ''] = F1.exec(text) ?? []
  return tag === undefined ? undefined : made('F1', { tag, time, message })
}

function parseF2(text: string): LogLine | undefined {
  const [, time, tag, platform, message = ''] = F2.exec(text) ?? []
  if (tag !== undefined) return made('F2', { tag, time, message, fields: platform === undefined ? {} : { platform } })
  const [, bareTime, bareTag, bareMessage = ''] = BARE_F2.exec(text) ?? []
  return bareTag === undefined ? undefined : made('F2', { tag: bareTag, time: bareTime, message: bareMessage })
}

function parseF6(text: string): LogLine | undefined {
  const [, time = '', tag, message = ''] = F6.exec(text) ?? []
  return tag === undefined ? undefined : withContext({ tag, time, message })
}

/** F6 and F7 share a file: F7 has two more fields, with words of their own. */
function withContext({ tag, time, message }: { readonly tag: string; readonly time: string; readonly message: string }): LogLine | undefined {
  const [, context, location = '', rest = ''] = F7.exec(message) ?? []
  if (context !== undefined) return made('F7', { tag, time, message: rest, fields: { context, location } })
  const [, subject, commit = ''] = GIT_COMMIT.exec(message) ?? []
  return subject === undefined ? made('F6', { tag, time, message }) : made('F6', { tag, time, message: subject, fields: { commit } })
}

function parseTagFirst(text: string): LogLine | undefined {
  const [, tag4, message4 = ''] = F4.exec(text) ?? []
  const found = tag4 === undefined ? undefined : made('F4', { tag: tag4, message: message4 })
  if (found !== undefined) return found
  const [, tag5 = '', message5 = ''] = F5.exec(text) ?? []
  return made('F5', { tag: tag5, message: message5 })
}

interface Fields { readonly tag: string; readonly time?: string | undefined; readonly message: string; readonly fields?: { readonly [key: string]: string } }

function made(format: LogFormat, { tag, fields = {}, ...rest }: Fields): LogLine | undefined {
  const parsed = getTag(tag.trim())
  return parsed === undefined ? undefined : { format, tag: parsed, fields, ...rest }
}
