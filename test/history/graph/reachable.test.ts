import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAncestor, range, reachable, symmetricDifference } from '../../../src/history/graph/reachable.js'
import { aGraph, graphOf } from '../../helpers/graph.js'
import { ancestorSets, pick, randomGraphs } from '../../helpers/random-graph.js'

const some = fc.array(fc.nat(), { minLength: 1, maxLength: 3 })
const descending = (seqs: Iterable<number>): number[] => [...seqs].sort((left, right) => right - left)

describe('reachable', () => {
  it('finds what a plain search finds: sets, ancestors, A..B and A...B', () => {
    fc.assert(fc.property(randomGraphs(40), some, some, (graph, one, two) => {
      const sets = ancestorSets(graph)
      const left = one.map((each) => pick(graph, each))
      const right = two.map((each) => pick(graph, each))
      const ofLeft = new Set(left.flatMap((seq) => [...(sets[seq] as Set<number>)]))
      const ofRight = new Set(right.flatMap((seq) => [...(sets[seq] as Set<number>)]))
      const onlyLeft = descending([...ofLeft].filter((seq) => !ofRight.has(seq)))
      const onlyRight = descending([...ofRight].filter((seq) => !ofLeft.has(seq)))
      expect([...reachable(graph, left).descending()]).toEqual(descending(ofLeft))
      expect([...range(graph, left, right).descending()]).toEqual(onlyLeft)
      const both = symmetricDifference(graph, left, right)
      expect([...both.left.descending()]).toEqual(onlyLeft)
      expect([...both.right.descending()]).toEqual(onlyRight)
      const [a = 0] = left
      const [b = 0] = right
      expect(isAncestor(graph, a, b)).toBe((sets[b] as Set<number>).has(a))
    }))
  })

  it('counts a node as its own ancestor', () => {
    expect(isAncestor(aGraph('a'), 0, 0)).toBe(true)
  })

  it('does not look below the ancestor, or below where both sides met', () => {
    const graph = graphOf(Array.from({ length: 10_000 }, (_, at) => ({ id: String(at), parents: at === 0 ? [] : at === 9_999 ? ['9990'] : [String(at - 1)] })))
    graph.reads.count = 0
    expect(isAncestor(graph, 9_995, 9_999)).toBe(false)
    expect(symmetricDifference(graph, [9_999], [9_998]).right.size).toBe(8)
    expect(graph.reads.count).toBeLessThan(30)
  })
})
