/** Which parents the graph of a log draws: of each ATOM the nearest ancestors that are shown too. */
import type { Graph } from '../../history/graph/types.js'
import type { FoundAtom } from './log-input.js'

/** Yields the shown ATOMs, children first, each with the shown ones that it leads to through those left out. */
export function* drawnParents(graph: Graph, shown: readonly number[], follows: 'all' | 'first'): Iterable<FoundAtom> {
  const isShown = new Set(shown)
  const floor = shown.reduce((least, seq) => Math.min(least, seq), Infinity)
  const parentsOf = (seq: number): readonly number[] => follows === 'first' ? graph.parents(seq).slice(0, 1) : graph.parents(seq)
  const nearest = new Map<number, readonly number[]>()
  const isKnown = (seq: number): boolean => isShown.has(seq) || seq < floor || nearest.has(seq)
  const leadsTo = (seq: number): readonly number[] => isShown.has(seq) ? [seq] : seq < floor ? [] : nearest.get(seq) ?? []
  const settle = (from: number): void => {
    const stack = [from]
    for (let seq = stack.at(-1); seq !== undefined; seq = stack.at(-1)) {
      const open = isKnown(seq) ? [] : parentsOf(seq).filter((parent) => !isKnown(parent))
      if (open.length > 0) {
        stack.push(...open)
        continue
      }
      if (!isKnown(seq)) nearest.set(seq, distinct(parentsOf(seq).flatMap(leadsTo)))
      stack.pop()
    }
  }
  for (const seq of shown) {
    const parents = parentsOf(seq)
    for (const parent of parents) settle(parent)
    yield { seq, drawnParents: distinct(parents.flatMap(leadsTo)) }
  }
}

function distinct(seqs: readonly number[]): readonly number[] {
  return [...new Set(seqs)]
}
