import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { independent, mergeBases, octopusMergeBases } from '../../../src/history/graph/merge-base.js'
import { aGraph, graphOf, type NamedGraph } from '../../helpers/graph.js'
import { ancestorSets, pick, randomGraphs } from '../../helpers/random-graph.js'

const ascending = (seqs: Iterable<number>): number[] => [...seqs].sort((left, right) => left - right)

/** The common ancestors that no other of them reaches. */
function best(common: readonly number[], sets: readonly Set<number>[]): number[] {
  return ascending(common.filter((seq) => !common.some((other) => other !== seq && (sets[other] as Set<number>).has(seq))))
}

function inOrder(graph: NamedGraph, seqs: readonly number[]): number[] {
  return [...seqs].sort((left, right) => graph.orderMs(right) - graph.orderMs(left) || graph.compareIds(left, right))
}

describe('mergeBases', () => {
  it('finds the best common ancestors, whatever the shape and the clocks', () => {
    fc.assert(fc.property(randomGraphs(40), fc.nat(), fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), (graph, a, rest) => {
      const sets = ancestorSets(graph)
      const one = pick(graph, a)
      const others = rest.map((each) => pick(graph, each))
      const merged = new Set(others.flatMap((seq) => [...(sets[seq] as Set<number>)]))
      const found = mergeBases(graph, one, others)
      expect(found).toEqual(inOrder(graph, best([...(sets[one] as Set<number>)].filter((seq) => merged.has(seq)), sets)))
      const all = [one, ...others]
      const common = [...(sets[one] as Set<number>)].filter((seq) => others.every((other) => (sets[other] as Set<number>).has(seq)))
      expect(ascending(octopusMergeBases(graph, all))).toEqual(best(common, sets))
      expect(ascending(independent(graph, all))).toEqual(best([...new Set(all)], sets))
    }), { numRuns: 300 })
  })

  it('keeps the laws: the same both ways, itself with itself, the ancestor for an ancestor', () => {
    fc.assert(fc.property(randomGraphs(30), fc.nat(), fc.nat(), (graph, left, right) => {
      const a = pick(graph, left)
      const b = pick(graph, right)
      const bases = mergeBases(graph, a, [b])
      expect(mergeBases(graph, b, [a])).toEqual(bases)
      expect(mergeBases(graph, a, [a])).toEqual([a])
      for (const base of bases) expect(mergeBases(graph, base, [a])).toEqual([base])
      expect(independent(graph, bases)).toEqual(bases)
    }))
  })

  it('finds both bases of a criss-cross, and none of unrelated histories', () => {
    const graph = aGraph('r-a, r-b, a-x, b-x, b-y, a-y, u-v')
    expect(graph.ids(mergeBases(graph, graph.seq('x'), graph.seqs(['y']))).sort()).toEqual(['a', 'b'])
    expect(mergeBases(graph, graph.seq('x'), graph.seqs(['v']))).toEqual([])
    expect(octopusMergeBases(graph, [])).toEqual([])
  })

  it('keeps independent nodes in the order given, each once', () => {
    const graph = aGraph('r-a-c, r-b')
    expect(graph.ids(independent(graph, graph.seqs(['b', 'a', 'c', 'b', 'r'])))).toEqual(['b', 'c'])
  })

  it('reads only what lies above the base', () => {
    const nodes = Array.from({ length: 20_000 }, (_, at) => ({ id: String(at), parents: at === 0 ? [] : [String(at - 1)] }))
    const graph = graphOf([...nodes, { id: 'l', parents: ['19990'] }, { id: 'r', parents: ['19999', '5'] }])
    graph.reads.count = 0
    expect(graph.ids(mergeBases(graph, graph.seq('l'), graph.seqs(['r'])))).toEqual(['19990'])
    expect(graph.reads.count).toBeLessThan(30)
  })
})
