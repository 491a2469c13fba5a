import { byTime, Frontier } from './frontier.js'
import type { Graph } from './types.js'

export interface WalkOptions {
  /** Leaves out these nodes and all their ancestors, through every parent. */
  readonly hide?: readonly number[]
  /** Follows first parents only. What `hide` leaves out is still found through every parent, as git does. */
  readonly firstParent?: boolean
  /** Stops below this corrected time, in ms; a node at exactly this time is still walked. */
  readonly since?: number
  /** Nodes to yield at most. */
  readonly limit?: number
}

const SHOWN = 1
const HIDDEN = 2

/**
 * Yields the start nodes and their ancestors, each once, in the one total order: corrected time descending, then object
 * id ascending. A child always comes before its parents.
 *
 * Lazy: the parents of a node are read when the next node is asked for. With `hide`, also reads the hidden nodes above
 * the last one shown. Memory grows with the width of the graph, not with its length.
 */
// eslint-disable-next-line complexity -- Runs once per ATOM of every list: a part taken out would be one more generator step, or call, for each.
export function* walk(graph: Graph, starts: Iterable<number>, options: WalkOptions = {}): Generator<number, void, undefined> {
  const { hide = [], firstParent = false, since = -Infinity, limit = Infinity } = options
  const frontier = new Frontier(byTime(graph))
  let shown = 0
  const add = (seq: number, flag: number): void => {
    const before = frontier.add(seq, flag)
    if (before === 0 && flag === SHOWN) shown++
    if (before === SHOWN && flag === HIDDEN) shown--
  }
  for (const seq of starts) add(seq, SHOWN)
  for (const seq of hide) add(seq, HIDDEN)

  let left = limit
  while (shown > 0 && left > 0) {
    let seq = frontier.take() as number
    if ((frontier.takenFlags & HIDDEN) !== 0) {
      for (const parent of graph.parents(seq)) add(parent, HIDDEN)
      continue
    }
    shown--
    // A run without branches never enters the queue: the parent that comes next anyway is taken at once.
    for (;;) {
      if (graph.orderMs(seq) < since) return
      yield seq
      if (--left <= 0) return
      const parents = graph.parents(seq)
      const first = parents[0]
      if (first === undefined) break
      if (!firstParent && parents.length > 1) {
        for (const parent of parents) add(parent, SHOWN) // eslint-disable-line max-depth -- the same
        break
      }
      if (!frontier.isNext(first)) {
        add(first, SHOWN)
        break
      }
      seq = first
    }
  }
}
