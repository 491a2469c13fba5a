/** Recorded text, shown so that it cannot pretend to be something else. */

/** What turns the direction of writing, is not seen, or has no place in text; line ends and tabs stay. */
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]/gu // eslint-disable-line no-control-regex

export function plain(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

/** A title on one line, cut. */
export function oneLine(text: string, most = 200): string {
  const line = plain(text.replace(/\s+/g, ' '))
  return line.length > most ? `${line.slice(0, most)}…` : line
}

/** RFC 3339 with a space, or the number where no calendar has it. */
export function timeText(timeMs: number): string {
  return Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString().replace('T', ' ').replace(/\.\d+Z$/, 'Z') : `${String(timeMs)} ms`
}

export function amount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}
