import { digestOf } from '../../codec/object-id.js'
import type { BisectReport } from '../../ops/search/bisect.js'
import { formatTime, toAtomJson } from '../../trail/atom-json.js'
import { displayPath } from '../../trail/paths.js'
import type { AtomRecord } from '../../trail/record.js'
import type { Line } from '../terminal/output.js'
import { titleSpan } from './atom-lines.js'

/** The JSON of a step: the names are API. */
export function bisectJson(report: BisectReport): unknown {
  const { state, candidate, remaining, stepsLeft, firstBad, candidates, needs } = report
  return {
    state, candidate: candidate === undefined ? null : toAtomJson(candidate), remaining, steps_left: stepsLeft, first_bad: firstBad === undefined ? null : toAtomJson(firstBad),
    candidates: candidates.map(toAtomJson), needs,
  }
}

export function renderBisect(report: BisectReport): readonly Line[] {
  const { terms } = report
  switch (report.state) {
    case 'waiting': return [[['plain', `waiting for ${report.needs.map((need) => `a ${need} ATOM`).join(' and ')}: `], ['command', `atom bisect ${report.needs[0] ?? terms.bad} REV`]]]
    case 'testing': return [
      [['plain', report.isMergeBase ? 'Bisecting: a merge base must be tested' : `Bisecting: ${String(report.remaining)} ${report.remaining === 1 ? 'ATOM' : 'ATOMs'} left to test after this (roughly ${String(report.stepsLeft)} ${report.stepsLeft === 1 ? 'step' : 'steps'})`]],
      ...(report.candidate === undefined ? [] : [candidateLine(report.candidate)]),
    ]
    case 'found': return report.firstBad === undefined ? [] : foundLines(report.firstBad, report)
    case 'stuck': return [[['plain', `Only skipped ATOMs are left to test. The first ${terms.bad} ATOM is one of these:`]], ...report.candidates.map(candidateLine), ...unsureLines(report)]
    case 'empty': return [[['plain', report.cleared === 0
      ? `Between ${terms.good} and ${terms.bad} nothing passes the filter: there is nothing to search.`
      : `Everything that passes the filter is ${terms.good}: the first ${terms.bad} ATOM is one that the filter leaves out.`]]]
  }
}

export function candidateLine({ id, header, body }: AtomRecord): Line {
  return [['id', digestOf(id).slice(0, 10)], ['plain', ' '], ['atom', header.atomId], ['plain', ' '], titleSpan(body?.title)]
}

function foundLines(record: AtomRecord, report: BisectReport): readonly Line[] {
  const { header } = record
  return [
    [['atom', header.atomId], ['plain', ` is the first ${report.terms.bad} ATOM`]],
    candidateLine(record),
    [['key', 'Agent:  '], ['agent', header.agent]],
    [['key', 'Date:   '], ['time', formatTime(header.timeMs)]],
    ...(record.files ?? []).map(({ path, change }): Line => [['key', 'File:   '], ['path', displayPath(path)], ['plain', ` (${change})`]]),
    ...unsureLines(report),
  ]
}

function unsureLines({ unsure, terms }: BisectReport): readonly Line[] {
  return unsure.length === 0 ? [] : [[['warn', 'unsure: '], ['plain', `${unsure.join(', ')} could not be tested, so the first ${terms.bad} ATOM may lie before`]]]
}

/** Says how to look at a candidate. */
export function candidateHints({ candidate, terms }: BisectReport): readonly Line[] {
  if (candidate === undefined) return []
  const { atomId } = candidate.header
  return [
    [['hint', 'look at it: '], ['command', `atom checkout ${atomId} --to DIR`], ['hint', ', or '], ['command', `atom show ${atomId}`]],
    [['hint', 'then say: '], ['command', `atom bisect ${terms.good}`], ['hint', ', '], ['command', `atom bisect ${terms.bad}`], ['hint', ' or '], ['command', 'atom bisect skip']],
  ]
}
