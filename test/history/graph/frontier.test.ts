import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BY_SEQ, byTime, Frontier } from '../../../src/history/graph/frontier.js'
import { graphOf } from '../../helpers/graph.js'

it('lets the greatest go first, each once, with all its bits', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 7 }))), (added) => {
    const frontier = new Frontier(BY_SEQ)
    const expected = new Map<number, number>()
    for (const [seq, flags] of added) {
      expect(frontier.add(seq, flags)).toBe(expected.get(seq) ?? 0)
      expected.set(seq, (expected.get(seq) ?? 0) | flags)
    }
    expect(frontier.size).toBe(expected.size)
    const taken: [number, number][] = []
    for (let seq = frontier.take(); seq !== undefined; seq = frontier.take()) taken.push([seq, frontier.takenFlags])
    expect(taken).toEqual([...expected].sort((left, right) => right[0] - left[0]))
  }))
})

it('breaks ties of time by id', () => {
  const graph = graphOf(['b', 'c', 'a'].map((id) => ({ id, parents: [], timeMs: 7 })))
  const frontier = new Frontier(byTime(graph))
  for (const seq of [0, 1]) frontier.add(seq, 1)
  expect(frontier.isNext(graph.seq('a'))).toBe(true)
  expect(frontier.isNext(graph.seq('c'))).toBe(false)
  expect(graph.id(frontier.take() as number)).toBe('b')
})
