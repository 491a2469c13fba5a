/** Answers of the trail: what a person reads, and what an agent gets. */
import type { RecallAnswer, RecalledFile } from '../../ops/read/recall.js'
import { digestOf } from '../../codec/object-id.js'
import { toAtomJson } from '../../trail/atom-json.js'
import { displayPath } from '../../tree/scope.js'
import type { Line, Span } from '../terminal/output.js'
import { textLines } from '../terminal/visible.js'
import { isoTime, titleSpan } from './atom-lines.js'

const BUILT_ON_SHOWN = 5

export function* answerLines(answer: RecallAnswer, index: number, place?: string): Iterable<Line> {
  const { header, body } = answer.atom
  if (index > 0) yield []
  yield [['atom', header.atomId], ['plain', ' '], titleSpan(body?.title), ...outcomeSpans(answer)]
  yield [['dim', `  ${isoTime(header.timeMs)}, ${ageText(answer.ageMs)}, by `], ['agent', header.agent], ...(body?.project === undefined ? [] : [['dim', ' for '], ['project', body.project]] as const), ...(place === undefined ? [] : [['dim', ' in '], ['path', place]] as const)]
  for (const line of body?.reason === undefined ? [] : textLines(body.reason)) yield [['plain', `  ${line}`]]
  for (const file of answer.files) yield* fileLines(file)
  for (const { header: from, body: known } of answer.builtOn.slice(0, BUILT_ON_SHOWN)) yield [['graph', '  <- '], ['atom', from.atomId], ['plain', ' '], titleSpan(known?.title)]
  if (answer.builtOn.length > BUILT_ON_SHOWN) yield [['dim', `  <- and ${String(answer.builtOn.length - BUILT_ON_SHOWN)} more: atom why ${header.atomId}`]]
  if (answer.savedTokens > 0) yield [['dim', `  using it again saves ${String(answer.savedTokens)} tokens`]]
}

function* fileLines({ path, lines, total }: RecalledFile): Iterable<Line> {
  yield [['plain', '  '], ['path', displayPath(path)]]
  for (const { text } of lines) yield [['plain', '    '], ['content', text]]
  if (lines.length > 0 && lines.length < total) yield [['dim', `    … ${String(lines.length)} of ${String(total)} lines (--full shows all)`]]
}

function outcomeSpans({ atom, takenBackBy, supersededBy }: RecallAnswer): readonly Span[] {
  return [
    ...(takenBackBy.length > 0 ? [['plain', ' '], ['tainted', `taken back by ${takenBackBy.join(', ')}`]] as const : []),
    ...(atom.isTainted ? [['plain', ' '], ['tainted', 'tainted']] as const : []),
    ...(supersededBy === null ? [] : [['plain', ' '], ['changed', `changed later by ${supersededBy}`]] as const),
  ]
}

const UNITS: readonly (readonly [unit: string, ms: number])[] = [['year', 31_557_600_000], ['month', 2_629_800_000], ['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000]]

function ageText(ageMs: number): string {
  for (const [unit, ms] of UNITS) {
    const count = Math.floor(ageMs / ms)
    if (count > 0) return `${String(count)} ${unit}${count === 1 ? '' : 's'} ago`
  }
  return 'just now'
}

export function answerJson({ atom, score, ageMs, files, takenBackBy, supersededBy, builtOn, savedTokens }: RecallAnswer, place?: string): unknown {
  return {
    ...(place !== undefined && { place }),
    atom: toAtomJson(atom),
    score: Math.round(score * 1_000) / 1_000,
    age_ms: ageMs,
    outcome: takenBackBy.length > 0 ? 'reverted' : atom.isTainted ? 'tainted' : supersededBy === null ? 'current' : 'superseded',
    reverted_by: takenBackBy, superseded_by: supersededBy, tainted: atom.isTainted,
    matches: files.map(({ path, lines, total }) => ({ path: displayPath(path), lines: lines.map(({ number, text }) => ({ line: number, text })), total_lines: total })),
    influenced_by: builtOn.map(({ header, id, body }) => ({ atom_id: header.atomId, object: digestOf(id), title: body?.title ?? null })),
    tokens_saved: savedTokens,
  }
}
