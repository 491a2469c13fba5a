/** Patches and their statistics, as git prints and colours them. */
import { utf8 } from '../../base/bytes.js'
import { visible } from '../terminal/visible.js'
import { columnsOf, padText } from '../terminal/width.js'
import type { FileDiff } from '../../ops/look/file-diffs.js'
import { displayPath } from '../../tree/scope.js'
import type { Label, Line, Span, View } from '../terminal/output.js'

/**
 * Yields the lines of patches. What a terminal would obey is written out for a terminal alone: for a pipe each line is exact, so that `git apply`
 * takes it.
 */
export function* patchLines(diffs: readonly FileDiff[], view: Pick<View, 'isTerminal'>): Iterable<Line> {
  for (const { patch } of diffs) {
    let isHeader = true
    for (const line of patchTextLines(patch)) {
      if (line.startsWith('diff --git ')) isHeader = true
      if (line.startsWith('@@')) isHeader = false
      if (!view.isTerminal && visible(line, { tabs: true }) !== line) yield { bytes: utf8(`${line}\n`) }
      else yield patchLine(line, isHeader)
    }
  }
}

/** A carriage return belongs to the line that it ends. */
function patchTextLines(patch: string): readonly string[] {
  const lines = patch.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function patchLine(line: string, isHeader: boolean): readonly Span[] {
  // A tab after a name in a header stays a tab.
  if (isHeader) return line.includes('\t') ? [['context', line]] : [['file', line]]
  if (line.startsWith('@@')) {
    const end = line.indexOf('@@', 2) + 2
    return [['hunk', line.slice(0, end)], ['context', line.slice(end)]]
  }
  const label: Label = line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : 'context'
  return [[label, line]]
}

const STAT_MAX_WIDTH = 80
const GRAPH_LEAST_WIDTH = 10

/** Returns ` path | 5 ++---` for each file and the sum below, as `git diff --stat`. */
export function statLines(diffs: readonly FileDiff[], view: View): readonly Line[] {
  if (diffs.length === 0) return []
  const names = diffs.map(nameOf)
  const nameWidth = Math.max(...names.map(columnsOf))
  const amounts = diffs.map(amountOf)
  const amountWidth = Math.max(...amounts.map(({ length }) => length))
  const width = Math.min(view.width, STAT_MAX_WIDTH)
  const graphWidth = Math.max(GRAPH_LEAST_WIDTH, width - nameWidth - amountWidth - 5)
  const most = Math.max(1, ...diffs.map(({ counts }) => counts === undefined ? 0 : counts.inserted + counts.deleted))
  const scale = most > graphWidth ? graphWidth / most : 1
  const lines: Line[] = diffs.map((diff, at) => [
    ['plain', ' '], ['path', padText(names[at] ?? '', nameWidth)], ['plain', ` | ${(amounts[at] ?? '').padStart(amountWidth)}`], ...marksOf(diff, scale),
  ])
  return [...lines, [['plain', sumText(diffs)]]]
}

function nameOf({ file }: FileDiff): string {
  const to = displayPath(file.path)
  return 'from' in file ? `${displayPath(file.from)} => ${to}` : to
}

function amountOf({ counts, is }: FileDiff): string {
  if (counts !== undefined) return String(counts.inserted + counts.deleted)
  return is === 'forgotten' ? '(forgotten)' : 'Bin'
}

function marksOf({ counts, is, beforeBytes, afterBytes }: FileDiff, scale: number): readonly Span[] {
  if (counts === undefined) return is === 'forgotten' ? [] : [['plain', ` ${String(beforeBytes)} -> ${String(afterBytes)} bytes`]]
  const marks = (count: number): number => count === 0 ? 0 : Math.max(1, Math.round(count * scale))
  if (counts.inserted + counts.deleted === 0) return []
  return [['plain', ' '], ['added', '+'.repeat(marks(counts.inserted))], ['removed', '-'.repeat(marks(counts.deleted))]]
}

/** Returns git's sum: ` 2 files changed, 3 insertions(+), 1 deletion(-)`. */
export function sumText(diffs: readonly FileDiff[]): string {
  let inserted = 0
  let deleted = 0
  for (const { counts } of diffs) {
    inserted += counts?.inserted ?? 0
    deleted += counts?.deleted ?? 0
  }
  const parts = [` ${String(diffs.length)} ${diffs.length === 1 ? 'file' : 'files'} changed`]
  if (inserted > 0 || deleted === 0) parts.push(`${String(inserted)} ${inserted === 1 ? 'insertion' : 'insertions'}(+)`)
  if (deleted > 0 || inserted === 0) parts.push(`${String(deleted)} ${deleted === 1 ? 'deletion' : 'deletions'}(-)`)
  return parts.join(', ')
}

