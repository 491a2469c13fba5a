/** A part of the edit graph: `before` lines x0 … x1 against `after` lines y0 … y1. */
export interface Box {
  readonly x0: number
  readonly x1: number
  readonly y0: number
  readonly y1: number
  /** `bounded` may stop at the cost limit; `exact` lies within the limit already and is searched to the end. */
  readonly search: 'bounded' | 'exact'
}

/** The furthest points reached per diagonal, shared by all boxes of one comparison. */
export interface Frontiers {
  readonly forward: Int32Array
  readonly backward: Int32Array
  /** Index of diagonal 0 (x = y) in both arrays. */
  readonly zero: number
  readonly costLimit: number
}

export interface SplitContext {
  readonly left: Int32Array
  readonly right: Int32Array
  readonly frontiers: Frontiers
}

const FAR = 0x7fffffff
const HEURISTIC_COST = 256
const LONG_SNAKE = 20
const GOOD_PROGRESS = 4

/** Where the search of one box stands: the diagonals reached from each end. */
interface Reach {
  forwardMin: number
  forwardMax: number
  backwardMin: number
  backwardMax: number
  sawLongSnake: boolean
}

interface Point {
  readonly x: number
  readonly y: number
}

/**
 * Cuts a box in two at a point that a good path runs through (Myers 1986, section 4b): both ends walk towards each other,
 * one edit at a time, until a diagonal is reached from both. The box MUST be shrunk: both sides non-empty, no common line
 * at either end. The order of trial and the ties are part of the contract: they decide which of several shortest scripts
 * is found.
 */
export function middleSplit(box: Box, context: SplitContext): readonly [Box, Box] {
  const { forward, backward, zero, costLimit } = context.frontiers
  const start = box.x0 - box.y0
  const end = box.x1 - box.y1
  const reach: Reach = { forwardMin: start, forwardMax: start, backwardMin: end, backwardMax: end, sawLongSnake: false }
  forward[zero + start] = box.x0
  backward[zero + end] = box.x1
  for (let cost = 1; ; cost++) {
    const met = stepForward(box, context, reach) ?? stepBackward(box, context, reach)
    if (met !== undefined) return cut(box, met, 'both')
    if (box.search === 'exact') continue
    if (reach.sawLongSnake && cost > HEURISTIC_COST) {
      const ahead = promisingForward(box, context, { reach, cost })
      if (ahead !== undefined) return cut(box, ahead, 'first')
      const behind = promisingBackward(box, context, { reach, cost })
      if (behind !== undefined) return cut(box, behind, 'second')
    }
    if (cost >= costLimit) return furthest(box, context, reach)
  }
}

/** Which of the two halves lies on a path searched to the end, so that it needs no bound. */
function cut(box: Box, { x, y }: Point, exact: 'both' | 'first' | 'second'): readonly [Box, Box] {
  return [
    { x0: x, x1: box.x1, y0: y, y1: box.y1, search: exact === 'first' ? 'bounded' : 'exact' },
    { x0: box.x0, x1: x, y0: box.y0, y1: y, search: exact === 'second' ? 'bounded' : 'exact' },
  ]
}

/** Begins a round; the step from the end follows. */
function stepForward(box: Box, { left, right, frontiers }: SplitContext, reach: Reach): Point | undefined {
  reach.sawLongSnake = false
  const { forward, backward, zero } = frontiers
  const odd = ((box.x0 - box.y0 - (box.x1 - box.y1)) & 1) !== 0
  if (reach.forwardMin > box.x0 - box.y1) forward[zero + --reach.forwardMin - 1] = -1
  else reach.forwardMin++
  if (reach.forwardMax < box.x1 - box.y0) forward[zero + ++reach.forwardMax + 1] = -1
  else reach.forwardMax--
  for (let k = reach.forwardMax; k >= reach.forwardMin; k -= 2) {
    const below = forward[zero + k - 1] as number
    const above = forward[zero + k + 1] as number
    const from = below >= above ? below + 1 : above
    let x = from
    while (x < box.x1 && x - k < box.y1 && left[x] === right[x - k]) x++
    if (x - from > LONG_SNAKE) reach.sawLongSnake = true
    forward[zero + k] = x
    if (odd && k >= reach.backwardMin && k <= reach.backwardMax && (backward[zero + k] as number) <= x) return { x, y: x - k }
  }
  return undefined
}

