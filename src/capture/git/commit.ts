/** The bytes of a git commit or tag → their fields. Strange ones are read as far as they go; nothing is thrown for them. */
import { TIME_MAX_MS, TIME_MIN_MS } from '../../base/limits.js'
import { bytesOf, bytewise, decodeText } from './text.js'

export interface Person {
  readonly name: string
  readonly email: string
  /** RFC 3339 in the zone that the commit names; as it stands where it is no date. */
  readonly date: string
  /** Absent where there is no date. Within the years 0 to 9999. */
  readonly timeMs: number | undefined
}

export interface ParsedCommit {
  readonly tree: string
  readonly parents: readonly string[]
  readonly author: Person
  readonly committer: Person
  /** As the commit names it. */
  readonly encoding: string | undefined
  /** False where some bytes are not valid in the encoding. */
  readonly isExact: boolean
  readonly isSigned: boolean
  readonly message: string
}

export interface ParsedTag {
  readonly target: string
  readonly type: string
  readonly name: string
  readonly tagger: Person | undefined
  readonly message: string
}

interface Parts {
  readonly fields: readonly (readonly [key: string, value: string])[]
  readonly message: Uint8Array
}

/** Splits an object at its first empty line. Continuation lines (signatures) are dropped. */
function split(bytes: Uint8Array): Parts {
  const text = bytewise(bytes)
  const end = text.startsWith('\n') ? 0 : text.indexOf('\n\n') + 1
  const head = end === 0 && !text.startsWith('\n') ? text : text.slice(0, end)
  const fields: (readonly [string, string])[] = []
  for (const line of head.split('\n')) {
    const space = line.indexOf(' ')
    if (space > 0) fields.push([line.slice(0, space), line.slice(space + 1)])
  }
  return { fields, message: bytes.subarray(Math.min(head.length + 1, bytes.length)) }
}

function field(parts: Parts, key: string): string | undefined {
  return parts.fields.find(([name]) => name === key)?.[1]
}

export function parseCommit(bytes: Uint8Array): ParsedCommit {
  const parts = split(bytes)
  const encoding = field(parts, 'encoding')
  const message = decodeText(parts.message, encoding)
  const author = parsePerson(field(parts, 'author') ?? '', encoding)
  const committer = parsePerson(field(parts, 'committer') ?? '', encoding)
  return {
    tree: field(parts, 'tree') ?? '',
    parents: parts.fields.filter(([key]) => key === 'parent').map(([, id]) => id),
    author: author.person,
    committer: committer.person,
    encoding,
    isExact: message.isExact && author.isExact && committer.isExact,
    isSigned: parts.fields.some(([key]) => key === 'gpgsig' || key === 'gpgsig-sha256'),
    message: message.text,
  }
}

export function parseTag(bytes: Uint8Array): ParsedTag {
  const parts = split(bytes)
  const encoding = field(parts, 'encoding')
  const tagger = field(parts, 'tagger')
  return {
    target: field(parts, 'object') ?? '',
    type: field(parts, 'type') ?? '',
    name: decodeText(bytesOf(field(parts, 'tag') ?? ''), encoding).text,
    tagger: tagger === undefined ? undefined : parsePerson(tagger, encoding).person,
    message: decodeText(parts.message, encoding).text,
  }
}

function parsePerson(line: string, encoding: string | undefined): { readonly person: Person; readonly isExact: boolean } {
  const [, name = '', email = ''] = /^([^<]*)<([^>]*)>/.exec(line) ?? [undefined, line, '']
  const [, seconds, zone] = /(-?\d+)(?: ([+-]\d+))?\s*$/.exec(line.slice(line.lastIndexOf('>') + 1)) ?? []
  const shownName = decodeText(bytesOf(name.trim()), encoding)
  const shownEmail = decodeText(bytesOf(email.trim()), encoding)
  return {
    person: { name: shownName.text, email: shownEmail.text, date: formatDate(seconds, zone), timeMs: seconds === undefined ? undefined : clampMs(Number(seconds) * 1_000) },
    isExact: shownName.isExact && shownEmail.isExact,
  }
}

function clampMs(timeMs: number): number {
  return Math.max(TIME_MIN_MS, Math.min(TIME_MAX_MS, timeMs))
}

/** Returns `2024-11-27T11:27:33+01:00`; git's own `@SECONDS ZONE` for a date or zone that has no such form. */
function formatDate(seconds: string | undefined, zone = '+0000'): string {
  if (seconds === undefined) return ''
  const [, sign = '', hours = '', minutes = ''] = /^([+-])(\d\d)(\d\d)$/.exec(zone) ?? []
  const offsetMs = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
  const localMs = Number(seconds) * 1_000 + offsetMs
  if (sign === '' || Number(hours) > 23 || Number(minutes) > 59 || !(localMs >= TIME_MIN_MS && localMs <= TIME_MAX_MS)) return `@${seconds} ${zone}`
  return `${new Date(localMs).toISOString().slice(0, 19)}${sign}${hours}:${minutes}`
}

/** Returns the subject (the first paragraph on one line) and the rest without the blank lines around it, as `git log` has them. */
export function splitMessage(message: string): { readonly title: string; readonly reason: string } {
  const lines = message.split('\n').map((line) => line.replace(/\r$/, ''))
  const start = lines.findIndex((line) => line.trim() !== '')
  if (start === -1) return { title: '', reason: '' }
  const length = lines.slice(start).findIndex((line) => line.trim() === '')
  const end = length === -1 ? lines.length : start + length
  const rest = message.split('\n').slice(end)
  const first = rest.findIndex((line) => line.trim() !== '')
  return {
    title: lines.slice(start, end).map((line) => line.trimEnd()).join(' ').trim(),
    reason: first === -1 ? '' : rest.slice(first).join('\n').trimEnd(),
  }
}
