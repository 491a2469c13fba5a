/**
 * A content cut into lines, each with its line end; the last one may lack it.
 * The bytes are kept as they are: "a\r\n" and "a\n" are two different lines.
 */
export interface Lines {
  readonly bytes: Uint8Array
  /** Where each line begins, and at the end where the last one stops: `count + 1` offsets in bytes. */
  readonly starts: Uint32Array
  readonly count: number
}

/** Which lines count as equal: `exact` compares every byte, `ignore-space` drops white space first, as `git diff -w`. */
export type LineComparison = 'exact' | 'ignore-space'

const NEWLINE = 10

/** Cuts a content into lines at LF. An empty content has no line. */
export function splitLines(bytes: Uint8Array): Lines {
  const starts: number[] = [0]
  let at = 0
  while (at < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, at)
    at = newline === -1 ? bytes.length : newline + 1
    starts.push(at)
  }
  return { bytes, starts: Uint32Array.from(starts), count: starts.length - 1 }
}

/** Returns the bytes of the lines `from` up to `to` (not included), as a view on the content. */
export function sliceLines(lines: Lines, from: number, to: number): Uint8Array {
  return lines.bytes.subarray(lines.starts[from], lines.starts[to])
}

/** Tells whether the last line ends without LF. */
export function lacksFinalNewline(lines: Lines): boolean {
  return lines.bytes.length > 0 && lines.bytes[lines.bytes.length - 1] !== NEWLINE
}

/**
 * Numbers the lines of several contents so that two lines are equal exactly when their numbers are.
 * Numbers are given from 0 in the order of first sight and mean nothing outside one call.
 */
export function numberLines(contents: readonly Lines[], comparison: LineComparison = 'exact'): Int32Array[] {
  const known = new Map<string, number>()
  return contents.map((lines) => {
    const text = toByteText(lines.bytes)
    const numbers = new Int32Array(lines.count)
    for (let index = 0; index < lines.count; index++) {
      const line = text.slice(lines.starts[index], lines.starts[index + 1])
      const key = comparison === 'exact' ? line : line.replace(/[ \t\n\v\f\r]+/g, '')
      let number = known.get(key)
      if (number === undefined) {
        number = known.size
        known.set(key, number)
      }
      numbers[index] = number
    }
    return numbers
  })
}

/**
 * Returns a text with one UTF-16 unit per byte, different bytes giving different units, so that offsets in the text are
 * offsets in the bytes. Only to compare and to slice: never to show.
 */
export function toByteText(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes)
}
