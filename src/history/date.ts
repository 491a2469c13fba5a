/** Times as people type them: the only door of chrono-node, loaded only for what is no plain date. */
import type { ParsedResult } from 'chrono-node'
import { AtomError } from '../base/errors.js'
import { TIME_MAX_MS, TIME_MIN_MS } from '../base/limits.js'

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?$/

const DAY_MS = 86_400_000

/** It looks exact and was refused as such: 30 February. */
const ISO_DAY = /^\d{4}-\d{2}-\d{2}/
const FILLERS = /^(?:\s|,|on|at|the|since|from|until|utc)*$/i

/**
 * Returns the time in ms of `2024-11-27`, `2024-11-27T10:27:33Z`, `@1732703253` (seconds) or of what people say: `monday`, `2 weeks ago`, `yesterday 14:00`.
 * Without a zone it is UTC. Words look back from `nowMs`. Throws `DATE_INVALID`.
 */
export async function parseDate(text: string, nowMs: number): Promise<number> {
  const typed = text.trim()
  const exact = getExactDate(typed)
  if (exact !== undefined) return checkTime(exact, text)
  if (typed === 'now') return nowMs
  const { casual } = await import('chrono-node')
  const words = ISO_DAY.test(typed) ? '' : typed.replaceAll('.', ' ')
  const [found, second] = casual.parse(words, { instant: new Date(nowMs), timezone: 0 }, { forwardDate: false })
  // What it did not understand may be what mattered.
  const rest = found === undefined ? typed : words.slice(0, found.index) + words.slice(found.index + found.text.length)
  if (found === undefined || second !== undefined || !FILLERS.test(rest)) throw refuse(text)
  return checkTime(lookBack(found, nowMs), text)
}

/** Returns the time found, or the last one like it: chrono takes the nearest Monday, which on a Sunday is tomorrow. What names its day, `tomorrow`, stays. */
function lookBack({ start, text }: ParsedResult, nowMs: number): number {
  const timeMs = start.date().getTime()
  if (timeMs <= nowMs || start.isCertain('year') || /\b(?:next|this|coming)\b/i.test(text)) return timeMs
  if (start.isCertain('month')) return new Date(timeMs).setUTCFullYear(new Date(timeMs).getUTCFullYear() - 1)
  if (start.isCertain('weekday')) return timeMs - 7 * DAY_MS
  return start.isCertain('hour') ? timeMs - DAY_MS : timeMs
}

/** Returns the time of a text that needs no interpretation, or undefined. */
export function getExactDate(text: string): number | undefined {
  // Without the @, as git takes them too, only what is too long for a day.
  const seconds = /^(?:@(-?\d{1,12})|(\d{9,11}))$/.exec(text)
  if (seconds !== null) return Number(seconds[1] ?? seconds[2]) * 1_000
  if (!ISO.test(text)) return undefined
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10)) ? text : text.length === 10 ? `${text}T00:00:00Z` : `${text}Z`
  const timeMs = Date.parse(`${zoned.slice(0, 10)}T${zoned.slice(11).replace(' ', '')}`)
  // V8 takes 30 February for 1 March.
  return Number.isNaN(timeMs) || new Date(Date.parse(`${text.slice(0, 10)}T00:00:00Z`)).getUTCDate() !== Number(text.slice(8, 10)) ? undefined : timeMs
}

function checkTime(timeMs: number, text: string): number {
  if (!Number.isSafeInteger(timeMs) || timeMs < TIME_MIN_MS || timeMs > TIME_MAX_MS) throw refuse(text)
  return timeMs
}

function refuse(text: string): AtomError<'DATE_INVALID'> {
  return new AtomError('DATE_INVALID', `not a date: ${text.slice(0, 120)}`, { data: { value: text }, hint: 'write 2024-11-27, 2024-11-27T10:27:33Z, monday or "2 weeks ago"' })
}
