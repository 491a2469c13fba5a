/** Times as people type them: the only door of chrono-node, loaded only for what is no plain date. */
import { AtomError } from '../base/errors.js'
import { TIME_MAX_MS, TIME_MIN_MS } from '../base/limits.js'

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?$/

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
  const found = casual.parseDate(typed.replaceAll('.', ' '), { instant: new Date(nowMs), timezone: 0 }, { forwardDate: false })
  if (found === null) throw refuse(text)
  return checkTime(found.getTime(), text)
}

/** Returns the time of a text that needs no interpretation, or undefined. */
export function getExactDate(text: string): number | undefined {
  const seconds = /^@(-?\d{1,12})$/.exec(text)
  if (seconds !== null) return Number(seconds[1]) * 1_000
  if (!ISO.test(text)) return undefined
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10)) ? text : text.length === 10 ? `${text}T00:00:00Z` : `${text}Z`
  const timeMs = Date.parse(zoned.replace(' ', 'T').replace(' ', ''))
  return Number.isNaN(timeMs) ? undefined : timeMs
}

function checkTime(timeMs: number, text: string): number {
  if (!Number.isSafeInteger(timeMs) || timeMs < TIME_MIN_MS || timeMs > TIME_MAX_MS) throw refuse(text)
  return timeMs
}

function refuse(text: string): AtomError<'DATE_INVALID'> {
  return new AtomError('DATE_INVALID', `not a date: ${text.slice(0, 120)}`, { data: { value: text }, hint: 'write 2024-11-27, 2024-11-27T10:27:33Z, monday or "2 weeks ago"' })
}
