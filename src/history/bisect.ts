/**
 * The search for the ATOM that broke something, as a machine without memory of its own: `nextStep` looks at what was
 * marked and says what to test; `mark` adds an answer. On a line it asks at most ceil(log2 n) + 1 times, on any other
 * graph it halves as well as the graph allows. It never tests, lays out or stores anything: that is the caller's.
 */
import { AtomError } from '../base/errors.js'
import { mergeBases } from './graph/merge-base.js'
import { midpoint } from './graph/midpoint.js'
import { isAncestor } from './graph/reachable.js'
import { type Suspects, suspects } from './graph/suspects.js'
import type { Graph } from './graph/types.js'

/** `bad` has what is searched for (the break, or with other terms any change), `good` does not have it yet. */
export type BisectVerdict = 'bad' | 'good' | 'skip'

/** The two words that the user says for bad and good. */
export interface BisectTerms {
  readonly bad: string
  readonly good: string
}

/**
 * What was marked so far: plain data, to be kept as JSON. `Node` is the sequence number for `nextStep`, and whatever
 * lasts (an object id) where the state is kept; `mapBisectState` goes from one to the other.
 */
export interface BisectState<Node> {
  readonly bad: Node | null
  /** The first one that was marked bad. Good ones are checked against it once; that a later bad one has not all of them below it is no surprise. */
  readonly origin: Node | null
  readonly good: readonly Node[]
  readonly skipped: readonly Node[]
  /** Null until the first word is said. */
  readonly terms: BisectTerms | null
}

export interface BisectOptions {
  /** Searches the first-parent line only: the answer may then be a merge. */
  readonly firstParent?: boolean
  /** Tells whether a node can be the break (by path or type). The others are never tested and do not count. */
  readonly relevant?: (seq: number) => boolean
}

export interface BisectTesting {
  readonly state: 'testing'
  readonly candidate: number
  /** Why this one: it halves the range, or a good node is no ancestor of the bad one and so their base comes first. */
  readonly because: 'midpoint' | 'merge-base'
  /** Suspects that may still have to be tested after this one, at worst. */
  readonly remaining: number
  /** Tests after this one, roughly, as git estimates them. */
  readonly stepsLeft: number
  /** Merge bases that were skipped: the break may lie before them, outside the range. */
  readonly unsure: readonly number[]
}

/** What `nextStep` answers. */
export type BisectStep =
  | BisectTesting
  | { readonly state: 'waiting'; readonly needs: readonly ('bad' | 'good')[] }
  | { readonly state: 'found'; readonly firstBad: number; readonly unsure: readonly number[] }
  /** Only skipped ones are left: the break is one of these, newest first. */
  | { readonly state: 'stuck'; readonly candidates: readonly number[]; readonly unsure: readonly number[] }
  /** The bad one comes before (or is) these good ones: the words were mistaken, or the break was mended in between. */
  | { readonly state: 'inverted'; readonly bad: number; readonly good: readonly number[] }
  /** No relevant node lies between good and bad: the filter leaves nothing to search. */
  | { readonly state: 'empty' }

/** Returns the state before anything is marked. Throws `USAGE` for terms that cannot be used. */
export function startBisect<Node>(terms: BisectTerms | null = null): BisectState<Node> {
  if (terms !== null) checkTerms(terms)
  return { bad: null, origin: null, good: [], skipped: [], terms }
}

/** Returns the state with an answer added. The last bad one replaces the one before; good and skipped ones gather. */
export function mark<Node>(state: BisectState<Node>, verdict: BisectVerdict, nodes: readonly Node[]): BisectState<Node> {
  const added = (list: readonly Node[]): readonly Node[] => [...new Set([...list, ...nodes])]
  switch (verdict) {
    case 'good': return { ...state, good: added(state.good) }
    case 'skip': return { ...state, skipped: added(state.skipped) }
    case 'bad': {
      const bad = nodes.at(-1) ?? state.bad
      return { ...state, bad, origin: state.origin ?? bad }
    }
  }
}

/** Returns the same state with its nodes put differently: ids for numbers, or numbers for ids. */
export function mapBisectState<From, To>(state: BisectState<From>, convert: (node: From) => To): BisectState<To> {
  return {
    bad: state.bad === null ? null : convert(state.bad),
    origin: state.origin === null ? null : convert(state.origin),
    good: state.good.map(convert),
    skipped: state.skipped.map(convert),
    terms: state.terms,
  }
}

