import type { Lines } from './lines.js'
import type { SplitScore } from './slide-changes.js'

const MAX_INDENT = 200
const MAX_BLANKS = 20
const TAB = 8

/** The weights that git found by rating a corpus of diffs by hand (its `diff.indentHeuristic`, on by default). */
const WEIGHTS = {
  startOfFile: 1,
  endOfFile: 21,
  blankLine: -30,
  blankLineAfter: 6,
  indent: -4,
  indentAfterBlank: 10,
  outdent: 24,
  outdentAfterBlank: 17,
  dedent: 23,
  dedentAfterBlank: 17,
} as const

/** Returns the judge of splits in a content: between blocks of code rather than inside of them. */
export function indentScore(lines: Lines): SplitScore {
  return (index) => {
    const own = index < lines.count ? indentOf(lines, index) : undefined
    const above = nearestIndent(lines, index, -1)
    const below = nearestIndent(lines, index, 1)
    const blanksBelow = own === undefined ? 1 + below.blanks : 0
    const blanks = above.blanks + blanksBelow
    const indent = own ?? below.indent
    let penalty = WEIGHTS.blankLine * blanks + WEIGHTS.blankLineAfter * blanksBelow
    if (above.indent === undefined && above.blanks === 0) penalty += WEIGHTS.startOfFile
    if (index >= lines.count) penalty += WEIGHTS.endOfFile
    penalty += relativePenalty({ indent, above: above.indent, below: below.indent }, blanks)
    return { indent: indent ?? -1, penalty }
  }
}

interface Neighbours {
  readonly indent: number | undefined
  readonly above: number | undefined
  readonly below: number | undefined
}

function relativePenalty({ indent, above, below }: Neighbours, blanks: number): number {
  if (indent === undefined || above === undefined || indent === above) return 0
  if (indent > above) return blanks > 0 ? WEIGHTS.indentAfterBlank : WEIGHTS.indent
  if (below !== undefined && below > indent) return blanks > 0 ? WEIGHTS.outdentAfterBlank : WEIGHTS.outdent
  return blanks > 0 ? WEIGHTS.dedentAfterBlank : WEIGHTS.dedent
}

/** Looks for the nearest line that is not blank, and counts the blank ones before it. */
function nearestIndent(lines: Lines, from: number, step: 1 | -1): { readonly indent: number | undefined; readonly blanks: number } {
  let blanks = 0
  for (let index = from + step; index >= 0 && index < lines.count; index += step) {
    const indent = indentOf(lines, index)
    if (indent !== undefined) return { indent, blanks }
    blanks++
    if (blanks === MAX_BLANKS) return { indent: 0, blanks }
  }
  return { indent: undefined, blanks }
}

/** Returns the width of the white space at the beginning of a line, or undefined for a blank line. */
function indentOf({ bytes, starts }: Lines, index: number): number | undefined {
  let width = 0
  for (let at = starts[index] ?? 0; at < (starts[index + 1] ?? 0); at++) {
    const byte = bytes[at]
    if (byte === 32) width++
    else if (byte === 9) width += TAB - (width % TAB)
    else if (!isSpace(byte)) return width
    if (width >= MAX_INDENT) return MAX_INDENT
  }
  return undefined
}

function isSpace(byte: number | undefined): boolean {
  return byte === 10 || byte === 11 || byte === 12 || byte === 13
}
