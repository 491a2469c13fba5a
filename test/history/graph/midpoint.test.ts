import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { midpoint } from '../../../src/history/graph/midpoint.js'
import { suspects } from '../../../src/history/graph/suspects.js'
import { aGraph } from '../../helpers/graph.js'
import { ancestorSets, pick, randomGraphs } from '../../helpers/random-graph.js'

describe('midpoint', () => {
  it('halves as well as any node can, on every shape, with and without a filter', () => {
    fc.assert(fc.property(randomGraphs(60), fc.nat(), fc.integer({ min: 1, max: 3 }), (graph, good, every) => {
      const sets = ancestorSets(graph)
      const bad = graph.size - 1
      const goods = [pick(graph, good)].filter((seq) => seq !== bad)
      const found = suspects(graph, { bad, good: goods }, { relevant: (seq) => seq % every === 0 })
      const expected = [...found.seqs]
      const relevant = expected.filter((seq) => seq % every === 0)
      const weightOf = (seq: number): number => relevant.filter((each) => (sets[seq] as Set<number>).has(each)).length
      const evenness = (seq: number): number => Math.min(weightOf(seq), relevant.length - weightOf(seq))
      const best = relevant.reduce((most, seq) => Math.max(most, evenness(seq)), -1)
      const middle = midpoint(found, () => true)
      if (middle === undefined) {
        expect(relevant).toEqual([])
        return
      }
      expect(evenness(found.seqs[middle.node] as number)).toBe(best)
      expect(middle.weight).toBe(weightOf(found.seqs[middle.node] as number))
    }), { numRuns: 300 })
  })

  it('goes away from a node that is not offered, and ends when none is', () => {
    const graph = aGraph('a-b-c-d-e-f-g-h-i-j')
    const found = suspects(graph, { bad: 9, good: [0] })
    const middle = midpoint(found, () => true)?.node as number
    const other = midpoint(found, (node) => node !== middle)?.node as number
    expect(other).not.toBe(middle)
    expect(midpoint(found, () => false)).toBeUndefined()
    expect(midpoint(found, (node) => node === 1)?.node).toBe(1)
  })
})
