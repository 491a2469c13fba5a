import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { walk } from '../../../src/history/graph/walk.js'
import { aGraph, graphOf } from '../../helpers/graph.js'
import { ancestorSets, pick, randomGraphs } from '../../helpers/random-graph.js'

const starts = fc.array(fc.nat(), { maxLength: 3 })

describe('walk', () => {
  it('is the reachable set, sorted by corrected time and then by id, without what is hidden', () => {
    fc.assert(fc.property(randomGraphs(40), starts, starts, (graph, from, hide) => {
      const sets = ancestorSets(graph)
      const hidden = new Set(hide.flatMap((each) => [...(sets[pick(graph, each)] as Set<number>)]))
      const shown = new Set(from.flatMap((each) => [...(sets[pick(graph, each)] as Set<number>)]))
      const expected = [...shown].filter((seq) => !hidden.has(seq))
        .sort((left, right) => graph.orderMs(right) - graph.orderMs(left) || graph.compareIds(left, right))
      const found = [...walk(graph, from.map((each) => pick(graph, each)), { hide: hide.map((each) => pick(graph, each)) })]
      expect(found).toEqual(expected)
    }))
  })

  it('yields children before parents although a clock went backwards', () => {
    const graph = graphOf([{ id: 'a', parents: [], timeMs: 500 }, { id: 'b', parents: ['a'], timeMs: 3 }, { id: 'c', parents: [], timeMs: 400 }])
    expect(graph.ids(walk(graph, graph.seqs(['c', 'b'])))).toEqual(['b', 'a', 'c'])
  })

  it('stops below a time and after a number of nodes', () => {
    const graph = aGraph('a-b-c-d-e')
    expect(graph.ids(walk(graph, [4], { since: 2 }))).toEqual(['e', 'd', 'c'])
    expect(graph.ids(walk(graph, [4], { limit: 2 }))).toEqual(['e', 'd'])
    expect([...walk(graph, [4], { limit: 0 })]).toEqual([])
    expect([...walk(graph, [])]).toEqual([])
  })

  it('follows first parents only, and still hides through every parent', () => {
    const graph = aGraph('r-a-m-t, r-b-m')
    expect(graph.ids(walk(graph, [graph.seq('t')], { firstParent: true }))).toEqual(['t', 'm', 'a', 'r'])
    const hidden = aGraph('r-a-b-t, r-x-h, a-h')
    expect(hidden.ids(walk(hidden, [hidden.seq('t')], { firstParent: true, hide: [hidden.seq('h')] }))).toEqual(['t', 'b'])
  })

  it('reads no more than it yields', () => {
    const graph = graphOf(Array.from({ length: 50_000 }, (_, at) => ({ id: String(at), parents: at === 0 ? [] : [String(at - 1)] })))
    graph.reads.count = 0
    expect([...walk(graph, [49_999], { limit: 20 })]).toHaveLength(20)
    expect(graph.reads.count).toBe(19)
    graph.reads.count = 0
    expect([...walk(graph, [49_999], { hide: [49_990] })]).toHaveLength(9)
    expect(graph.reads.count).toBeLessThan(12)
  })
})
