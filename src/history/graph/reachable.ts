import { BY_SEQ, Frontier } from './frontier.js'
import { SeqSet } from './seq-set.js'
import type { Graph } from './types.js'

/** The two halves of `A...B`. */
export interface SymmetricDifference {
  /** Reachable from A only; its size is "ahead by". */
  readonly left: SeqSet
  /** Reachable from B only; its size is "behind by". */
  readonly right: SeqSet
}

/** Returns all nodes reachable from the start nodes, these included. */
export function reachable(graph: Graph, starts: Iterable<number>): SeqSet {
  const seen = new SeqSet()
  const stack: number[] = []
  for (const start of starts) if (seen.add(start)) stack.push(start)
  for (let seq = stack.pop(); seq !== undefined; seq = stack.pop()) {
    for (const parent of graph.parents(seq)) if (seen.add(parent)) stack.push(parent)
  }
  return seen
}

/**
 * Returns true when `ancestor` can be reached from `descendant`; every node is its own ancestor, as in git.
 * Never looks below the ancestor's number or generation.
 */
export function isAncestor(graph: Graph, ancestor: number, descendant: number): boolean {
  if (ancestor === descendant) return true
  if (ancestor > descendant) return false
  const floor = graph.generation(ancestor)
  const seen = new SeqSet()
  const stack = [descendant]
  for (let seq = stack.pop(); seq !== undefined; seq = stack.pop()) {
    const parents = graph.parents(seq)
    // The first parent is looked at first: a yes is most often found down the main line.
    for (let at = parents.length - 1; at >= 0; at--) {
      const parent = parents[at] as number
      if (parent === ancestor) return true
      if (parent > ancestor && graph.generation(parent) > floor && seen.add(parent)) stack.push(parent)
    }
  }
  return false
}

/** Returns `A..B`: what is reachable from any of `include` and from none of `exclude`. Stops where nothing new can come. */
export function range(graph: Graph, include: readonly number[], exclude: readonly number[]): SeqSet {
  return sides(graph, { left: include, right: exclude, until: 'left-is-done' }).left
}

/** Returns `A...B`: what is reachable from one side only. Stops where both sides have met. */
export function symmetricDifference(graph: Graph, left: readonly number[], right: readonly number[]): SymmetricDifference {
  return sides(graph, { left, right, until: 'both-are-done' })
}

const LEFT = 1
const RIGHT = 2

interface Sides {
  readonly left: readonly number[]
  readonly right: readonly number[]
  readonly until: 'left-is-done' | 'both-are-done'
}

function sides(graph: Graph, { left, right, until }: Sides): SymmetricDifference {
  const found = { left: new SeqSet(), right: new SeqSet() }
  const frontier = new Frontier(BY_SEQ)
  const waiting = [0, 0, 0, 0]
  const add = (seq: number, flags: number): void => {
    const before = frontier.add(seq, flags)
    if (before !== 0) waiting[before] = (waiting[before] as number) - 1
    waiting[before | flags] = (waiting[before | flags] as number) + 1
  }
  for (const seq of left) add(seq, LEFT)
  for (const seq of right) add(seq, RIGHT)
  const isOpen = (): boolean =>
    (waiting[LEFT] as number) > 0 || (until === 'both-are-done' && (waiting[RIGHT] as number) > 0)
  while (isOpen()) {
    const seq = frontier.take() as number
    const flags = frontier.takenFlags
    waiting[flags] = (waiting[flags] as number) - 1
    if (flags === LEFT) found.left.add(seq)
    if (flags === RIGHT) found.right.add(seq)
    for (const parent of graph.parents(seq)) add(parent, flags)
  }
  return found
}
