/**
 * Searches texts for a pattern in time linear in the text, whatever the pattern: all places that it may be in are followed at once, and nothing is
 * ever tried again. A pattern without operators is a plain search.
 */
import { isWord, parsePattern, refusePattern, type CharTest, type PatternNode } from './parse-pattern.js'

export interface TextPattern {
  /** Tells whether a line holds the pattern. */
  matches(line: string): boolean
}

export interface PatternOptions {
  readonly kind?: 'fixed' | 'extended'
  readonly ignoreCase?: boolean
}

type Step =
  | { readonly is: 'char'; readonly test: CharTest }
  | { readonly is: 'edge'; readonly edge: 'start' | 'end' | 'word' | 'not-word' }
  | { readonly is: 'split'; readonly to: readonly number[] }
  | { readonly is: 'match' }

const MAX_STEPS = 10_000
const OPERATORS = /[.^$*+?()[\]{}|\\]/

/** Returns what finds a pattern; throws `USAGE` for one that cannot be read or takes too many steps. */
export function createTextPattern(pattern: string, options: PatternOptions = {}): TextPattern {
  const ignoreCase = options.ignoreCase === true
  if (options.kind === 'fixed' || !OPERATORS.test(pattern)) return plainPattern(pattern, ignoreCase)
  const steps = compile(pattern, parsePattern(pattern, { ignoreCase }))
  return { matches: (line) => run(steps, line) }
}

/** Returns what finds any of several patterns. */
export function anyPattern(patterns: readonly TextPattern[]): TextPattern {
  const [only] = patterns
  return patterns.length === 1 && only !== undefined ? only : { matches: (line) => patterns.some((pattern) => pattern.matches(line)) }
}

function plainPattern(pattern: string, ignoreCase: boolean): TextPattern {
  const wanted = ignoreCase ? pattern.toLowerCase() : pattern
  return { matches: ignoreCase ? (line) => line.toLowerCase().includes(wanted) : (line) => line.includes(wanted) }
}

function compile(pattern: string, root: PatternNode): readonly Step[] {
  const steps: Step[] = []
  const push = (step: Step): number => {
    if (steps.length >= MAX_STEPS) throw refusePattern(pattern, 'it repeats too much')
    return steps.push(step) - 1
  }
  const add = (node: PatternNode): void => {
    switch (node.is) {
      case 'char': case 'edge':
        push(node)
        return
      case 'all':
        for (const part of node.nodes) add(part)
        return
      case 'any': {
        const split = push({ is: 'split', to: [] })
        const starts: number[] = []
        const ends: number[] = []
        for (const part of node.nodes) {
          starts.push(steps.length)
          add(part)
          ends.push(push({ is: 'split', to: [] }))
        }
        steps[split] = { is: 'split', to: starts }
        for (const end of ends) steps[end] = { is: 'split', to: [steps.length] }
        return
      }
      case 'repeat':
        addRepeat(node)
    }
  }
  const addRepeat = (node: PatternNode & { readonly is: 'repeat' }): void => {
    for (let times = 0; times < node.min; times++) add(node.node)
    if (node.max === Infinity) {
      const loop = push({ is: 'split', to: [] })
      add(node.node)
      push({ is: 'split', to: [loop] })
      steps[loop] = { is: 'split', to: [loop + 1, steps.length] }
      return
    }
    const exits: number[] = []
    for (let times = node.min; times < node.max; times++) {
      exits.push(push({ is: 'split', to: [] }))
      add(node.node)
    }
    for (const exit of exits) steps[exit] = { is: 'split', to: [exit + 1, steps.length] }
  }
  add(root)
  push({ is: 'match' })
  return steps
}

/** Follows every step that the pattern may be at, character by character; each at most once per character. */
function run(steps: readonly Step[], line: string): boolean {
  const mark = new Int32Array(steps.length).fill(-1)
  let current: number[] = []
  let previous = -1
  for (let at = 0; ; ) {
    const code = line.codePointAt(at)
    const place: Place = { at, isStart: at === 0, isEnd: code === undefined, isWordBefore: previous >= 0 && isWord(previous), isWordAfter: code !== undefined && isWord(code) }
    const active: number[] = []
    for (const step of current) if (follow(steps, step, { place, mark, active })) return true
    if (follow(steps, 0, { place, mark, active })) return true
    if (code === undefined) return false
    current = []
    for (const at of active) {
      const step = steps[at]
      if (step?.is === 'char' && step.test(code)) current.push(at + 1)
    }
    previous = code
    at += code > 0xffff ? 2 : 1
  }
}

interface Place { readonly at: number; readonly isStart: boolean; readonly isEnd: boolean; readonly isWordBefore: boolean; readonly isWordAfter: boolean }
interface Front { readonly place: Place; readonly mark: Int32Array; readonly active: number[] }

/** Adds the steps that can be reached without a character; returns true at the end of the pattern. */
function follow(steps: readonly Step[], from: number, { place, mark, active }: Front): boolean {
  const stack = [from]
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (mark[at] === place.at) continue
    mark[at] = place.at
    const step = steps[at]
    if (step === undefined) continue
    if (step.is === 'match') return true
    if (step.is === 'char') active.push(at)
    else if (step.is === 'split') stack.push(...step.to)
    else if (holds(step.edge, place)) stack.push(at + 1)
  }
  return false
}

function holds(edge: (Step & { readonly is: 'edge' })['edge'], place: Place): boolean {
  switch (edge) {
    case 'start': return place.isStart
    case 'end': return place.isEnd
    case 'word': return place.isWordBefore !== place.isWordAfter
    case 'not-word': return place.isWordBefore === place.isWordAfter
  }
}
