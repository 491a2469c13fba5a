/**
 * A change of one file as a unified patch, the text that `git diff` prints from the `---` line on.
 *
 * Guarantees that `git apply` and `patch` make the after bytes of the before bytes (with `exact` comparison). Refuses to
 * show binary contents: it says that they differ.
 */
import { getText } from '../../base/bytes.js'
import { isBinary } from './binary.js'
import { groupHunks, hunkHeading } from './hunks.js'
import type { Hunk } from './hunks.js'
import { countLines, diffLines } from './line-diff.js'
import type { LineCounts, LineDiff } from './line-diff.js'
import { lacksFinalNewline, sliceLines } from './lines.js'
import type { LineComparison, Lines } from './lines.js'
import { quotePath } from './quote-path.js'

/** One side of a change; an added file has no before, a deleted one no after. */
export interface PatchSide {
  readonly path: string
  readonly bytes: Uint8Array
}

export interface FileChange {
  readonly before: PatchSide | undefined
  readonly after: PatchSide | undefined
}

export interface PatchOptions {
  /** Common lines shown around a change; default 3. */
  readonly contextLines?: number
  /** Default `exact`. With `ignore-space` the patch is for reading: it need not apply. */
  readonly comparison?: LineComparison
}

/** A patch, or that the file is `binary`; `text` is empty where no line differs. */
export type FilePatch =
  | { readonly kind: 'text'; readonly text: string; readonly counts: LineCounts }
  | { readonly kind: 'binary'; readonly text: string }

const EMPTY = new Uint8Array(0)
const DEFAULT_CONTEXT_LINES = 3
const NO_NEWLINE = '\\ No newline at end of file\n'

/** Returns the patch of one file. The `diff --git` line and what belongs to it is not in it: see `patchHeader`. */
export function unifiedPatch(change: FileChange, options: PatchOptions = {}): FilePatch {
  const before = change.before?.bytes ?? EMPTY
  const after = change.after?.bytes ?? EMPTY
  const names = { before: sideName('a/', change.before), after: sideName('b/', change.after) }
  if (isBinary(before) || isBinary(after)) {
    const text = hasSameBytes(before, after) ? '' : `Binary files ${names.before} and ${names.after} differ\n`
    return { kind: 'binary', text }
  }
  const diff = diffLines(before, after, options.comparison)
  const hunks = groupHunks(diff, options.contextLines ?? DEFAULT_CONTEXT_LINES)
  const counts = countLines(diff)
  if (hunks.length === 0) return { kind: 'text', text: '', counts }
  const head = `--- ${names.before}${tabAfter(names.before)}\n+++ ${names.after}${tabAfter(names.after)}\n`
  return { kind: 'text', text: head + renderHunks(hunks, diff), counts }
}

function sideName(prefix: string, side: PatchSide | undefined): string {
  return side === undefined ? '/dev/null' : quotePath(prefix + side.path)
}

/** A name with a space is closed with a tab, so that tools know where it ends. */
function tabAfter(name: string): string {
  return name.includes(' ') && !name.startsWith('"') ? '\t' : ''
}

function hasSameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index])
}

function renderHunks(hunks: readonly Hunk[], diff: LineDiff): string {
  const parts: string[] = []
  let heading = ''
  let searched = 0
  for (const hunk of hunks) {
    heading = hunkHeading(diff.before, hunk.beforeStart, searched) ?? heading
    searched = Math.max(searched, hunk.beforeStart)
    const title = heading === '' ? '' : ` ${heading}`
    const before = formatRange(hunk.beforeStart, hunk.beforeEnd)
    parts.push(`@@ -${before} +${formatRange(hunk.afterStart, hunk.afterEnd)} @@${title}\n`, renderHunk(hunk, diff))
  }
  return parts.join('')
}

/** Lines count from 1; an empty range is named by the line before it. */
function formatRange(start: number, end: number): string {
  const count = end - start
  if (count === 1) return String(start + 1)
  return `${String(count === 0 ? start : start + 1)},${String(count)}`
}

function renderHunk(hunk: Hunk, { before, after }: LineDiff): string {
  let text = ''
  let line = hunk.afterStart
  for (const edit of hunk.edits) {
    text += renderLines(' ', after, { start: line, end: edit.afterStart })
    text += renderLines('-', before, { start: edit.beforeStart, end: edit.beforeEnd })
    text += renderLines('+', after, { start: edit.afterStart, end: edit.afterEnd })
    line = edit.afterEnd
  }
  return text + renderLines(' ', after, { start: line, end: hunk.afterEnd })
}

function renderLines(sign: string, lines: Lines, { start, end }: { readonly start: number; readonly end: number }): string {
  let text = ''
  for (let index = start; index < end; index++) text += sign + (getText(sliceLines(lines, index, index + 1)) ?? '')
  return end === lines.count && end > start && lacksFinalNewline(lines) ? `${text}\n${NO_NEWLINE}` : text
}
