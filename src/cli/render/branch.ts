import type { BranchItem } from '../../ops/fork/branch-item.js'
import { digestOf } from '../../codec/object-id.js'
import type { Line, View } from '../terminal/output.js'
import { titleSpan } from './atom-lines.js'

/** Shows branches as git does: a star at the current one; with --verbose where each stands. */
export function renderBranches(items: readonly BranchItem[], view: View): readonly Line[] {
  const width = Math.max(0, ...items.map(({ name }) => name.length))
  return items.map((item) => branchLine(item, { view, width }))
}

function branchLine(item: BranchItem, { view, width }: { readonly view: View; readonly width: number }): Line {
  const name = item.ref === 'HEAD' ? `(HEAD detached at ${item.atomId ?? digestOf(item.object).slice(0, 10)})` : item.name
  const label = item.isCurrent ? 'branch' : item.ref.startsWith('refs/remotes/') ? 'remote' : 'plain'
  const head: Line = [[item.isCurrent ? 'branch' : 'plain', item.isCurrent ? '* ' : '  '], [label, name]]
  if (!view.isVerbose) return head
  const upstream: Line = item.upstream === undefined ? [] : [['plain', ' ['], ['remote', item.upstream], ['plain', ']']]
  return [
    ...head, ['plain', ' '.repeat(Math.max(0, width - name.length) + 1)], ['id', digestOf(item.object).slice(0, 10)],
    ['plain', ' '], ['atom', item.atomId ?? ''], ...upstream, ['plain', ' '], titleSpan(item.title),
  ]
}

/** The JSON of a branch: the names are API. */
export function branchJson(item: BranchItem): unknown {
  return { name: item.name, object: digestOf(item.object), atom_id: item.atomId ?? null, current: item.isCurrent, upstream: item.upstream ?? null }
}
