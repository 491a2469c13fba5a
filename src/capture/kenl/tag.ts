/** Tags as KENL's programs write them → atom ids. What is not of the grammar is bent until it is, and said. */
import { dayOf, isAtomId, isAtomType, parseAtomId, type AtomId } from '../../object/atom-id.js'

export interface Tag {
  readonly text: string
  /** As written: lower case, spaces and hyphens too. */
  readonly type: string
  /** `YYYYMMDD`; absent in the short form. */
  readonly day?: string
  readonly number: string
  /** What follows the number. */
  readonly slug?: string
}

const DATED = /^(?:ATOM-(.{1,80}?)|(SAIF-.{1,80}?))-(\d{8})-(\d+)(?:-([\p{L}\p{N}][\p{L}\p{N}._-]*))?$/su
const SHORT = /^ATOM-([A-Za-z][A-Za-z-]{0,79})-(\d+)$/
const TEMPLATE = /YYYY|XXX|NNN|\$\(|\$\{|<[a-z]+>|\{type\}/i

/** Returns the parts of a tag, or undefined where the text is none. Read from the date, not by hyphens. */
export function getTag(text: string): Tag | undefined {
  const dated = DATED.exec(text)
  if (dated !== null) return { text, type: dated[1] ?? dated[2] ?? '', day: dated[3] ?? '', number: dated[4] ?? '', ...(dated[5] !== undefined && { slug: dated[5] }) }
  const short = SHORT.exec(text)
  return short === null ? undefined : { text, type: short[1] ?? '', number: short[2] ?? '' }
}

/** Tells whether a text has the form of a tag that somebody is to fill in: `ATOM-DOC-YYYYMMDD-NNN`. */
export function isTemplate(text: string): boolean {
  return /^ATOM-/.test(text) && TEMPLATE.test(text)
}

export interface NamedAtom {
  readonly atomId: AtomId
  readonly odd: readonly string[]
}

/** Returns the atom id of a tag: the one that it is where it is one. `digest`: 64 hex digits of what it was made of, for what has no number that can stand. */
export function atomIdOf(tag: Tag, timeMs: number, digest: string): NamedAtom {
  const odd: string[] = []
  const type = cleanType(tag.type)
  if (type !== tag.type) odd.push(`its type is written ${JSON.stringify(tag.type)}`)
  const isDay = tag.day !== undefined && isAtomId(`ATOM-A-${tag.day}-001`)
  if (!isDay) odd.push(tag.day === undefined ? 'its tag has no date' : `${tag.day} is no date`)
  const isNumber = tag.number.length <= NUMBER_MAX_DIGITS
  if (!isNumber) odd.push(`its number has ${String(tag.number.length)} digits`)
  const number = isNumber ? tag.number.padStart(3, '0') : digest.slice(0, DIGEST_DIGITS)
  return { atomId: parseAtomId(`ATOM-${type}-${isDay ? tag.day ?? '' : dayOf(timeMs)}-${number}`), odd }
}

const NUMBER_MAX_DIGITS = 11
const DIGEST_DIGITS = 12

/** Returns the atom id of something that has no tag. */
export function untaggedAtomId(type: string, timeMs: number, digest: string): AtomId {
  return parseAtomId(`ATOM-${cleanType(type)}-${dayOf(timeMs)}-${digest.slice(0, DIGEST_DIGITS)}`)
}

/** Returns a type of the grammar: upper-case words of A to Z, joined by hyphens. */
export function cleanType(type: string): string {
  const words = type.normalize('NFKD').toUpperCase().split(/[^A-Z]+/).filter((word) => word !== '').join('-').slice(0, TYPE_MAX_CHARACTERS).replace(/-$/, '')
  return isAtomType(words) ? words : 'KENL'
}

const TYPE_MAX_CHARACTERS = 64

/** Returns the start of the day that a tag names, as a local date: the time of what has no other. */
export function dateOf(tag: Tag): string | undefined {
  return tag.day === undefined ? undefined : `${tag.day.slice(0, 4)}-${tag.day.slice(4, 6)}-${tag.day.slice(6, 8)}`
}
