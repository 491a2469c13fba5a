import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { estimateSteps, nextStep } from '../../../src/history/bisect.js'
import { independent, mergeBases, octopusMergeBases } from '../../../src/history/graph/merge-base.js'
import { isAncestor, symmetricDifference } from '../../../src/history/graph/reachable.js'
import { graphOf, type NamedGraph } from '../../helpers/graph.js'
import { suitePath } from '../../helpers/suites.js'

const sorted = (ids: readonly string[]): string[] => [...ids].sort()

function candidateOf(graph: NamedGraph, bad: string, good: readonly string[], firstParent = false): string {
  const state = { bad: graph.seq(bad), origin: graph.seq(bad), good: graph.seqs(good), skipped: [], terms: null }
  const step = nextStep(graph, state, { firstParent })
  // A range of one needs no test: git names the bad one itself.
  if (step.state === 'found') return graph.id(step.firstBad)
  if (step.state !== 'testing') throw new Error(step.state)
  return graph.id(step.candidate)
}

interface NamedDag {
  name: string
  nodes: { id: string; t: number; parents: string[] }[]
  checks: { op: string; args: string[]; expected: string[] | boolean; bad: string; good: string[]; acceptable: string[] }[]
}

const dags = suitePath('git-named-dags')
describe.skipIf(dags === undefined)("the graphs that git's own tests draw", () => {
  const all = dags === undefined ? [] : (JSON.parse(readFileSync(join(dags, 'named-dags.json'), 'utf8')) as NamedDag[])
  it('are all there, with their 74 checks', () => {
    expect(all.reduce((sum, dag) => sum + dag.checks.length, 0)).toBe(74)
  })
  for (const dag of all) {
    const graph = graphOf(dag.nodes.map(({ id, t, parents }) => ({ id, parents, timeMs: t * 1000 })))
    dag.checks.forEach((check, at) => {
      it(`${dag.name}: ${check.op} ${(check.args ?? [check.bad, ...check.good]).join(' ')} (${at})`, () => {
        const seqs = graph.seqs(check.args ?? [])
        const [first = -1, ...rest] = seqs
        switch (check.op) {
          case 'merge-base --all':
            return expect(sorted(graph.ids(mergeBases(graph, first, rest)))).toEqual(sorted(check.expected as string[]))
          case 'merge-base --all --octopus':
            return expect(sorted(graph.ids(octopusMergeBases(graph, seqs)))).toEqual(sorted(check.expected as string[]))
          case 'merge-base --independent':
            return expect(sorted(graph.ids(independent(graph, seqs)))).toEqual(sorted(check.expected as string[]))
          case 'is-ancestor':
            return expect(isAncestor(graph, first, rest[0] as number)).toBe(check.expected)
          case 'bisect-next':
          case 'bisect-next --first-parent':
            return expect(check.acceptable).toContain(candidateOf(graph, check.bad, check.good, check.op !== 'bisect-next'))
          default:
            throw new Error(check.op)
        }
      })
    })
  }
})

interface OracleCases {
  commits: number
  mergeBase: { a: string; b: string; all: string[] }[]
  isAncestor: { a: string; b: string; expected: boolean }[]
  range: { a: string; b: string; onlyA: number; onlyB: number }[]
  independent: { commits: string[]; independent: string[] }[]
  bisect: { bad: string; good: string[]; candidates: number; acceptableNext: string[]; acceptableCount: number; gitEstimatedSteps: number }[]
}

function topology(file: string): NamedGraph {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n').reverse()
  return graphOf(lines.map((line) => {
    const [id = '', seconds, parents = ''] = line.split('\t')
    return { id, timeMs: Number(seconds) * 1000, parents: parents.split(' ').filter((each) => each !== '') }
  }))
}

const oracle = suitePath('git-dag-oracle')
const repositories = oracle === undefined ? [] : readdirSync(oracle).filter((name) => name.endsWith('.cases.json.gz')).map((name) => name.split('.')[0] as string)
describe.skipIf(oracle === undefined).each(repositories)('git asked about %s', (name) => {
  const graph = topology(join(oracle as string, `${name}.topology.tsv.gz`))
  const cases = JSON.parse(gunzipSync(readFileSync(join(oracle as string, `${name}.cases.json.gz`))).toString('utf8')) as OracleCases

  it('has the same commits', () => {
    expect(graph.size).toBe(cases.commits)
  })

  it('finds the same merge bases', () => {
    expect.assertions(cases.mergeBase.length)
    for (const { a, b, all } of cases.mergeBase) {
      expect(sorted(graph.ids(mergeBases(graph, graph.seq(a), [graph.seq(b)])))).toEqual(sorted(all))
    }
  })

  it('knows the same ancestors', () => {
    expect.assertions(cases.isAncestor.length)
    for (const { a, b, expected } of cases.isAncestor) expect(isAncestor(graph, graph.seq(a), graph.seq(b))).toBe(expected)
  })

  it('counts the same ranges', () => {
    expect.assertions(cases.range.length)
    for (const { a, b, onlyA, onlyB } of cases.range) {
      const { left, right } = symmetricDifference(graph, [graph.seq(a)], [graph.seq(b)])
      expect({ onlyA: left.size, onlyB: right.size }).toEqual({ onlyA, onlyB })
    }
  })

  it('keeps the same independent commits', () => {
    expect.assertions(cases.independent.length)
    for (const { commits, independent: expected } of cases.independent) {
      expect(sorted(graph.ids(independent(graph, graph.seqs(commits))))).toEqual(sorted(expected))
    }
  })

  it('tests an equally good commit next, and estimates the same number of steps', () => {
    expect.assertions(cases.bisect.length * 2)
    for (const { bad, good, candidates, acceptableNext, gitEstimatedSteps } of cases.bisect) {
      expect(acceptableNext).toContain(candidateOf(graph, bad, good))
      expect(estimateSteps(candidates)).toBe(gitEstimatedSteps)
    }
  })
})
