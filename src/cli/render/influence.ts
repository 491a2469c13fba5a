/** The influenced_by cone as an indented tree. */
import type { InfluenceStep } from '../../ops/look/influence.js'
import { toAtomJson } from '../../trail/atom-json.js'
import type { Line, Span, View } from '../terminal/output.js'
import { isoTime, taintSpans, titleSpan } from './atom-lines.js'

const MAX_INDENT = 40

/** Returns one line of the tree; what was shown above already says so and is not gone into again. */
export function influenceLine(step: InfluenceStep, view: View): Line {
  const { depth, atom, via, object, isRepeat } = step
  const indent = depth > MAX_INDENT ? `${'  '.repeat(MAX_INDENT)}(${String(depth)}) ` : '  '.repeat(depth)
  const arrow: readonly Span[] = depth === 0 ? [] : [['graph', via === 'parent' ? '^- ' : '<- ']]
  if (atom === null) return [['graph', indent], ...arrow, ['dim', `${object.slice(0, step.shortDigits)} (not in this store)`]]
  const { header } = atom
  const head: Span[] = [
    ['graph', indent], ...arrow, ['atom', header.atomId], ['plain', ' '], ['id', object.slice(0, step.shortDigits)], ['plain', ' '],
    ['agent', header.agent], ['plain', ` ${isoTime(header.timeMs).slice(0, 10)}`], ...taintSpans({ isTainted: atom.isTainted, takenBackBy: step.takenBackBy }), ['plain', ' '],
  ]
  if (isRepeat) return [...head, ['dim', '(shown above)']]
  const used = head.reduce((sum, [, text]) => sum + text.length, 0)
  return [...head, titleSpan(atom.body?.title, view.isTerminal ? Math.max(10, view.width - used) : Infinity)]
}

export function influenceJson({ depth, via, atom, object }: InfluenceStep): unknown {
  return atom === null ? { depth, via, atom: null, object } : { depth, via, atom: toAtomJson(atom) }
}
