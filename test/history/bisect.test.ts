import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BisectOptions, type BisectState, type BisectStep, checkTerms, estimateSteps, mapBisectState, mark, nextStep, readTerm, startBisect, verdictOfExit,
} from '../../src/history/bisect.js'
import { aGraph, graphOf, type NamedGraph } from '../helpers/graph.js'
import { ancestorSets, pick, randomGraphs } from '../helpers/random-graph.js'

interface Outcome {
  readonly last: BisectStep
  readonly tested: number[]
}

/** Searches to the end; `isBad` null for a node that cannot be tested. */
function bisect(graph: NamedGraph, start: BisectState<number>, isBad: (seq: number) => boolean | null, options: BisectOptions = {}): Outcome {
  const tested: number[] = []
  let state = start
  for (;;) {
    const last = nextStep(graph, state, options)
    if (last.state !== 'testing') return { last, tested }
    expect(tested).not.toContain(last.candidate)
    tested.push(last.candidate)
    const answer = isBad(last.candidate)
    state = mark(state, answer === null ? 'skip' : answer ? 'bad' : 'good', [last.candidate])
  }
}

function between(bad: number, good: readonly number[]): BisectState<number> {
  return mark(mark(startBisect<number>(), 'bad', [bad]), 'good', good)
}

const line = (size: number): NamedGraph =>
  graphOf(Array.from({ length: size }, (_, at) => ({ id: String(at), parents: at === 0 ? [] : [String(at - 1)] })))

describe('a search along a line', () => {
  it('finds every planted break in at most ceil(log2 n) + 1 tests', () => {
    for (const size of [2, 3, 4, 5, 8, 9, 31, 64, 100]) {
      const graph = line(size)
      for (let culprit = 1; culprit < size; culprit++) {
        const { last, tested } = bisect(graph, between(size - 1, [0]), (seq) => seq >= culprit)
        expect(last).toEqual({ state: 'found', firstBad: culprit, unsure: [] })
        expect(tested.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size - 1)) + 1)
      }
    }
  })

  it('searches a million in under two seconds', () => {
    const parents = Array.from({ length: 1_000_000 }, (_, at) => (at === 0 ? [] : [at - 1]))
    const graph = { parents: (seq: number) => parents[seq] as number[], generation: (seq: number) => seq + 1, orderMs: (seq: number) => seq, compareIds: () => 0 }
    const started = performance.now()
    const step = nextStep(graph, between(999_999, [0]))
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(step).toMatchObject({ state: 'testing', remaining: 499_999, stepsLeft: 19 })
  })
})

/** The tests that git's rule needs at worst, with the oldest of equally good nodes: what git's own list order gives. */
function worstOfGit(sets: readonly Set<number>[], range: readonly number[]): number {
  if (range.length <= 1) return 0
  const weight = (seq: number): number => range.filter((each) => (sets[seq] as Set<number>).has(each)).length
  let best = -1
  let even = -1
  for (const seq of range) {
    const now = Math.min(weight(seq), range.length - weight(seq))
    if (now > even) {
      even = now
      best = seq
    }
  }
  const below = range.filter((each) => (sets[best] as Set<number>).has(each))
  const above = range.filter((each) => !(sets[best] as Set<number>).has(each))
  return 1 + Math.max(worstOfGit(sets, below), worstOfGit(sets, above))
}