/** Returns what to do next. The same marks on the same graph give the same answer. */
export function nextStep(graph: Graph, state: BisectState<number>, options: BisectOptions = {}): BisectStep {
  const { bad, good } = state
  if (bad === null || good.length === 0) {
    return { state: 'waiting', needs: [...(bad === null ? ['bad' as const] : []), ...(good.length === 0 ? ['good' as const] : [])] }
  }
  const range = suspects(graph, { bad, good }, options)
  if (range.seqs.length === 0) return { state: 'inverted', bad, good: good.filter((each) => isAncestor(graph, bad, each)) }
  const skipped = new Set(state.skipped)
  const unsure: number[] = []
  const origin = state.origin !== null && isAncestor(graph, bad, state.origin) ? state.origin : bad
  if (range.strangers.some((each) => !isAncestor(graph, each, origin))) {
    for (const base of mergeBases(graph, origin, good)) {
      if (good.includes(base)) continue
      if (!skipped.has(base)) return testing(range, base, 'merge-base')
      unsure.push(base)
    }
  }
  return search(range, { bad, skipped, unsure })
}

interface SearchContext {
  readonly bad: number
  readonly skipped: ReadonlySet<number>
  readonly unsure: readonly number[]
}

function search(range: Suspects, { bad, skipped, unsure }: SearchContext): BisectStep {
  const seqOf = (node: number): number => range.seqs[node] as number
  const middle = midpoint(range, (node) => seqOf(node) !== bad && !skipped.has(seqOf(node)))
  if (middle !== undefined) {
    return { ...testing(range, seqOf(middle.node), 'midpoint'), remaining: Math.max(0, Math.max(middle.weight, range.total - middle.weight) - 1), unsure }
  }
  const left = [...range.seqs.filter((_, node) => range.counts[node] === 1)].reverse()
  const [first] = left
  if (first === undefined) return { state: 'empty' }
  return first === bad && left.length === 1 ? { state: 'found', firstBad: bad, unsure } : { state: 'stuck', candidates: left, unsure }
}

function testing(range: Suspects, candidate: number, because: BisectTesting['because']): BisectTesting {
  return { state: 'testing', candidate, because, remaining: range.total, stepsLeft: estimateSteps(range.total), unsure: [] }
}

/** Returns how many tests are still to come after the next one, roughly, for `suspects` nodes: git's estimate. */
export function estimateSteps(suspects: number): number {
  if (suspects < 3) return 0
  const whole = 31 - Math.clz32(suspects)
  const power = 2 ** whole
  return power < 3 * (suspects - power) ? whole : whole - 1
}

/** Words that are commands of `bisect`, or that mean something there. */
const RESERVED_TERMS = new Set(['help', 'start', 'next', 'reset', 'skip', 'view', 'visualize', 'replay', 'log', 'run', 'terms', 'state'])

/** Throws `USAGE` unless the two words differ, can be told from the commands, and do not turn good and bad round. */
export function checkTerms(terms: BisectTerms): void {
  for (const word of [terms.bad, terms.good]) {
    if (!/^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u.test(word) || word.includes('..') || word.endsWith('.')) {
      throw refusedTerm(word, `'${word}' cannot be a term`, 'take a word of letters, digits, - and _')
    }
    if (RESERVED_TERMS.has(word)) throw refusedTerm(word, `'${word}' is a command of bisect and cannot be a term`, 'take another word')
  }
  if (terms.bad === 'good' || terms.bad === 'old') throw refusedTerm(terms.bad, `'${terms.bad}' cannot stand for bad`, 'swap the two terms')
  if (terms.good === 'bad' || terms.good === 'new') throw refusedTerm(terms.good, `'${terms.good}' cannot stand for good`, 'swap the two terms')
  if (terms.bad === terms.good) throw refusedTerm(terms.bad, `both terms are '${terms.bad}'`, 'take two different words')
}

/**
 * Returns what a word means and the terms from then on. Until terms are chosen, bad/good and new/old are both understood;
 * the first word said decides. Throws `USAGE` for a word of the other pair, or of none.
 */
export function readTerm(word: string, terms: BisectTerms | null): { verdict: BisectVerdict; terms: BisectTerms | null } {
  if (word === 'skip') return { verdict: 'skip', terms }
  for (const pair of terms === null ? [{ bad: 'bad', good: 'good' }, { bad: 'new', good: 'old' }] : [terms]) {
    if (word === pair.bad) return { verdict: 'bad', terms: pair }
    if (word === pair.good) return { verdict: 'good', terms: pair }
  }
  const known = terms ?? { bad: 'bad', good: 'good' }
  throw refusedTerm(word, `this bisect does not know the term '${word}'`, `say ${known.bad}, ${known.good} or skip`)
}

/**
 * Returns what the exit code of a test command means: 0 good, 125 skip, 1 to 127 bad; `abort` from 128 on, and for a
 * command that a signal ended (null), because such a test has not judged anything.
 */
export function verdictOfExit(exitCode: number | null): BisectVerdict | 'abort' {
  if (exitCode === 0) return 'good'
  if (exitCode === 125) return 'skip'
  return exitCode !== null && exitCode > 0 && exitCode < 128 ? 'bad' : 'abort'
}

function refusedTerm(value: string, message: string, hint: string): AtomError<'USAGE'> {
  return new AtomError('USAGE', message, { data: { value }, hint })
}
