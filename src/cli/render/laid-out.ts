/** Files written, removed and left alone, as lines: the plan of a dry run, or what was done. */
import { displayPath } from '../../tree/scope.js'
import type { Laid } from '../../ops/fork/integrate.js'
import type { LaidOut, UnwritableFile } from '../../ops/files/lay-out.js'
import type { TrackedPath } from '../../ops/ports.js'
import type { Line, View } from '../terminal/output.js'

const SHOWN_MAX = 50

/** Returns the plan of a dry run: every step, with what stands against it. */
export function dryRunLines(laid: LaidOut<unknown>): readonly Line[] {
  const steps: readonly (readonly [TrackedPath, Line])[] = [
    ...laid.written.map((path) => [path, [['changed', 'write   '], ['path', displayPath(path)]]] as const),
    ...laid.removed.map((path) => [path, [['removed', 'remove  '], ['path', displayPath(path)]]] as const),
    ...laid.lacking.map((path) => [path, against('leave   ', path, `needs --scope ${path.slice(0, path.indexOf('/'))}`)] as const),
    ...laid.unwritable.map((file) => [file.path, against('skip    ', file.path, file.reason)] as const),
    ...laid.refused.map((file) => [file.path, against('refuse  ', file.path, file.reason)] as const),
  ]
  if (steps.length === 0) return [[['plain', 'nothing would be written']]]
  return [...steps].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, line]) => line)
}

function against(verb: string, path: TrackedPath, reason: UnwritableFile['reason']): Line {
  return [['warn', verb], ['path', displayPath(path)], ['dim', `  (${reason})`]]
}

/** Returns one line per file, cut after the first 50 unless all were asked for. */
export function laidOutNote(laid: LaidOut<unknown>, view: View): readonly Line[] {
  const all: Line[] = [
    ...laid.written.map((path): Line => [['plain', ' write '], ['path', displayPath(path)]]),
    ...laid.removed.map((path): Line => [['plain', ' remove '], ['path', displayPath(path)]]),
  ]
  if (view.isVerbose || all.length <= SHOWN_MAX) return all
  return [...all.slice(0, SHOWN_MAX), [['dim', ` … and ${String(all.length - SHOWN_MAX)} more`]]]
}

/** Returns what stands in the way of a whole answer: files that could not be written, each of which was warned of. */
export function unwrittenLines({ unwritable, isDryRun }: LaidOut<unknown>): readonly Line[] {
  if (unwritable.length === 0 || isDryRun) return []
  const count = unwritable.length === 1 ? '1 file' : `${String(unwritable.length)} files`
  return [[['warn', `${count} could not be written`], ['plain', ', everything else is done']]]
}

const NOTED_MAX = 20

/** Returns what would be done to files, below a line that says what the command would do; nothing where it was done. */
export function fileNotes(files: Laid | undefined): readonly Line[] {
  if (files === undefined || !files.isDryRun) return []
  const lines: Line[] = []
  const say = (what: string, paths: readonly string[]): void => {
    for (const path of paths.slice(0, NOTED_MAX)) lines.push([['plain', ` ${what} `], ['path', displayPath(path)]])
    if (paths.length > NOTED_MAX) lines.push([['dim', ` … and ${String(paths.length - NOTED_MAX)} more`]])
  }
  say('would write', files.written)
  say('would remove', files.removed)
  say('would need --scope for', files.lacking)
  for (const { path, reason } of files.refused) lines.push([['warn', ' in the way: '], ['path', displayPath(path)], ['plain', ` (${reason})`]])
  return lines
}