describe('a search in any graph', () => {
  it('finds the planted break, never more than one test worse than git at worst', () => {
    fc.assert(fc.property(randomGraphs(30), fc.nat(), (graph, good) => {
      const sets = ancestorSets(graph)
      const bad = graph.size - 1
      const ancestors = [...(sets[bad] as Set<number>)].filter((seq) => seq !== bad)
      fc.pre(ancestors.length > 0)
      const start = ancestors[good % ancestors.length] as number
      const range = [...(sets[bad] as Set<number>)].filter((seq) => !(sets[start] as Set<number>).has(seq)).sort((left, right) => left - right)
      const worst = Math.max(...range.map((culprit) => {
        const { last, tested } = bisect(graph, between(bad, [start]), (seq) => (sets[seq] as Set<number>).has(culprit))
        expect(last).toEqual({ state: 'found', firstBad: culprit, unsure: [] })
        return tested.length
      }))
      expect(worst).toBeLessThanOrEqual(worstOfGit(sets, range) + 1)
    }), { numRuns: 200 })
  })

  it('with nodes that cannot be tested, finds the break or a list that has it', () => {
    fc.assert(fc.property(randomGraphs(30), fc.nat(), fc.integer({ min: 2, max: 5 }), (graph, chosen, every) => {
      const sets = ancestorSets(graph)
      const bad = graph.size - 1
      const good = [...(sets[bad] as Set<number>)].reduce((least, seq) => Math.min(least, seq), bad)
      const range = [...(sets[bad] as Set<number>)].filter((seq) => !(sets[good] as Set<number>).has(seq))
      fc.pre(range.length > 0)
      const culprit = range[chosen % range.length] as number
      const { last } = bisect(graph, between(bad, [good]), (seq) => (seq % every === 0 ? null : (sets[seq] as Set<number>).has(culprit)))
      if (last.state === 'found') expect(last.firstBad).toBe(culprit)
      else expect(last).toMatchObject({ state: 'stuck', candidates: expect.arrayContaining([culprit]) as unknown })
    }))
  })

  it('ends on any marks at all', () => {
    fc.assert(fc.property(randomGraphs(20), fc.nat(), fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), fc.array(fc.constantFrom(true, false, null), { minLength: 1 }), (graph, bad, good, answers) => {
      let asked = 0
      const { last } = bisect(graph, between(pick(graph, bad), good.map((each) => pick(graph, each))), () => answers[asked++ % answers.length] as boolean | null)
      expect(['found', 'stuck', 'inverted', 'empty']).toContain(last.state)
    }))
  })

  it('gives the same answer for the same marks', () => {
    fc.assert(fc.property(randomGraphs(30), fc.array(fc.nat(), { maxLength: 5 }), (graph, skipped) => {
      const state = mark(between(graph.size - 1, [0]), 'skip', skipped.map((each) => pick(graph, each)))
      expect(nextStep(graph, state)).toEqual(nextStep(graph, state))
    }))
  })

  it('follows first parents only where asked: the merge is then the answer', () => {
    const graph = aGraph('r-a-m-t, r-x-y-m')
    const culprit = graph.seq('x')
    const sets = ancestorSets(graph)
    const isBad = (seq: number): boolean => (sets[seq] as Set<number>).has(culprit)
    const start = between(graph.seq('t'), [graph.seq('r')])
    expect(bisect(graph, start, isBad, { firstParent: true }).last).toMatchObject({ firstBad: graph.seq('m') })
    expect(bisect(graph, start, isBad).last).toMatchObject({ firstBad: culprit })
  })
})

describe('before the search', () => {
  it('waits for a bad and for a good one', () => {
    const graph = aGraph('a-b-c')
    expect(nextStep(graph, startBisect())).toEqual({ state: 'waiting', needs: ['bad', 'good'] })
    expect(nextStep(graph, mark(startBisect<number>(), 'bad', [2]))).toEqual({ state: 'waiting', needs: ['good'] })
    expect(nextStep(graph, mark(startBisect<number>(), 'good', [0]))).toEqual({ state: 'waiting', needs: ['bad'] })
  })

  it('says when good and bad are mistaken', () => {
    const graph = aGraph('a-b-c')
    expect(nextStep(graph, between(0, [2]))).toEqual({ state: 'inverted', bad: 0, good: [2] })
    expect(nextStep(graph, between(1, [1]))).toEqual({ state: 'inverted', bad: 1, good: [1] })
  })

  it('finds at once when nothing lies between', () => {
    expect(nextStep(aGraph('a-b'), between(1, [0]))).toEqual({ state: 'found', firstBad: 1, unsure: [] })
  })
})

describe('a good one on another branch', () => {
  const graph = aGraph('r-base-x-bad, base-y-good')
  const start = between(graph.seq('bad'), [graph.seq('good')])

  it('has the merge base tested first; good, the search goes on from there', () => {
    expect(nextStep(graph, start)).toMatchObject({ state: 'testing', candidate: graph.seq('base'), because: 'merge-base' })
    expect(nextStep(graph, mark(start, 'good', [graph.seq('base')]))).toMatchObject({ state: 'testing', candidate: graph.seq('x'), because: 'midpoint' })
  })

  it('ends when the merge base is bad: the break was mended on the way to the good one', () => {
    expect(nextStep(graph, mark(start, 'bad', [graph.seq('base')]))).toEqual({ state: 'inverted', bad: graph.seq('base'), good: [graph.seq('good')] })
  })

  it('goes on, less sure, when the merge base is skipped', () => {
    expect(nextStep(graph, mark(start, 'skip', [graph.seq('base')]))).toMatchObject({ state: 'testing', candidate: graph.seq('x'), unsure: [graph.seq('base')] })
  })

  it('has every merge base of a criss-cross tested', () => {
    const cross = aGraph('r-a, r-b, a-bad, b-bad, b-good, a-good')
    const first = nextStep(cross, between(cross.seq('bad'), [cross.seq('good')]))
    expect(first).toMatchObject({ because: 'merge-base' })
    const second = nextStep(cross, mark(between(cross.seq('bad'), [cross.seq('good')]), 'good', [first.state === 'testing' ? first.candidate : -1]))
    expect(second).toMatchObject({ because: 'merge-base' })
    expect(second).not.toMatchObject({ candidate: first.state === 'testing' ? first.candidate : -1 })
  })

  it('needs no base when the histories are unrelated', () => {
    const two = aGraph('a-b-c-d, x-y')
    expect(nextStep(two, between(two.seq('d'), [two.seq('y')]))).toMatchObject({ state: 'testing', because: 'midpoint' })
  })
})

