/** Times as KENL's programs write them, with or without a zone. */
import { AtomError } from '../../base/errors.js'
import { TIME_MAX_MS, TIME_MIN_MS } from '../../base/limits.js'

export interface ReadTime {
  readonly timeMs: number
  /** `given`: it names its own offset. */
  readonly zone: 'given' | 'assumed'
  /** What cannot be told of a local time: it came twice, or never. */
  readonly doubt?: string
}

/** Reads the times of one source. Returns undefined for what is no time. */
export type ReadTimeText = (text: string) => ReadTime | undefined

/** Returns the offset from UTC at a moment, in ms. */
type OffsetAt = (timeMs: number) => number

const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)? ?(Z|[+-]\d\d(?::?\d\d)?)?$/i
const OFFSET = /^([+-])(\d\d):?(\d\d)?$/
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** Returns what reads times, where those without a zone are local to this one. Throws `INPUT_INVALID`. */
export function timesIn(timeZone: string): ReadTimeText {
  const offsetAt = offsetsOf(timeZone)
  return (text) => {
    const match = TIME.exec(text.trim())
    if (match === null) return undefined
    const wallMs = wallTime(match)
    if (wallMs === undefined) return undefined
    const given = match[8] === undefined ? undefined : fixedOffset(match[8])
    if (given !== undefined) return bounded({ timeMs: wallMs - given, zone: 'given' })
    return bounded(fromWall(wallMs, offsetAt))
  }
}

/** Returns the time of a wall clock as if it showed UTC. */
function wallTime(match: RegExpExecArray): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((part: string | undefined) => Number(part ?? 0))
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCDate() !== day) return undefined
  return date.getTime() + hour * 60 * MINUTE_MS + minute * MINUTE_MS + second * 1_000 + Number((match[7] ?? '').padEnd(3, '0').slice(0, 3))
}

/** An hour that comes twice is taken for its first time; one that is left out, for the hour after it. */
function fromWall(wallMs: number, offsetAt: OffsetAt): ReadTime {
  const before = offsetAt(wallMs - DAY_MS)
  const after = offsetAt(wallMs + DAY_MS)
  const fitting = [...new Set([before, after])].filter((offset) => offsetAt(wallMs - offset) === offset).map((offset) => wallMs - offset)
  const [first] = fitting
  if (first === undefined) return { timeMs: wallMs - before, zone: 'assumed', doubt: 'its hour was left out when the clocks went forward' }
  if (fitting.length === 1) return { timeMs: first, zone: 'assumed' }
  return { timeMs: Math.min(...fitting), zone: 'assumed', doubt: 'its hour came twice when the clocks went back; the first one is taken' }
}

function bounded(time: ReadTime): ReadTime | undefined {
  return time.timeMs >= TIME_MIN_MS && time.timeMs <= TIME_MAX_MS ? time : undefined
}

function fixedOffset(text: string): number | undefined {
  if (/^(?:z|utc)$/i.test(text)) return 0
  const match = OFFSET.exec(text)
  return match === null ? undefined : (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3] ?? 0)) * MINUTE_MS
}

function offsetsOf(timeZone: string): OffsetAt {
  const fixed = fixedOffset(timeZone)
  if (fixed !== undefined) return () => fixed
  const format = formatOf(timeZone)
  return (timeMs) => {
    const parts = new Map(format.formatToParts(timeMs).map(({ type, value }) => [type, Number(value)]))
    const at = (part: Intl.DateTimeFormatPartTypes): number => parts.get(part) ?? 0
    return Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second')) - Math.floor(timeMs / 1_000) * 1_000
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' })
  } catch (cause) {
    throw new AtomError('INPUT_INVALID', `there is no time zone ${timeZone.slice(0, 80)}`, { data: { field: 'timeZone', value: timeZone.slice(0, 80) }, hint: 'as in Europe/Berlin, Australia/Sydney, UTC or +10:00', cause })
  }
}
