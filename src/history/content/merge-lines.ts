import { concatBytes, utf8 } from '../../base/bytes.js'
import { lacksFinalNewline, numberLines, sliceLines, splitLines } from './lines.js'
import type { Lines } from './lines.js'
import { mergeRegions } from './merge-regions.js'
import type { MergeRegion } from './merge-regions.js'

/** What the sides are called in the markers of a conflict. */
export interface MergeLabels {
  readonly ours: string
  readonly theirs: string
}

/** The three contents; `base` is empty where the file was added on both sides. */
export interface MergeSides {
  readonly base: Uint8Array
  readonly ours: Uint8Array
  readonly theirs: Uint8Array
}

/** A merge of lines: `bytes` has one pair of markers for each of the `conflicts`; none when `clean`. */
export interface LineMerge {
  readonly clean: boolean
  readonly bytes: Uint8Array
  readonly conflicts: number
}

/**
 * Merges two descendants of a content line by line, as `git merge-file` does. Works on bytes of any encoding; markers end
 * as the lines of the files do (CRLF or LF). A conflict is never guessed away.
 */
export function mergeLines(sides: MergeSides, labels: MergeLabels): LineMerge {
  const [base, ours, theirs] = [splitLines(sides.base), splitLines(sides.ours), splitLines(sides.theirs)]
  const [baseNumbers, oursNumbers, theirsNumbers] = numberLines([base, ours, theirs]) as [Int32Array, Int32Array, Int32Array]
  const oursHasWords = (start: number, end: number): boolean => sliceLines(ours, start, end).some(isAlphanumeric)
  const regions = mergeRegions({ base: baseNumbers, ours: oursNumbers, theirs: theirsNumbers, oursHasWords })
  const parts: Uint8Array[] = []
  const contents = { base, ours, theirs }
  let line = 0
  let conflicts = 0
  for (const region of regions) {
    parts.push(sliceLines(ours, line, region.oursStart))
    if (region.from === 'both') {
      conflicts++
      parts.push(...renderConflict(region, contents, labels))
    } else if (region.from === 'ours') parts.push(sliceLines(ours, region.oursStart, region.oursEnd))
    else parts.push(sliceLines(theirs, region.theirsStart, region.theirsEnd))
    line = region.oursEnd
  }
  parts.push(sliceLines(ours, line, ours.count))
  return { clean: conflicts === 0, bytes: concatBytes(parts), conflicts }
}

interface Contents {
  readonly base: Lines
  readonly ours: Lines
  readonly theirs: Lines
}

function renderConflict(region: MergeRegion, contents: Contents, labels: MergeLabels): Uint8Array[] {
  const lineEnd = usesCrlf(region, contents) ? '\r\n' : '\n'
  const mine = sliceLines(contents.ours, region.oursStart, region.oursEnd)
  const yours = sliceLines(contents.theirs, region.theirsStart, region.theirsEnd)
  return [
    utf8(`<<<<<<< ${labels.ours}${lineEnd}`),
    mine,
    utf8(missingEnd(mine, lineEnd)),
    utf8(`=======${lineEnd}`),
    yours,
    utf8(missingEnd(yours, lineEnd)),
    utf8(`>>>>>>> ${labels.theirs}${lineEnd}`),
  ]
}

function missingEnd(bytes: Uint8Array, lineEnd: string): string {
  return bytes.length > 0 && bytes[bytes.length - 1] !== 10 ? lineEnd : ''
}

/** Tells whether the line before the conflict on both sides, and the first one of the base, end in CRLF: git's rule. */
function usesCrlf(region: MergeRegion, { base, ours, theirs }: Contents): boolean {
  const sides = [endsInCrlf(ours, region.oursStart - 1), endsInCrlf(theirs, region.theirsStart - 1)]
  return !sides.includes(false) && endsInCrlf(base, 0) === true
}

/** Tells whether a line ends in CRLF; a line without any end asks the one before it; undefined when there is none to ask. */
function endsInCrlf(lines: Lines, index: number): boolean | undefined {
  if (lines.count === 0) return undefined
  let line = Math.min(Math.max(index, 0), lines.count - 1)
  if (line === lines.count - 1 && lacksFinalNewline(lines)) line--
  if (line < 0) return undefined
  const end = lines.starts[line + 1] ?? 0
  return lines.bytes[end - 2] === 13
}

function isAlphanumeric(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)
}
