/** How many columns a text takes on a terminal. The only door of get-east-asian-width. */
import { eastAsianWidth } from 'get-east-asian-width'

const ASCII = /^[ -~]*$/
interface Unicode {
  readonly segmenter: Intl.Segmenter
  readonly invisible: RegExp
  readonly emoji: RegExp
}

let made: Unicode | undefined

/** Made when the first text beyond ASCII comes: properties of characters and their joining cost milliseconds. */
function unicode(): Unicode {
  made ??= {
    segmenter: new Intl.Segmenter(),
    invisible: /^[\p{Default_Ignorable_Code_Point}\p{Control}\p{Format}\p{Mark}\p{Surrogate}]+$/u,
    emoji: /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|^[\d#*]\ufe0f?\u20e3|^\p{Regional_Indicator}{2}/u,
  }
  return made
}

function graphemes(text: string): Iterable<Intl.SegmentData> {
  return unicode().segmenter.segment(text)
}

function graphemeColumns(grapheme: string): number {
  const { invisible, emoji } = unicode()
  if (invisible.test(grapheme)) return 0
  if (emoji.test(grapheme)) return 2
  let columns = 0
  for (const character of grapheme) {
    if (!invisible.test(character)) columns = Math.max(columns, eastAsianWidth(character.codePointAt(0) ?? 0))
  }
  return columns
}

/** Returns the columns of a text that is already `visible`. */
export function columnsOf(text: string): number {
  if (ASCII.test(text)) return text.length
  let columns = 0
  for (const { segment } of graphemes(text)) columns += graphemeColumns(segment)
  return columns
}

/** Returns the text, or as much of it as fits in `columns` with an ellipsis at its end. Never splits a character. */
export function cutText(text: string, columns: number): string {
  if (text.length <= columns && ASCII.test(text)) return text
  if (columns <= 0) return ''
  if (ASCII.test(text)) return `${text.slice(0, columns - 1)}…`
  let used = 0
  let fits = 0
  for (const { segment, index } of graphemes(text)) {
    used += graphemeColumns(segment)
    if (used > columns) return `${text.slice(0, fits)}…`
    if (used <= columns - 1) fits = index + segment.length
  }
  return text
}

/** Returns the text with spaces after it up to `columns`; longer texts stay as they are. */
export function padText(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)))
}
