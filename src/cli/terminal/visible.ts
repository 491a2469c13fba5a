/** What a terminal would obey rather than show, and what has no place in UTF-8. Tabs and line ends included. */
// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]|(?<!\u{1f3f4}[\u{e0020}-\u{e007e}]*)[\u{e0000}-\u{e007f}]/gu
/** Most texts are plain ASCII: one cheap look saves the other one. */
const PLAIN = /^[ -~]*$/

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0', '\u001b': '\\e' }

export interface VisibleOptions {
  /** Leaves tabs as they are: for the lines of files. */
  readonly tabs?: boolean
}

/**
 * Returns the text with every control character, bidirectional override and lone surrogate written out, on one line.
 * For eyes: not reversible, since a backslash stays as it is.
 */
export function visible(text: string, options: VisibleOptions = {}): string {
  if (PLAIN.test(text)) return text
  return text.replace(UNSAFE, (character) => (character === '\t' && options.tabs === true ? character : escapeOne(character)))
}

function escapeOne(character: string): string {
  const short = SHORT[character]
  if (short !== undefined) return short
  const code = character.codePointAt(0) ?? 0
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

/** Splits recorded text at its line ends (LF, CRLF), without an empty last line. */
export function textLines(text: string): readonly string[] {
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}
