import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { suspects } from '../../../src/history/graph/suspects.js'
import { Weights } from '../../../src/history/graph/weights.js'
import { graphOf } from '../../helpers/graph.js'
import { ancestorSets, randomGraphs } from '../../helpers/random-graph.js'

describe('Weights', () => {
  it('counts the same by chains and by bits', () => {
    fc.assert(fc.property(randomGraphs(80), (graph) => {
      const found = suspects(graph, { bad: graph.size - 1, good: [] })
      const sets = ancestorSets(graph)
      const weights = new Weights(found)
      const all = [...found.seqs.keys()]
      for (const node of all) {
        const weight = (sets[found.seqs[node] as number] as Set<number>).size
        expect(weights.low(node)).toBeLessThanOrEqual(weight)
        expect(weights.high(node)).toBeGreaterThanOrEqual(weight)
      }
      weights.countByBits(all)
      for (const node of all) expect(weights.low(node)).toBe((sets[found.seqs[node] as number] as Set<number>).size)
      weights.tighten()
      expect(all.every((node) => weights.isKnown(node))).toBe(true)
    }))
  })

  it('counts by bits across more than one block', () => {
    const graph = graphOf(Array.from({ length: 2_500 }, (_, at) => ({ id: String(at), parents: [at - 3, at - 5].filter((each) => each >= 0).map(String) })))
    const found = suspects(graph, { bad: 2_499, good: [] })
    const sets = ancestorSets(graph)
    const weights = new Weights(found)
    const last = found.seqs.length - 1
    weights.countByBits([last])
    expect(weights.low(last)).toBe((sets[2_499] as Set<number>).size)
  })

  it('counts along a chain, and refuses one that does not ascend', () => {
    const graph = graphOf([['a'], ['b', 'a'], ['c', 'a'], ['d', 'b', 'c']].map(([id = '', ...parents]) => ({ id, parents })))
    const weights = new Weights(suspects(graph, { bad: 3, good: [] }))
    expect([0, 1, 2].map((node) => weights.isKnown(node))).toEqual([true, true, true])
    expect([weights.low(3), weights.high(3)]).toEqual([3, 4])
    weights.countChain([1, 3])
    expect([weights.low(3), weights.high(3)]).toEqual([4, 4])
    expect(() => { weights.countChain([3, 1]) }).toThrow(TypeError)
  })
})
