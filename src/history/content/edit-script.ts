/**
 * The differences of two sequences of line numbers: Myers' O(ND) algorithm in linear space.
 *
 * Guarantees a script that turns `before` into `after`, the same one on every machine; a shortest one while at most 256
 * edits separate the two ends of a box. Time is bounded by about 256 steps per line: past that cost the search takes the
 * furthest point reached instead of the best one. Refuses nothing.
 */
import { discardConfusing } from './discard-confusing.js'
import { slideChanges } from './slide-changes.js'
import type { SplitScore } from './slide-changes.js'
import { middleSplit } from './middle-split.js'
import type { Box, Frontiers } from './middle-split.js'
import { powerOfTwoRoot } from './power-of-two-root.js'

/** One change: the lines `beforeStart … beforeEnd` became the lines `afterStart … afterEnd` (ends not included). */
export interface Edit {
  readonly beforeStart: number
  readonly beforeEnd: number
  readonly afterStart: number
  readonly afterEnd: number
}

export interface EditOptions {
  /** Judges where a change that can be slid up or down reads best in each side; default: as far down as possible. */
  readonly score?: { readonly before: SplitScore; readonly after: SplitScore }
}

/** Returns the changes in order; between two of them lies at least one common line. */
export function editScript(before: Int32Array, after: Int32Array, options: EditOptions = {}): Edit[] {
  const beforeChanged = new Uint8Array(before.length)
  const afterChanged = new Uint8Array(after.length)
  markChanges({ tokens: before, changed: beforeChanged }, { tokens: after, changed: afterChanged })
  const left = { tokens: before, changed: beforeChanged, score: options.score?.before }
  const right = { tokens: after, changed: afterChanged, score: options.score?.after }
  slideChanges(left, right)
  slideChanges(right, left)
  return collectEdits(beforeChanged, afterChanged)
}

interface Side {
  readonly tokens: Int32Array
  readonly changed: Uint8Array
}

function markChanges(before: Side, after: Side): void {
  const kept = discardConfusing(before, after)
  const left = pick(before.tokens, kept.before)
  const right = pick(after.tokens, kept.after)
  const diagonals = left.length + right.length + 3
  const frontiers: Frontiers = {
    forward: new Int32Array(diagonals),
    backward: new Int32Array(diagonals),
    zero: right.length + 1,
    costLimit: Math.max(256, powerOfTwoRoot(diagonals)),
  }
  const boxes: Box[] = [{ x0: 0, x1: left.length, y0: 0, y1: right.length, search: 'bounded' }]
  for (let box = boxes.pop(); box !== undefined; box = boxes.pop()) {
    const inner = shrink(box, left, right)
    if (inner.x0 === inner.x1) markAll(after.changed, kept.after.subarray(inner.y0, inner.y1))
    else if (inner.y0 === inner.y1) markAll(before.changed, kept.before.subarray(inner.x0, inner.x1))
    else boxes.push(...middleSplit(inner, { left, right, frontiers }))
  }
}

function shrink(box: Box, left: Int32Array, right: Int32Array): Box {
  let { x0, x1, y0, y1 } = box
  while (x0 < x1 && y0 < y1 && left[x0] === right[y0]) {
    x0++
    y0++
  }
  while (x0 < x1 && y0 < y1 && left[x1 - 1] === right[y1 - 1]) {
    x1--
    y1--
  }
  return { x0, x1, y0, y1, search: box.search }
}

function pick(tokens: Int32Array, indexes: Int32Array): Int32Array {
  return indexes.map((index) => tokens[index] ?? -1)
}

function markAll(changed: Uint8Array, indexes: Int32Array): void {
  for (const index of indexes) changed[index] = 1
}

function collectEdits(beforeChanged: Uint8Array, afterChanged: Uint8Array): Edit[] {
  const edits: Edit[] = []
  let x = 0
  let y = 0
  while (x < beforeChanged.length || y < afterChanged.length) {
    const beforeStart = x
    const afterStart = y
    while (beforeChanged[x]) x++
    while (afterChanged[y]) y++
    if (x > beforeStart || y > afterStart) edits.push({ beforeStart, beforeEnd: x, afterStart, afterEnd: y })
    x++
    y++
  }
  return edits
}
