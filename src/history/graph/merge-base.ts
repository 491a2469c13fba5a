import { BY_SEQ, Frontier } from './frontier.js'
import type { Graph } from './types.js'

/**
 * Returns the best common ancestors of `one` and of a merge of all `others`, as `git merge-base --all` does; none for
 * unrelated histories. Each is reachable from both sides and from no other common ancestor.
 *
 * In the total order (corrected time descending, then id), so that every store answers in the same order. Reads only
 * what lies above the lowest base in order of arrival; a clock is never trusted.
 */
export function mergeBases(graph: Graph, one: number, others: readonly number[]): number[] {
  return inTotalOrder(graph, bestCommon(graph, [one], others))
}

/** Returns the best ancestors common to all nodes, as `git merge-base --octopus --all` does. */
export function octopusMergeBases(graph: Graph, nodes: readonly number[]): number[] {
  const [first, ...rest] = nodes
  if (first === undefined) return []
  // The common ancestors of a set are all that its bases reach, so the bases stand for the nodes already met.
  let bases = [first]
  for (const node of rest) bases = bestCommon(graph, bases, [node])
  return inTotalOrder(graph, bases)
}

/** Returns the nodes that no other of them reaches, each once, in the order given: `git merge-base --independent`. */
export function independent(graph: Graph, nodes: readonly number[]): number[] {
  const given = [...new Set(nodes)]
  const ascending = [...given].sort((left, right) => left - right)
  const reached = new Set<number>()
  const frontier = new Frontier(BY_SEQ)
  const wanted = new Set(given)
  for (const node of given) frontier.add(node, 1)
  // Nothing below the lowest node that is still in doubt can tell more.
  for (let lowest = 0; lowest < ascending.length;) {
    const floor = ascending[lowest] as number
    if (reached.has(floor)) {
      lowest++
      continue
    }
    const seq = frontier.take()
    if (seq === undefined || seq <= floor) break
    for (const parent of graph.parents(seq)) {
      if (wanted.has(parent)) reached.add(parent)
      if (parent > floor) frontier.add(parent, 1)
    }
  }
  return given.filter((node) => !reached.has(node))
}

const LEFT = 1
const RIGHT = 2
const COMMON = LEFT | RIGHT
/** Below a base already found: common, but not best. */
const STALE = COMMON | 4

/**
 * Paints down from both sides. Because a node is taken after all its descendants, its colours are final then, and a
 * common node that is not stale is a best one. Ends when nothing can become common any more except below a base.
 */
function bestCommon(graph: Graph, left: readonly number[], right: readonly number[]): number[] {
  const frontier = new Frontier(BY_SEQ)
  const waiting = new Int32Array(8)
  const add = (seq: number, flags: number): void => {
    const before = frontier.add(seq, flags)
    if (before !== 0) waiting[before] = (waiting[before] as number) - 1
    waiting[before | flags] = (waiting[before | flags] as number) + 1
  }
  const isOpen = (): boolean =>
    (waiting[COMMON] as number) > 0 || ((waiting[LEFT] as number) > 0 && (waiting[RIGHT] as number) > 0)
  for (const seq of left) add(seq, LEFT)
  for (const seq of right) add(seq, RIGHT)
  const bases: number[] = []
  while (isOpen()) {
    const seq = frontier.take() as number
    const flags = frontier.takenFlags
    waiting[flags] = (waiting[flags] as number) - 1
    if (flags === COMMON) bases.push(seq)
    const below = flags === COMMON ? STALE : flags
    for (const parent of graph.parents(seq)) add(parent, below)
  }
  return bases
}

function inTotalOrder(graph: Graph, nodes: number[]): number[] {
  return nodes.sort((left, right) => graph.orderMs(right) - graph.orderMs(left) || graph.compareIds(left, right))
}
