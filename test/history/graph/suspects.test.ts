import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { suspects } from '../../../src/history/graph/suspects.js'
import { aGraph, graphOf } from '../../helpers/graph.js'
import { ancestorSets, pick, randomGraphs } from '../../helpers/random-graph.js'

describe('suspects', () => {
  it('are what the bad one reaches and no good one does, with their links; good strangers are told', () => {
    fc.assert(fc.property(randomGraphs(50), fc.nat(), fc.array(fc.nat(), { maxLength: 3 }), (graph, badNumber, goodNumbers) => {
      const sets = ancestorSets(graph)
      const bad = pick(graph, badNumber)
      const good = goodNumbers.map((each) => pick(graph, each))
      const without = new Set(good.flatMap((seq) => [...(sets[seq] as Set<number>)]))
      const expected = [...(sets[bad] as Set<number>)].filter((seq) => !without.has(seq)).sort((left, right) => left - right)
      const found = suspects(graph, { bad, good }, { relevant: (seq) => seq % 2 === 0 })
      expect([...found.seqs]).toEqual(expected)
      expect([...found.counts]).toEqual(expected.map((seq) => (seq % 2 === 0 ? 1 : 0)))
      expect(found.total).toBe(expected.filter((seq) => seq % 2 === 0).length)
      expected.forEach((seq, node) => {
        const links = found.parents.slice(found.parentsFrom[node], found.parentsFrom[node + 1])
        expect([...links].map((link) => found.seqs[link])).toEqual(graph.parents(seq).filter((parent) => expected.includes(parent)))
      })
      const strangers = [...new Set(good)].filter((seq) => !(sets[bad] as Set<number>).has(seq)).sort((left, right) => left - right)
      expect(found.strangers).toEqual(strangers)
    }))
  })

  it('follow first parents only where asked, but a good one clears all it reaches', () => {
    const graph = aGraph('r-a-m-t, r-b-m')
    const bad = graph.seq('t')
    expect(graph.ids(suspects(graph, { bad, good: [graph.seq('r')] }, { firstParent: true }).seqs)).toEqual(['a', 'm', 't'])
    expect(graph.ids(suspects(graph, { bad, good: [graph.seq('b')] }, { firstParent: true }).seqs)).toEqual(['a', 'm', 't'])
    expect(suspects(graph, { bad, good: [graph.seq('b')] }, { firstParent: true }).strangers).toEqual([])
  })

  it('end at the lowest good one', () => {
    const graph = graphOf(Array.from({ length: 5_000 }, (_, at) => ({ id: String(at), parents: at === 0 ? [] : [String(at - 1)] })))
    graph.reads.count = 0
    expect(suspects(graph, { bad: 4_999, good: [4_990] }).total).toBe(9)
    expect(graph.reads.count).toBeLessThan(25)
  })
})
