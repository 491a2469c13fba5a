/** What people read of an ATOM on a git host: the person and the message of its commit. `docs/spec/git-mirror.md` has the rules; nothing is read back from here. */
import { utf8, utf8Length } from '../../base/bytes.js'
import type { GitPerson } from '../../git/git-object.js'

const TITLE_MAX_BYTES = 1_024
const TEXT_MAX_BYTES = 65_536
const SLUG_MAX = 64
const NAMELESS = 'unknown'

/** Controls, and what could turn the direction of a line or break it. */
// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]/g
/** The same without tab and line feed. */
// eslint-disable-next-line no-control-regex
const UNSAFE_IN_TEXT = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]/g
const LOOK_ALIKE = /^[ \t]*(?:atom-id|atom-object|atom-kind|agent|influenced-by)[ \t]*:/i

export interface Trailer {
  readonly key: 'Atom-Id' | 'Atom-Object' | 'Atom-Kind' | 'Agent' | 'Influenced-By'
  readonly value: string
}

/** Returns who stands for an agent in git: its name on one line without angle brackets, and an address that nobody can have. */
export function personOf(agent: string, timeMs: number): GitPerson {
  const name = oneLine(agent.replace(/[<>]/g, ' '))
  const slug = agent.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/[^a-z0-9]+/g, '-').slice(0, SLUG_MAX).replace(/^-|-$/g, '')
  return {
    name: name === '' ? NAMELESS : name,
    email: `${slug === '' ? NAMELESS : slug}@agent.atom.invalid`,
    // git has no time before 1970.
    seconds: Math.max(0, Math.floor(timeMs / 1_000)),
  }
}

/** Returns a message: title (on one line, not empty), text, trailers, an empty line between each. */
export function messageOf(title: string, text: string | undefined, trailers: readonly Trailer[]): string {
  const shownTitle = cut(title, TITLE_MAX_BYTES)
  const shownText = text === undefined ? '' : cut(paragraphs(text), TEXT_MAX_BYTES)
  const parts = [indented(shownTitle), ...(shownText === '' ? [] : [indented(shownText)]), trailers.map(({ key, value }) => `${key}: ${oneLine(value)}`).join('\n')]
  return parts.join('\n\n')
}

/** Returns a text on one line: every unsafe character and every run of spaces is one space, with none at either end. */
export function oneLine(text: string): string {
  return text.replace(UNSAFE, ' ').replace(/ +/g, ' ').replace(/^ | $/g, '')
}

/** Line ends are line feeds, unsafe characters U+FFFD, lines have no white space at their end, and there is no empty line at either end. */
function paragraphs(text: string): string {
  const clean = text.replace(/\r\n?/g, '\n').replace(UNSAFE_IN_TEXT, '\ufffd')
  return clean.split('\n').map((line) => line.replace(/[ \t]+$/, '')).join('\n').replace(/^\n+|\n+$/g, '')
}

/** A line that could be taken for one of our trailers is moved in. */
function indented(text: string): string {
  return text.split('\n').map((line) => (LOOK_ALIKE.test(line) ? `    ${line}` : line)).join('\n')
}

function cut(text: string, limitBytes: number): string {
  if (utf8Length(text) <= limitBytes) return text
  const bytes = utf8(text)
  let end = limitBytes
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return `${new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, end)).replace(/[ \t\n]+$/, '')}…`
}
