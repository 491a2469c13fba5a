/** What the import of transcripts says in the end: what was taken, what was there, what is odd and what cannot be read. */
import { digestOf } from '../../codec/object-id.js'
import type { ImportTranscriptsResult } from '../../ops/transfer/transcripts/import-transcripts.js'
import { HEADS } from '../../refs/name.js'
import type { Line, Span } from '../terminal/output.js'
import { amount, counted } from './verify.js'

const NAMES_SHOWN = 20

export function renderImportTranscripts(result: ImportTranscriptsResult): readonly Line[] {
  const branch = result.ref.slice(HEADS.length)
  return [
    [['plain', 'took in '], ['count', amount(result.added)], ['plain', ` new of ${counted(result.added + result.known, 'ATOM')} from ${counted(result.sessions, 'session')} of ${result.agent}, ${counted(result.lines, 'line')}`]],
    ...(result.types.size === 0 ? [] : [[['plain', '  '], ...typeSpans(result)] as Line]),
    ...tokenLines(result),
    ...listed(result.odd.size, `${counted(sum(result.odd), 'line')} of a kind that is not known, kept as ${sum(result.odd) === 1 ? 'it is' : 'they are'}:`, [...result.odd].map(([kind, count]) => [['count', amount(count)], ['plain', ` × ${kind}`]])),
    ...listed(result.cutOff.length, `${counted(result.cutOff.length, 'file')} whose last line is not at its end: it is taken when it is`, result.cutOff.map((file) => [['path', file]])),
    ...listed(result.open.length, `${counted(result.open.length, 'session')} whose last turn is going on: it is taken at its end (--open takes it as it is)`, result.open.map((file) => [['path', file]])),
    ...listed(result.brokenCount, `${counted(result.brokenCount, 'line')} that cannot be read, kept as ${result.brokenCount === 1 ? 'it is' : 'they are'}:`, result.broken.map(({ file, line, message }) => [['path', file], ['plain', ` line ${String(line ?? 0)}: ${message}`]])),
    ...listed(result.refused.length, `${counted(result.refused.length, 'file')} not read:`, result.refused.map(({ name, reason }) => [['path', name], ['plain', `: ${reason}`]])),
    ...(result.object === undefined ? [] : [[['plain', 'they are on '], ['branch', branch]] as Line, [['plain', 'try:']] as Line, ...tries(branch)]),
  ]
}

function typeSpans({ types }: ImportTranscriptsResult): readonly Span[] {
  return [...types].flatMap(([type, count], place): Span[] => [['plain', place === 0 ? '' : ', '], ['count', amount(count)], ['plain', ` ${type}`]])
}

function tokenLines({ tokens }: ImportTranscriptsResult): readonly Line[] {
  if (tokens.responses === 0) return []
  return [[['plain', `  tokens of ${counted(tokens.responses, 'response')}, each counted once: `], ['count', amount(tokens.input)], ['plain', ' in, '], ['count', amount(tokens.output)], ['plain', ' out, '], ['count', amount(tokens.cacheRead)], ['plain', ' from the cache, '], ['count', amount(tokens.cacheWrite)], ['plain', ' to the cache']]]
}

function listed(count: number, what: string, items: readonly (readonly Span[])[]): readonly Line[] {
  if (count === 0) return []
  const more: readonly Line[] = count > NAMES_SHOWN ? [[['dim', `  … and ${amount(count - NAMES_SHOWN)} more (--json has them)`]]] : []
  return [[['warn', what]], ...items.slice(0, NAMES_SHOWN).map((item): Line => [['plain', '  '], ...item]), ...more]
}

function tries(branch: string): readonly Line[] {
  return [`atom log --oneline -n 20 ${branch}`, `atom stats ${branch}`].map((command): Line => [['plain', '  '], ['command', command]])
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0)
}

export function importTranscriptsJson(result: ImportTranscriptsResult): unknown {
  const { tokens } = result
  return {
    agent: result.agent,
    files: result.files,
    sessions: result.sessions,
    lines: result.lines,
    taken: result.added,
    known: result.known,
    types: Object.fromEntries(result.types),
    tokens: { input: tokens.input, output: tokens.output, cache_read: tokens.cacheRead, cache_write: tokens.cacheWrite, total: tokens.input + tokens.output + tokens.cacheRead + tokens.cacheWrite, responses: tokens.responses },
    odd: [...result.odd].map(([kind, count]) => ({ kind, count })),
    cut_off: result.cutOff,
    open: result.open,
    broken: result.brokenCount,
    problems: result.broken,
    refused: result.refused,
    branch: result.ref.slice(HEADS.length),
    object: result.object === undefined ? null : digestOf(result.object),
  }
}
