import { digestOf } from '../../codec/object-id.js'
import { formatTarget, shortRefName, type OpItem, type RefChange, type RefTarget, type ReflogItem } from '../../ops/undo/op-log.js'
import { formatTime } from '../../trail/atom-json.js'
import type { Line, Span } from '../terminal/output.js'
import { titleSpan } from './atom-lines.js'

/** The JSON of an op: the names are API. */
export function opJson({ id, op }: OpItem): { readonly [field: string]: unknown } {
  return {
    object: digestOf(id), seq: op.seq, time: formatTime(op.timeMs), agent: op.agent, command: op.command,
    changes: op.changes.map(({ ref, before, after }) => ({ ref, before: formatTarget(before), after: formatTarget(after) })),
    store: op.store,
  }
}

export function renderOp({ id, op }: OpItem): readonly Line[] {
  const head: Line = [
    ['id', digestOf(id).slice(0, 10)], ['plain', ' '], ['count', `#${String(op.seq)}`], ['plain', ' '], ['time', formatTime(op.timeMs)],
    ['plain', ' '], ['agent', op.agent], ['plain', ' '], ['command', op.command],
  ]
  return [head, ...changeLines(op.changes)]
}

/** Says where refs went, one line each. */
export function changeLines(changes: readonly RefChange[]): readonly Line[] {
  return changes.map((change): Line => [['plain', '    '], ...changeSpans(change)])
}

function changeSpans({ ref, before, after }: RefChange): readonly Span[] {
  return [['branch', shortRefName(ref)], ['plain', ' '], ...targetSpans(before), ['dim', ' → '], ...targetSpans(after)]
}

function targetSpans(target: RefTarget | undefined): readonly Span[] {
  if (target === undefined) return [['dim', '(none)']]
  return target.is === 'object' ? [['id', target.digest.slice(0, 10)]] : [['branch', shortRefName(target.ref)]]
}

/** One line as `git reflog` writes it. */
export function renderPosition(item: ReflogItem): readonly Line[] {
  return [[
    ...(item.object === undefined ? targetSpans(item.change.after) : [['id', item.object.slice(0, 10)]] as const), ['plain', ' '], ['branch', `${item.name}@{${String(item.moves)}}`], ['plain', ': '], ['command', item.op.command],
    ...(item.atomId === undefined ? [] : [['plain', ': '], ['atom', item.atomId], ['plain', ' '], titleSpan(item.title)] as const), ['dim', `  (${item.op.agent}, ${formatTime(item.op.timeMs)})`],
  ]]
}
