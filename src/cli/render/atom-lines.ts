/** One ATOM as `log` and `show` print it: a header like git's, then title and reason, indented. */
import { digestOf } from '../../codec/object-id.js'
import type { LogEntry } from '../../ops/look/log-entry.js'
import { textLines } from '../terminal/visible.js'
import type { Span } from '../terminal/output.js'
import { cutText } from '../terminal/width.js'
import { visible } from '../terminal/visible.js'
import { decorationSpans } from './decorations.js'

/** What of a title is looked at before it is cut to the columns there are. */
const TITLE_MAX_CHARACTERS = 2_000
const TITLE_MAX_COLUMNS = 500
const LINE_MAX_CHARACTERS = 10_000

/** Returns a title on one line, visible and cut; `(forgotten)` where the body is gone. */
export function titleSpan(title: string | undefined, columns: number = Infinity): Span {
  if (title === undefined) return ['forgotten', '(forgotten)']
  if (title.length <= 60 && columns === Infinity) return ['title', title]
  return ['title', cutText(visible(title.slice(0, TITLE_MAX_CHARACTERS)), Math.min(columns, TITLE_MAX_COLUMNS))]
}

/** Returns `2024-11-27 10:27:33 +0000`, git's iso form. */
export function isoTime(timeMs: number): string {
  const text = new Date(timeMs).toISOString()
  return `${text.slice(0, -14)} ${text.slice(-13, -5)} +0000`
}

export function shortId(entry: Pick<LogEntry, 'node' | 'shortDigits'>): string {
  return entry.node.shortDigest(entry.shortDigits)
}

/** Returns the marks of what was taken back, or builds on it. */
export function taintSpans(entry: Pick<LogEntry, 'isTainted' | 'takenBackBy'>): readonly Span[] {
  return [
    ...(entry.takenBackBy.length > 0 ? [['plain', ' '], ['tainted', `taken back by ${entry.takenBackBy.join(', ')}`]] as const : []),
    ...(entry.isTainted ? [['plain', ' '], ['tainted', 'tainted']] as const : []),
  ]
}

const SPACE: Span = ['plain', ' ']

export function onelineSpans(entry: LogEntry, columns: number): readonly Span[] {
  const id = shortId(entry)
  const spans: Span[] = [['id', id], ['plain', ` ${entry.node.atomId}`]]
  if (entry.decorations.length > 0) spans.push(...decorationSpans(entry.decorations))
  if (entry.isTainted || entry.takenBackBy.length > 0) spans.push(...taintSpans(entry))
  spans.push(SPACE)
  const left = columns === Infinity ? Infinity : Math.max(10, columns - spans.reduce((sum, [, text]) => sum + text.length, 0))
  spans.push(titleSpan(entry.title, left))
  return spans
}

/** Returns the header of an ATOM, its title and its reason, without what `show` adds. */
export function* mediumLines(entry: LogEntry): Iterable<readonly Span[]> {
  const { node } = entry
  yield [['id', `atom ${node.atomId}`], ...decorationSpans(entry.decorations), ...taintSpans(entry)]
  yield [['plain', `Object: ${node.digest}`]]
  if (entry.parents.length > 1) yield [['plain', `Merge:  ${entry.parents.map((parent) => parent.digest.slice(0, entry.shortDigits)).join(' ')}`]]
  yield [['plain', 'Agent:  '], ['agent', node.agent], ['plain', ` (${node.operation})`]]
  yield [['plain', `Date:   ${isoTime(node.timeMs)}`]]
  yield []
  yield [['plain', '    '], titleSpan(entry.title)]
  const reason = entry.record?.body?.reason
  if (reason !== undefined && reason !== '') {
    yield []
    for (const line of textLines(reason)) yield [['plain', '    '], ['plain', line.length > LINE_MAX_CHARACTERS ? `${line.slice(0, LINE_MAX_CHARACTERS)}…` : line]]
  }
}

export function parentIds(entry: LogEntry): readonly string[] {
  return entry.parents.map(({ id }) => digestOf(id))
}
