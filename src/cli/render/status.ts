/** What `status` shows people: like git's, paths from where they stand, with what to type next. */
import { digestOf } from '../../codec/object-id.js'
import type { StatusResult } from '../../ops/look/status.js'
import type { LocalChange, LocalChangeKind } from '../../ops/ports.js'
import { shortRefName } from '../../refs/name.js'
import { pathSeenFrom } from '../../tree/scope.js'
import type { Line, View } from '../terminal/output.js'
import { titleSpan } from './atom-lines.js'

const SHOWN_MAX = 100
const WORDS: { readonly [K in LocalChangeKind]: string } = {
  modify: 'modified:   ', mode: 'mode:       ', type: 'typechange: ', delete: 'deleted:    ', untracked: '', conflict: 'both modified: ',
}

export function renderStatus(status: StatusResult, view: View): readonly Line[] {
  const lines: Line[] = [...headLines(status)]
  const of = (...kinds: readonly LocalChangeKind[]): readonly LocalChange[] => status.changes.filter(({ change }) => kinds.includes(change))
  const conflicts = of('conflict')
  const changed = of('modify', 'mode', 'type', 'delete')
  const untracked = of('untracked')
  lines.push(...section('Unmerged paths:', [`atom ${status.waiting ?? 'merge'} --continue`, 'once they are resolved'], changeLines(conflicts, 'error', { view, folder: status.folder })))
  lines.push(...section('Changes not recorded:', ['atom commit -a -m TITLE', 'records them, atom restore --force PATH puts them back'], changeLines(changed, 'removed', { view, folder: status.folder })))
  lines.push(...section('Untracked files:', ['atom commit -m TITLE PATH…', 'records them'], changeLines(untracked, 'removed', { view, folder: status.folder })))
  lines.push(...(status.changes.length === 0 ? [[['plain', 'nothing to record, the files are as last laid out or recorded']] as Line] : [[]]))
  if (status.waiting !== undefined && conflicts.length === 0) lines.push([['plain', `a ${status.waiting} has no conflicts left: `], ['command', `atom ${status.waiting} --continue`], ['plain', ' records it']])
  if (status.spooled > 0) lines.push([['plain', `${String(status.spooled)} in the spool, to be recorded by the next command that writes`]])
  if (status.queued > 0) lines.push([['plain', `${String(status.queued)} to be pushed`], ...status.trouble === undefined ? [] : [['plain', ': '] as const, ['warn', status.trouble] as const]])
  return lines
}

function headLines({ branch, head }: StatusResult): readonly Line[] {
  const at: Line = branch === undefined ? [['warn', 'HEAD detached at '], ['id', head === undefined ? '' : digestOf(head.object).slice(0, 10)]] : [['plain', 'On branch '], ['branch', shortRefName(branch)]]
  return head === undefined ? [at, [['plain', 'No ATOM yet']]] : [at, [['plain', 'Last: '], ['atom', head.atomId], ['plain', ' '], titleSpan(head.title)]]
}

function section(title: string, [command, does]: readonly [string, string], lines: readonly Line[]): readonly Line[] {
  return lines.length === 0 ? [] : [[], [['heading', title]], [['dim', '  ('], ['command', command], ['dim', ` ${does})`]], ...lines]
}

function changeLines(changes: readonly LocalChange[], label: 'error' | 'removed', { view, folder }: { readonly view: View; readonly folder: string | undefined }): readonly Line[] {
  const shown = view.isVerbose ? changes : changes.slice(0, SHOWN_MAX)
  const lines: Line[] = shown.map(({ path, change }) => [['plain', '        '], [label, WORDS[change]], [label, pathSeenFrom(folder ?? 'project', path)]])
  if (shown.length < changes.length) lines.push([['dim', `        … and ${String(changes.length - shown.length)} more (atom status -v)`]])
  return lines
}
