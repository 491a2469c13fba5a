import { powerOfTwoRoot } from './power-of-two-root.js'

/** One side of a comparison: its line numbers, and a flag per line that is set where the line is known to be changed. */
export interface MarkedLines {
  readonly tokens: Int32Array
  readonly changed: Uint8Array
}

/** The indexes of the lines that are worth comparing, in order. */
export interface KeptLines {
  readonly before: Int32Array
  readonly after: Int32Array
}

const WINDOW_LINES = 100
const MANY_LIMIT = 1024

/** How many equal lines the other side has. */
const NONE = 0
const SOME = 1
const MANY = 2

/**
 * Leaves out of the comparison what cannot help it: the common beginning and end, lines without an equal on the other
 * side, and very frequent lines (blank ones, lone braces) that stand among such lines, where a match would be chance.
 * Lines left out between the common ends are marked as changed; sliding afterwards repairs the few that were not.
 */
export function discardConfusing(before: MarkedLines, after: MarkedLines): KeptLines {
  const shared = Math.min(before.tokens.length, after.tokens.length)
  let start = 0
  while (start < shared && before.tokens[start] === after.tokens[start]) start++
  let tail = 0
  const beforeLast = before.tokens.length - 1
  const afterLast = after.tokens.length - 1
  while (tail < shared - start && before.tokens[beforeLast - tail] === after.tokens[afterLast - tail]) tail++
  return {
    before: keep(before, { other: after.tokens, start, end: before.tokens.length - tail }),
    after: keep(after, { other: before.tokens, start, end: after.tokens.length - tail }),
  }
}

interface Range {
  readonly other: Int32Array
  readonly start: number
  readonly end: number
}

function keep({ tokens, changed }: MarkedLines, { other, start, end }: Range): Int32Array {
  const counts = new Map<number, number>()
  for (const token of other) counts.set(token, (counts.get(token) ?? 0) + 1)
  const many = Math.min(powerOfTwoRoot(tokens.length), MANY_LIMIT)
  const ranks = new Uint8Array(end - start)
  for (let index = start; index < end; index++) {
    const count = counts.get(tokens[index] as number) ?? 0
    ranks[index - start] = count === 0 ? NONE : count >= many ? MANY : SOME
  }
  const kept: number[] = []
  for (let index = start; index < end; index++) {
    const rank = ranks[index - start]
    if (rank === SOME || (rank === MANY && !standsAmongUnmatched(ranks, index - start))) kept.push(index)
    else changed[index] = 1
  }
  return Int32Array.from(kept)
}

/** Tells whether the run of unmatched and frequent lines around `at` reaches to both sides and is mostly unmatched. */
function standsAmongUnmatched(ranks: Uint8Array, at: number): boolean {
  let unmatched = 0
  let frequent = 2 // the line itself, once per direction
  for (const step of [-1, 1]) {
    let unmatchedHere = 0
    let frequentHere = 0
    for (let distance = 1; distance <= WINDOW_LINES; distance++) {
      const rank = ranks[at + step * distance]
      if (rank === NONE) unmatchedHere++
      else if (rank === MANY) frequentHere++
      else break
    }
    if (unmatchedHere === 0) return false
    unmatched += unmatchedHere
    frequent += frequentHere
  }
  return frequent * 4 < frequent + unmatched
}
