/** One line of trail.log: time, object id, atom id, agent, operation and title, separated by tabs, whatever they hold. */
import { getDigest, type Digest } from '../../codec/object-id.js'

export interface TrailLogEntry {
  readonly timeMs: number
  readonly object: Digest
  readonly atomId: string
  readonly agent: string
  readonly operation: string
  /** undefined where it was forgotten. */
  readonly title: string | undefined
}

/** A title is cut here: the log is for grep, the trail has all of it. */
const TITLE_MAX_CHARACTERS = 1_000
const FORGOTTEN = '(forgotten)'
// eslint-disable-next-line no-control-regex -- what a terminal or a line reader would obey
const UNSAFE = /[\\\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]/gu
const SHORT: { readonly [character: string]: string } = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** Returns the line with its end. */
export function formatTrailLine(entry: TrailLogEntry): string {
  const title = entry.title === undefined ? FORGOTTEN : escapeField(cutTitle(entry.title))
  return `${new Date(entry.timeMs).toISOString()}\t${entry.object}\t${entry.atomId}\t${escapeField(entry.agent)}\t${escapeField(entry.operation)}\t${title}\n`
}

/** Returns the object id in a line, or undefined when it is no line of ours. */
export function getLineObject(line: string): Digest | undefined {
  const fields = line.split('\t')
  return fields.length === 6 ? getDigest(fields[1] ?? '') : undefined
}

/** Returns a field with tabs, line ends, backslashes and control characters written out: `\t`, `\n`, `\\`, `\u{1b}`. */
export function escapeField(text: string): string {
  return text.replace(UNSAFE, (character) => SHORT[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

function cutTitle(title: string): string {
  if (title.length <= TITLE_MAX_CHARACTERS) return title
  const cut = title.slice(0, TITLE_MAX_CHARACTERS)
  // Not through the middle of a surrogate pair.
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`
}
