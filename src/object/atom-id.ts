/** The human name of an ATOM: `ATOM-TYPE-YYYYMMDD-NNN`. Unique where it was made, not in the world. */
import { AtomError } from '../base/errors.js'
import type { Brand } from '../base/brand.js'

export type AtomId = Brand<string, 'AtomId'>

export interface AtomIdParts {
  /** `[A-Z]+(-[A-Z]+)*` */
  readonly type: string
  /** `YYYYMMDD` */
  readonly day: string
  /** 3 to 11 digits, or the 12 hex digits of an imported commit. */
  readonly number: string
}

const GRAMMAR = /^ATOM-([A-Z]+(?:-[A-Z]+)*)-(\d{8})-(\d{3,11}|[0-9a-f]{12})$/
const TYPE = /^[A-Z]+(?:-[A-Z]+)*$/
const TYPE_MAX_CHARACTERS = 64

export function isAtomId(text: string): text is AtomId {
  return getAtomIdParts(text) !== undefined
}

export function isAtomType(text: string): boolean {
  return text.length <= TYPE_MAX_CHARACTERS && TYPE.test(text)
}

/** Returns the parts of an atom id, or undefined when the text is none. Read from the date: a TYPE may hold hyphens. */
export function getAtomIdParts(text: string): AtomIdParts | undefined {
  const match = GRAMMAR.exec(text)
  if (match === null || !isAtomType(match[1] ?? '') || !isDay(match[2] ?? '')) return undefined
  return { type: match[1] ?? '', day: match[2] ?? '', number: match[3] ?? '' }
}

const COUNTED = /-(\d{8})-(\d{3,11})$/

/** Returns the day and the number of a known atom id; undefined where its number was made of a commit and not counted. */
export function getCounted(atomId: string): { readonly day: string; readonly number: number } | undefined {
  const match = COUNTED.exec(atomId)
  return match === null ? undefined : { day: match[1] ?? '', number: Number(match[2]) }
}

/** Returns the type of a known atom id. */
export function typeOf(atomId: AtomId): string {
  return getAtomIdParts(atomId)?.type ?? ''
}

export function parseAtomId(text: string): AtomId {
  if (!isAtomId(text)) throw new AtomError('OBJECT_INVALID', `not an atom id: ${text.slice(0, 120)}`, { data: { reason: 'atom id' }, hint: 'it looks like ATOM-CFG-20241127-003' })
  return text
}

/** Returns the id of the n-th ATOM of a UTC day: three digits, more after 999. */
export function formatAtomId(type: string, day: string, count: number): AtomId {
  return parseAtomId(`ATOM-${type}-${day}-${String(count).padStart(3, '0')}`)
}

/** Returns the UTC day of a time as `YYYYMMDD`. */
export function dayOf(timeMs: number): string {
  const date = new Date(timeMs)
  return `${String(date.getUTCFullYear()).padStart(4, '0')}${TWO_DIGITS[date.getUTCMonth() + 1] ?? ''}${TWO_DIGITS[date.getUTCDate()] ?? ''}`
}

const TWO_DIGITS: readonly string[] = Array.from({ length: 32 }, (_, number) => String(number).padStart(2, '0'))

function isDay(day: string): boolean {
  const month = Number(day.slice(4, 6))
  const date = Number(day.slice(6, 8))
  return month >= 1 && month <= 12 && date >= 1 && date <= 31
}
