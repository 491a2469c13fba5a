import fc from 'fast-check'
import { graphOf, type NamedGraph } from './graph.js'

/**
 * Graphs of up to `maxSize` nodes of any shape: lines, merges of up to four, several roots, clocks that lie, and ids
 * in no relation to the order of arrival.
 */
export function randomGraphs(maxSize: number): fc.Arbitrary<NamedGraph> {
  const node = fc.record({
    reach: fc.integer({ min: 1, max: 12 }),
    picks: fc.array(fc.nat(), { maxLength: 4 }),
    timeMs: fc.integer({ min: -20, max: 60 }),
    name: fc.integer({ min: 0, max: 0xffff }),
  })
  return fc.array(node, { minLength: 1, maxLength: maxSize }).map((nodes) => {
    const ids = nodes.map(({ name }, at) => `${name.toString(16).padStart(4, '0')}-${at}`)
    return graphOf(nodes.map(({ reach, picks, timeMs }, at) => ({
      id: ids[at] as string,
      timeMs,
      parents: at === 0 ? [] : [...new Set(picks.map((pick) => ids[at - 1 - (pick % Math.min(at, reach))] as string))],
    })))
  })
}

/** What each node reaches, itself included, found without any cleverness. */
export function ancestorSets(graph: NamedGraph): Set<number>[] {
  const sets: Set<number>[] = []
  for (let seq = 0; seq < graph.size; seq++) {
    sets.push(new Set([seq, ...graph.parents(seq).flatMap((parent) => [...(sets[parent] as Set<number>)])]))
  }
  return sets
}

/** Turns a random number into a node of the graph. */
export function pick(graph: NamedGraph, number: number): number {
  return number % graph.size
}
