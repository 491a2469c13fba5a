import { SeqSet } from './seq-set.js'
import type { Graph } from './types.js'

/** A graph that knows its straight runs: how many nodes before one arrived as a line, each the only parent of the next. */
export interface RunGraph extends Graph {
  node(seq: number): { readonly run: number }
}

/** Tells whether a node is one of the tips or an ancestor of one. Jumps along runs, so a line of any length costs one step. */
export function hasAncestor(graph: RunGraph, wanted: number, tips: readonly number[]): boolean {
  const seen = new SeqSet()
  const stack = tips.filter((tip) => tip >= wanted)
  for (let seq = stack.pop(); seq !== undefined; seq = stack.pop()) {
    if (!seen.add(seq)) continue
    const start = seq - graph.node(seq).run
    if (start <= wanted) return true
    for (const parent of graph.parents(start)) if (parent >= wanted) stack.push(parent)
  }
  return false
}
