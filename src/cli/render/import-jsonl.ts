/** What `import jsonl` says in the end: counts, then each wrong line by its number. */
import { digestOf } from '../../codec/object-id.js'
import type { ImportJsonlResult } from '../../ops/transfer/jsonl/import-jsonl.js'
import type { Line } from '../terminal/output.js'

const PROBLEMS_SHOWN = 20

export function renderImportJsonl(result: ImportJsonlResult): readonly Line[] {
  const lines: Line[] = []
  if (result.atoms > 0) lines.push([['plain', 'took in '], ['count', String(result.added)], ['plain', ` new of ${counted(result.atoms, 'ATOM')} and ${counted(result.refs.length, 'ref')}`]])
  if (result.recorded + result.repeated > 0 || result.atoms === 0) {
    lines.push([['plain', 'recorded '], ['count', String(result.recorded)], ['plain', ` ${result.recorded === 1 ? 'ATOM' : 'ATOMs'} from lines of your own${result.repeated > 0 ? `; ${String(result.repeated)} were recorded before` : ''}`]])
  }
  for (const { name, ref } of result.refs) if (name !== ref) lines.push([['branch', name], ['plain', ' is taken here: it is '], ['branch', ref]])
  if (result.head !== undefined) lines.push([['plain', 'HEAD is at '], ['branch', result.head.replace(/^refs\/heads\//, '')]])
  if (result.isCutOff) lines.push([['warn', 'the file ends before its last line'], ['plain', ': it was cut off; what was there has been taken in']])
  if (result.problemCount > 0) lines.push([['warn', `${String(result.problemCount)} ${result.problemCount === 1 ? 'line was' : 'lines were'} refused:`]])
  for (const { line, message } of result.problems.slice(0, PROBLEMS_SHOWN)) lines.push([['plain', '  line '], ['count', String(line)], ['plain', `: ${message}`]])
  if (result.problemCount > PROBLEMS_SHOWN) lines.push([['dim', `  … and ${String(result.problemCount - PROBLEMS_SHOWN)} more (--json has them)`]])
  if (result.kept.ref !== undefined) lines.push([['plain', `${result.problemCount === 1 ? 'its' : 'their'} bytes are kept on `], ['branch', result.kept.ref.replace(/^refs\/heads\//, '')]])
  return lines
}

function counted(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`
}

export function importJsonlJson(result: ImportJsonlResult): unknown {
  return {
    lines: result.lines,
    atoms: result.atoms,
    new: result.added,
    recorded: result.recorded,
    repeated: result.repeated,
    refs: result.refs.map(({ name, ref, object, change }) => ({ name, ref, object: digestOf(object), change })),
    head: result.head ?? null,
    cut_off: result.isCutOff,
    refused: result.problemCount,
    problems: result.problems,
    refused_atoms: { all: result.kept.atoms, new: result.kept.taken, ref: result.kept.ref ?? null },
  }
}
