/** `--format`: git's placeholders, filled from an ATOM. What is not known stays as it was typed, as in git. */
import { digestOf } from '../../codec/object-id.js'
import type { LogEntry } from '../../ops/look/log-entry.js'
import { typeOf } from '../../object/atom-id.js'
import { decorationText } from './decorations.js'
import { isoTime, parentIds, shortId } from './atom-lines.js'

type Fill = (entry: LogEntry, nowMs: number) => string

/** @NOTE the longest first: `%an` before `%a`. */
const PLACES: { readonly [place: string]: Fill } = {
  H: (entry) => entry.node.digest,
  h: shortId,
  T: (entry) => entry.record === undefined ? '' : digestOf(entry.record.header.tree),
  t: (entry) => entry.record === undefined ? '' : digestOf(entry.record.header.tree).slice(0, entry.shortDigits),
  P: (entry) => parentIds(entry).join(' '),
  p: (entry) => parentIds(entry).map((id) => id.slice(0, entry.shortDigits)).join(' '),
  an: (entry) => entry.node.agent,
  cn: (entry) => entry.node.agent,
  aN: (entry) => entry.node.agent,
  ae: (entry) => entry.node.agent,
  ce: (entry) => entry.node.agent,
  ad: (entry) => isoTime(entry.node.timeMs),
  cd: (entry) => isoTime(entry.node.timeMs),
  ai: (entry) => isoTime(entry.node.timeMs),
  ci: (entry) => isoTime(entry.node.timeMs),
  aI: (entry) => new Date(entry.node.timeMs).toISOString(),
  cI: (entry) => new Date(entry.node.timeMs).toISOString(),
  as: (entry) => new Date(entry.node.timeMs).toISOString().slice(0, -14),
  cs: (entry) => new Date(entry.node.timeMs).toISOString().slice(0, -14),
  at: (entry) => String(Math.floor(entry.node.timeMs / 1_000)),
  ct: (entry) => String(Math.floor(entry.node.timeMs / 1_000)),
  ar: (entry, nowMs) => ago(nowMs - entry.node.timeMs),
  cr: (entry, nowMs) => ago(nowMs - entry.node.timeMs),
  s: (entry) => (entry.title ?? '(forgotten)').replace(/\s*\n\s*/g, ' '),
  b: (entry) => withEnd(entry.record?.body?.reason ?? ''),
  B: (entry) => withEnd([entry.title ?? '(forgotten)', entry.record?.body?.reason ?? ''].filter((part) => part !== '').join('\n\n')),
  d: (entry) => entry.decorations.length === 0 ? '' : ` (${decorationText(entry.decorations)})`,
  D: (entry) => decorationText(entry.decorations),
  i: (entry) => entry.node.atomId,
  y: (entry) => typeOf(entry.node.atomId as never),
  o: (entry) => entry.node.operation,
  j: (entry) => entry.record?.body?.project ?? '',
  n: () => '\n',
  '%': () => '%',
}

/** Whether a format needs the title, or the whole ATOM, beside what the index knows. */
export function detailOf(format: string): 'node' | 'title' | 'record' {
  const places = [...format.matchAll(PLACE)].map(([, place]) => place ?? '')
  if (places.some((place) => ['T', 't', 'b', 'B', 'j'].includes(place))) return 'record'
  return places.includes('s') ? 'title' : 'node'
}

const PLACE = /%(a[nNedisItr]|c[nedisItr]|x[0-9a-fA-F]{2}|C(?:\([^)]*\)|red|green|blue|reset)|[HhTtPpsbBdDiyojn%])/g

/** Returns a format filled in. Colours are left out: labels know them, formats do not. */
export function fillFormat(format: string, entry: LogEntry, nowMs: number): string {
  return format.replace(PLACE, (_, place: string) => {
    if (place.startsWith('x')) return String.fromCharCode(Number.parseInt(place.slice(1), 16))
    if (place.startsWith('C')) return ''
    return PLACES[place]?.(entry, nowMs) ?? ''
  })
}

function withEnd(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['year', 31_557_600_000], ['month', 2_629_800_000], ['week', 604_800_000], ['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000], ['second', 1_000],
]

/** Returns `3 days ago`; what lies ahead is `in the future`, as git says. */
export function ago(passedMs: number): string {
  if (passedMs < 0) return 'in the future'
  const [name, ms] = UNITS.find(([, unitMs]) => passedMs >= 2 * unitMs) ?? ['second', 1_000]
  const count = Math.floor(passedMs / ms)
  return `${String(count)} ${name}${count === 1 ? '' : 's'} ago`
}