function stepBackward(box: Box, { left, right, frontiers }: SplitContext, reach: Reach): Point | undefined {
  const { forward, backward, zero } = frontiers
  const odd = ((box.x0 - box.y0 - (box.x1 - box.y1)) & 1) !== 0
  if (reach.backwardMin > box.x0 - box.y1) backward[zero + --reach.backwardMin - 1] = FAR
  else reach.backwardMin++
  if (reach.backwardMax < box.x1 - box.y0) backward[zero + ++reach.backwardMax + 1] = FAR
  else reach.backwardMax--
  for (let k = reach.backwardMax; k >= reach.backwardMin; k -= 2) {
    const below = backward[zero + k - 1] as number
    const above = backward[zero + k + 1] as number
    const from = below < above ? below : above - 1
    let x = from
    while (x > box.x0 && x - k > box.y0 && left[x - 1] === right[x - k - 1]) x--
    if (from - x > LONG_SNAKE) reach.sawLongSnake = true
    backward[zero + k] = x
    if (!odd && k >= reach.forwardMin && k <= reach.forwardMax && x <= (forward[zero + k] as number)) return { x, y: x - k }
  }
  return undefined
}

interface Progress {
  readonly reach: Reach
  readonly cost: number
}

/** Returns the best point from the start that lies far ahead of its cost, just behind a long run of common lines. */
function promisingForward(box: Box, { left, right, frontiers }: SplitContext, { reach, cost }: Progress): Point | undefined {
  let best = 0
  let found: Point | undefined
  for (let k = reach.forwardMax; k >= reach.forwardMin; k -= 2) {
    const x = frontiers.forward[frontiers.zero + k] as number
    const y = x - k
    const gain = x - box.x0 + (y - box.y0) - Math.abs(k - (box.x0 - box.y0))
    if (gain <= GOOD_PROGRESS * cost || gain <= best) continue
    if (x < box.x0 + LONG_SNAKE || x >= box.x1 || y < box.y0 + LONG_SNAKE || y >= box.y1) continue
    if (!isCommonRun({ left, right, x: x - LONG_SNAKE, y: y - LONG_SNAKE })) continue
    best = gain
    found = { x, y }
  }
  return found
}

/** The same from the end. */
function promisingBackward(box: Box, { left, right, frontiers }: SplitContext, { reach, cost }: Progress): Point | undefined {
  let best = 0
  let found: Point | undefined
  for (let k = reach.backwardMax; k >= reach.backwardMin; k -= 2) {
    const x = frontiers.backward[frontiers.zero + k] as number
    const y = x - k
    const gain = box.x1 - x + (box.y1 - y) - Math.abs(k - (box.x1 - box.y1))
    if (gain <= GOOD_PROGRESS * cost || gain <= best) continue
    if (x <= box.x0 || x > box.x1 - LONG_SNAKE || y <= box.y0 || y > box.y1 - LONG_SNAKE) continue
    if (!isCommonRun({ left, right, x, y })) continue
    best = gain
    found = { x, y }
  }
  return found
}

function isCommonRun(run: { readonly left: Int32Array; readonly right: Int32Array; readonly x: number; readonly y: number }): boolean {
  for (let step = 0; step < LONG_SNAKE; step++) if (run.left[run.x + step] !== run.right[run.y + step]) return false
  return true
}

/** Cuts at the point furthest from its own end, when the search has become too dear. */
function furthest(box: Box, { frontiers }: SplitContext, reach: Reach): readonly [Box, Box] {
  const { forward, backward, zero } = frontiers
  let ahead: Point = { x: -1, y: 0 }
  for (let k = reach.forwardMax; k >= reach.forwardMin; k -= 2) {
    const x = Math.min(forward[zero + k] as number, box.x1, box.y1 + k)
    if (ahead.x + ahead.y < x + (x - k)) ahead = { x, y: x - k }
  }
  let behind: Point = { x: FAR, y: 0 }
  for (let k = reach.backwardMax; k >= reach.backwardMin; k -= 2) {
    const x = Math.max(backward[zero + k] as number, box.x0, box.y0 + k)
    if (x + (x - k) < behind.x + behind.y) behind = { x, y: x - k }
  }
  const fromStart = ahead.x + ahead.y - (box.x0 + box.y0)
  const fromEnd = box.x1 + box.y1 - (behind.x + behind.y)
  return fromEnd < fromStart ? cut(box, ahead, 'first') : cut(box, behind, 'second')
}
