import { editScript } from './edit-script.js'
import type { Edit } from './edit-script.js'
import { indentScore } from './indent-score.js'
import { numberLines, splitLines } from './lines.js'
import type { LineComparison, Lines } from './lines.js'

/** How two contents differ, line by line. */
export interface LineDiff {
  readonly before: Lines
  readonly after: Lines
  readonly edits: readonly Edit[]
}

/** What `--stat` counts. */
export interface LineCounts {
  readonly inserted: number
  readonly deleted: number
}

/**
 * Returns the changes between two contents, placed where `git diff` places them. With `ignore-space`, lines that differ
 * in white space alone are common lines.
 */
export function diffLines(beforeBytes: Uint8Array, afterBytes: Uint8Array, comparison: LineComparison = 'exact'): LineDiff {
  const before = splitLines(beforeBytes)
  const after = splitLines(afterBytes)
  const [left, right] = numberLines([before, after], comparison) as [Int32Array, Int32Array]
  const score = { before: indentScore(before), after: indentScore(after) }
  return { before, after, edits: editScript(left, right, { score }) }
}

export function countLines({ edits }: LineDiff): LineCounts {
  let inserted = 0
  let deleted = 0
  for (const edit of edits) {
    inserted += edit.afterEnd - edit.afterStart
    deleted += edit.beforeEnd - edit.beforeStart
  }
  return { inserted, deleted }
}
