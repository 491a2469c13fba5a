import type { MarkedLines } from './discard-confusing.js'

/** Judges a split before line `index`: `indent` is the depth of what follows, `penalty` how badly it reads. */
export type SplitScore = (index: number) => { readonly indent: number; readonly penalty: number }

export interface SlidingLines extends MarkedLines {
  readonly score: SplitScore | undefined
}

const MAX_SLIDE_LINES = 100
const INDENT_WEIGHT = 60

/** A run of changed lines, maybe empty: the n-th run of one side stands before the same common line as the n-th of the other. */
interface Run {
  start: number
  end: number
}

/**
 * Moves each run of changed lines to where it reads best without changing what the script does: a run whose first line
 * equals the line after it can move down, and the other way round. Runs that touch on the way become one. In order of
 * preference: opposite a change of the other side; where the score is lowest; as far down as possible.
 */
export function slideChanges(side: SlidingLines, other: MarkedLines): void {
  const run = firstRun(side)
  const opposite = firstRun(other)
  do {
    if (run.end > run.start) slideRun(side, other, { run, opposite })
  } while (nextRun(side, run) && nextRun(other, opposite))
}

function slideRun(side: SlidingLines, other: MarkedLines, { run, opposite }: { run: Run; opposite: Run }): void {
  let highestEnd = run.end
  let alignedEnd = -1
  let size = 0
  do {
    size = run.end - run.start
    alignedEnd = -1
    while (slideUp(side, run)) previousRun(other, opposite)
    highestEnd = run.end
    if (opposite.end > opposite.start) alignedEnd = run.end
    while (slideDown(side, run)) {
      nextRun(other, opposite)
      if (opposite.end > opposite.start) alignedEnd = run.end
    }
  } while (size !== run.end - run.start)
  if (run.end === highestEnd) return
  const target = alignedEnd !== -1 ? alignedEnd : bestEnd(side, run, highestEnd)
  while (run.end > target && slideUp(side, run)) previousRun(other, opposite)
}

function bestEnd(side: SlidingLines, run: Run, highestEnd: number): number {
  if (side.score === undefined) return run.end
  const size = run.end - run.start
  let best = run.end
  let bestScore: { indent: number; penalty: number } | undefined
  for (let end = Math.max(highestEnd, run.end - size - 1, run.end - MAX_SLIDE_LINES); end <= run.end; end++) {
    const below = side.score(end)
    const above = side.score(end - size)
    const score = { indent: below.indent + above.indent, penalty: below.penalty + above.penalty }
    if (bestScore === undefined || compareScores(score, bestScore) <= 0) {
      best = end
      bestScore = score
    }
  }
  return best
}

type Score = ReturnType<SplitScore>

function compareScores(left: Score, right: Score): number {
  return INDENT_WEIGHT * Math.sign(left.indent - right.indent) + (left.penalty - right.penalty)
}

function firstRun({ changed }: MarkedLines): Run {
  let end = 0
  while (changed[end]) end++
  return { start: 0, end }
}

function nextRun({ changed }: MarkedLines, run: Run): boolean {
  if (run.end === changed.length) return false
  run.start = run.end + 1
  run.end = run.start
  while (changed[run.end]) run.end++
  return true
}

function previousRun({ changed }: MarkedLines, run: Run): boolean {
  if (run.start === 0) return false
  run.end = run.start - 1
  run.start = run.end
  while (changed[run.start - 1]) run.start--
  return true
}

function slideDown({ tokens, changed }: MarkedLines, run: Run): boolean {
  if (run.end >= tokens.length || tokens[run.start] !== tokens[run.end]) return false
  changed[run.start++] = 0
  changed[run.end++] = 1
  while (changed[run.end]) run.end++
  return true
}

function slideUp({ tokens, changed }: MarkedLines, run: Run): boolean {
  if (run.start === 0 || tokens[run.start - 1] !== tokens[run.end - 1]) return false
  changed[--run.start] = 1
  changed[--run.end] = 0
  while (changed[run.start - 1]) run.start--
  return true
}
