/** What `rm` and `mv` say: the ATOM that records it, or the plan of a dry run. */
import type { ChangedFiles } from '../../ops/record/rm.js'
import { toAtomJson } from '../../trail/atom-json.js'
import { displayPath } from '../../tree/scope.js'
import type { Line, View } from '../terminal/output.js'
import { dryRunLines } from './laid-out.js'
import { recordedNote } from './recorded.js'

export function renderChangedFiles({ atom, laid, paths }: ChangedFiles, verb: 'write' | 'remove'): readonly Line[] {
  if (atom !== undefined) return [[['atom', atom.header.atomId]]]
  return laid === undefined ? paths.map((path) => [['changed', verb.padEnd(8)], ['path', displayPath(path)]]) : dryRunLines(laid)
}

export function changedFilesNote({ atom, ref, isNewBranch }: ChangedFiles, view: View): readonly Line[] {
  return atom === undefined ? [] : recordedNote({ atom, ref, isNewBranch }, view)
}

export function changedFilesJson({ atom, paths }: ChangedFiles): unknown {
  return atom === undefined ? { dry_run: true, paths: paths.map(displayPath) } : toAtomJson(atom)
}
