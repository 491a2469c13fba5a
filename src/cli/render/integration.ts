import { digestOf } from '../../codec/object-id.js'
import type { MergeConflict } from '../../ops/fork/integrate.js'
import type { MergeResult } from '../../ops/fork/merge.js'
import type { PickResult } from '../../ops/fork/pick.js'
import { toAtomJson } from '../../trail/atom-json.js'
import { displayPath } from '../../trail/paths.js'
import type { AtomRecord } from '../../trail/record.js'
import type { Line } from '../terminal/output.js'
import { fileNotes } from './laid-out.js'

/** The JSON of a conflict: the names are API. Base, ours and theirs are object ids, null where there was no such file. */
export function conflictJson({ path, kind, base, ours, theirs, renamedTo, keys }: MergeConflict): unknown {
  const digest = (entry: MergeConflict['base']): string | null => entry === undefined ? null : digestOf(entry.link)
  return { path: displayPath(path), kind, base: digest(base), ours: digest(ours), theirs: digest(theirs), renamed_to: (renamedTo ?? []).map(displayPath), keys: keys ?? [] }
}

export function mergeJson({ result, atom, conflicts, files }: MergeResult): unknown {
  return { result, atom: atom === undefined ? null : toAtomJson(atom), conflicts: conflicts.map(conflictJson), not_written: (files?.lacking ?? []).map(displayPath) }
}

export function pickJson({ result, atom, conflicts, files, source, commands }: PickResult): unknown {
  return {
    result, atom: atom === undefined ? null : toAtomJson(atom), conflicts: conflicts.map(conflictJson), not_written: (files?.lacking ?? []).map(displayPath),
    source: { object: digestOf(source.object), atom_id: source.atomId }, commands,
  }
}

const WHY: { readonly [Kind in MergeConflict['kind']]: string } = {
  'content': 'both changed it',
  'add-add': 'both added it',
  'modify-delete': 'changed on one side, deleted on the other',
  'type': 'a file against a link or a folder',
  'rename': 'renamed on one side, touched on the other',
}

export function conflictLines(conflicts: readonly MergeConflict[]): readonly Line[] {
  return conflicts.map(({ path, kind, renamedTo = [], keys = [] }): Line => [
    ['error', `CONFLICT (${kind}): `], ['path', displayPath(path)], ['plain', ` (${WHY[kind]}`],
    ...(renamedTo.length === 0 ? [] : [['plain', `: now ${renamedTo.map(displayPath).join(', ')}`]] as const), ...(keys.length === 0 ? [] : [['plain', `: ${keys.join(', ')}`]] as const), ['plain', ')'],
  ])
}

export interface Stopped { readonly kind: string; readonly isWaiting: boolean; readonly isDryRun: boolean; readonly branch: string }

/** Says how to go on after conflicts. */
export function stoppedLines({ kind, isWaiting, isDryRun, branch }: Stopped): readonly Line[] {
  if (isDryRun) return [[['hint', 'nothing was written: this was a dry run']]]
  if (!isWaiting) return [[['hint', `${branch} is not on disk, so nothing was written; to resolve it: atom switch ${branch}, then atom ${kind} again`]]]
  return [[['hint', `resolve them in the files, then: atom ${kind} --continue (or atom ${kind} --abort)`]]]
}

export function renderMerge(result: MergeResult, isDryRun: boolean): readonly Line[] {
  const { atom, before } = result
  switch (result.result) {
    case 'up-to-date': return [[['plain', 'Already up to date.']]]
    case 'conflicts': return conflictLines(result.conflicts)
    case 'fast-forward': return [
      [['plain', isDryRun ? 'Would fast-forward ' : 'Fast-forward '], ['id', before === undefined ? '' : digestOf(before).slice(0, 10)], ['plain', '..'], ['id', atom === undefined ? '' : digestOf(atom.id).slice(0, 10)]],
      ...fileNotes(result.files),
    ]
    case 'merged': return atom === undefined ? [[['plain', 'Would merge without conflicts.']], ...fileNotes(result.files)] : [atomLine(atom)]
  }
}

export function renderPick(result: PickResult): readonly Line[] {
  if (result.result === 'conflicts') return conflictLines(result.conflicts)
  if (result.atom !== undefined) return [atomLine(result.atom)]
  return [[['plain', `Would ${result.kind} `], ['atom', result.source.atomId], ['plain', ' without conflicts.']], ...fileNotes(result.files)]
}

export function atomLine(atom: AtomRecord): Line {
  return [['atom', atom.header.atomId]]
}