describe('skipping', () => {
  it('cannot tell between the skipped ones and the bad one, newest first', () => {
    const graph = line(5)
    expect(nextStep(graph, mark(between(4, [1]), 'skip', [2, 3]))).toEqual({ state: 'stuck', candidates: [4, 3, 2], unsure: [] })
    expect(nextStep(graph, mark(between(3, [1]), 'skip', [2]))).toEqual({ state: 'stuck', candidates: [3, 2], unsure: [] })
  })

  it('minds neither a bad one that was skipped nor skips outside the range', () => {
    expect(nextStep(line(5), mark(between(2, [1]), 'skip', [2, 0, 4]))).toEqual({ state: 'found', firstBad: 2, unsure: [] })
  })

  it('goes away from a skipped one but stays inside', () => {
    const graph = line(100)
    const step = nextStep(graph, between(99, [0]))
    const middle = step.state === 'testing' ? step.candidate : -1
    const other = nextStep(graph, mark(between(99, [0]), 'skip', [middle]))
    expect(other).toMatchObject({ state: 'testing' })
    expect(Math.abs((other.state === 'testing' ? other.candidate : -1) - middle)).toBeGreaterThan(1)
  })

  it('still finds a break behind a long untestable stretch', () => {
    const { last, tested } = bisect(line(200), between(199, [0]), (seq) => (seq > 80 && seq < 120 ? null : seq >= 150))
    expect(last).toEqual({ state: 'found', firstBad: 150, unsure: [] })
    expect(tested.length).toBeLessThan(25)
  })
})

describe('a search among relevant nodes only', () => {
  it('tests no other, and counts no other', () => {
    const graph = line(100)
    const relevant = (seq: number): boolean => seq % 10 === 0
    const { last, tested } = bisect(graph, between(99, [0]), (seq) => seq >= 40, { relevant })
    expect(last).toMatchObject({ state: 'found', firstBad: 40 })
    expect(tested.every(relevant)).toBe(true)
    expect(tested.length).toBeLessThanOrEqual(5)
  })

  it('says when the filter leaves nothing, or when the break is elsewhere', () => {
    const graph = line(10)
    expect(nextStep(graph, between(9, [0]), { relevant: () => false })).toEqual({ state: 'empty' })
    expect(bisect(graph, between(9, [0]), (seq) => seq >= 8, { relevant: (seq) => seq === 3 }).last).toEqual({ state: 'empty' })
  })
})

describe('the state', () => {
  it('is plain data that survives JSON and goes from numbers to ids and back', () => {
    const graph = aGraph('a-b-c-d')
    const state = mark(between(3, [0]), 'skip', [1])
    const kept = JSON.parse(JSON.stringify(mapBisectState(state, graph.id))) as BisectState<string>
    expect(kept).toEqual({ bad: 'd', origin: 'd', good: ['a'], skipped: ['b'], terms: null })
    expect(mapBisectState(kept, graph.seq)).toEqual(state)
  })

  it('keeps each mark once, and the last bad one', () => {
    const state = mark(mark(between(3, [0, 0]), 'good', [0, 1]), 'bad', [2])
    expect(state).toEqual({ bad: 2, origin: 3, good: [0, 1], skipped: [], terms: null })
    expect(mark(state, 'bad', [])).toEqual(state)
  })
})

describe('the words', () => {
  it('understands either pair until one is used, then only that', () => {
    const first = readTerm('new', null)
    expect(first).toEqual({ verdict: 'bad', terms: { bad: 'new', good: 'old' } })
    expect(readTerm('old', first.terms).verdict).toBe('good')
    expect(() => readTerm('good', first.terms)).toThrow("does not know the term 'good'")
    expect(readTerm('skip', first.terms)).toEqual({ verdict: 'skip', terms: first.terms })
    expect(() => readTerm('maybe', null)).toThrow('maybe')
  })

  it('takes terms of one choice, and refuses what would confuse', () => {
    expect(readTerm('slow', { bad: 'slow', good: 'fast' }).verdict).toBe('bad')
    expect(startBisect({ bad: 'term1', good: 'term2' }).terms).toEqual({ bad: 'term1', good: 'term2' })
    for (const [bad, good] of [['a', 'a'], ['good', 'x'], ['x', 'bad'], ['old', 'x'], ['x', 'new'], ['run', 'x'], ['x', 'skip'], ['', 'x'], ['a b', 'x'], ['-a', 'x'], ['a..b', 'x']] as const) {
      expect(() => { checkTerms({ bad, good }) }).toThrow(expect.objectContaining({ code: 'USAGE' }) as Error)
    }
    checkTerms({ bad: 'bad', good: 'good' })
  })

  it('reads exit codes as git does', () => {
    expect([0, 1, 124, 125, 126, 127, 128, 255, -1, null].map(verdictOfExit)).toEqual(['good', 'bad', 'bad', 'skip', 'bad', 'bad', 'abort', 'abort', 'abort', 'abort'])
  })

  it('estimates as git does', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 15, 16, 1_000_000].map(estimateSteps)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 19])
  })
})
