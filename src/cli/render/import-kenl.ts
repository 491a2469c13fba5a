/** What `import kenl` says in the end: counts, then what was strange or could not be taken, by file and line. */
import { digestOf } from '../../codec/object-id.js'
import type { ImportKenlResult } from '../../ops/transfer/kenl/import-kenl.js'
import type { KenlPlace } from '../../ops/transfer/kenl/kenl-source.js'
import type { Line, Span } from '../terminal/output.js'

const ITEMS_SHOWN = 10

export function renderImportKenl(result: ImportKenlResult): readonly Line[] {
  const { signatures, assumedTimes, timeZone, branch } = result
  const lines: Line[] = [[
    ['plain', 'took in '], ['count', String(result.taken)], ['plain', ` of ${counted(result.records, 'record')}`],
    ['plain', result.known > 0 ? `; ${String(result.known)} ${result.known === 1 ? 'was' : 'were'} here before` : ''],
  ]]
  if (branch !== undefined) lines.push([['plain', branch.change === 'same' || branch.change === 'ahead' ? 'nothing new on ' : 'they are on '], ['branch', branch.ref.replace(/^refs\/heads\//, '')]])
  if (result.repeatedTags > 0) lines.push([['count', String(result.repeatedTags)], ['plain', ' have a tag that was used before: both are kept, and told apart by their object ids']])
  if (assumedTimes > 0) lines.push([['plain', `${counted(assumedTimes, 'time')} without a zone taken as ${timeZone}${timeZone === 'UTC' ? ' (--time-zone says otherwise)' : ''}`]])
  if (signatures.match + signatures.mismatch > 0) {
    lines.push([['plain', 'signatures: '], ['count', String(signatures.match)], ['plain', ' match, '], [signatures.mismatch > 0 ? 'warn' : 'count', String(signatures.mismatch)], ['plain', ` do not, ${counted(signatures.absent, 'record')} without`]])
  }
  lines.push(...section(result.odd.map((odd): Item => ({ place: odd, what: [['id', odd.atomId], ['plain', ` ${odd.reasons.join('; ')}`]] })), `${counted(result.oddCount, 'record')} taken with something strange:`, result.oddCount))
  lines.push(...section(result.refused.map((refused): Item => ({ place: refused, what: [['plain', refused.reason]] })), `${String(result.refusedCount)} could not be taken:`, result.refusedCount))
  if (result.refusedAtoms > 0) lines.push([['plain', `${result.refusedCount === 1 ? 'its' : 'their'} bytes are kept: atom log --type REFUSED`]])
  return [...lines, ...asideLines(result)]
}

function counted(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`
}

interface Item { readonly place: KenlPlace; readonly what: readonly Span[] }

function section(items: readonly Item[], heading: string, count: number): readonly Line[] {
  if (count === 0) return []
  return [
    [['warn', heading]],
    ...items.slice(0, ITEMS_SHOWN).map(({ place, what }): Line => [['plain', '  '], ['path', place.file], ['plain', place.line === undefined ? ' ' : `:${String(place.line)} `], ...what]),
    ...(count > ITEMS_SHOWN ? [[['dim', `  … and ${String(count - ITEMS_SHOWN)} more (--json has them)`]] as Line] : []),
  ]
}

/** Counters are told, since people go on counting from them; the rest only by number. */
function asideLines({ asides, asideCount }: ImportKenlResult): readonly Line[] {
  const counters = asides.filter(({ what }) => what === 'counter')
  const others = asideCount - counters.length
  return [
    ...counters.slice(0, ITEMS_SHOWN).map(({ file, value }): Line => [['plain', 'counter '], ['path', file], ['plain', `: ${value}`]]),
    ...(others > 0 ? [[['dim', `${counted(others, 'comment or other file')} passed over (--json has them)`.replace('comment or other files', 'comments and other files')]] as Line] : []),
  ]
}

export function importKenlJson(result: ImportKenlResult): unknown {
  return {
    records: result.records,
    new: result.taken,
    known: result.known,
    repeated_tags: result.repeatedTags,
    odd: result.oddCount,
    refused: result.refusedCount,
    refused_atoms: { all: result.refusedAtoms, new: result.refusedTaken },
    passed_over: result.asideCount,
    signatures: result.signatures,
    time_zone: result.timeZone,
    times_without_zone: result.assumedTimes,
    branch: result.branch === undefined ? null : { ref: result.branch.ref, object: digestOf(result.branch.object), change: result.branch.change },
    odd_records: result.odd.map(({ file, line, atomId, reasons }) => ({ file, line: line ?? null, atom_id: atomId, reasons })),
    refusals: result.refused.map(({ file, line, reason, text, atomId }) => ({ file, line: line ?? null, reason, text: text ?? null, atom_id: atomId ?? null })),
    asides: result.asides.map(({ file, line, what, value }) => ({ file, line: line ?? null, what, value })),
  }
}
