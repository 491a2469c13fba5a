/** How a merge is told, by `merge` and by `pull`. */
import type { MergeResult } from '../ops/fork/merge.js'
import type { Host } from './host.js'
import { endWithFiles } from './integration-end.js'
import { renderMerge, stoppedLines } from './render/integration.js'
import { recordedNote } from './render/recorded.js'

/** Says what became of a merge, JSON apart, and returns the exit code; throws `SCOPE_REFUSED` where files were left for lack of leave. */
export async function showMerge(host: Host, result: MergeResult, { dryRun }: { readonly dryRun: boolean }): Promise<number> {
  if (!host.output.isJson) {
    for (const line of renderMerge(result, dryRun)) await host.output.line(line)
    if (result.result === 'merged' && result.atom !== undefined) for (const line of recordedNote({ atom: result.atom, ref: result.ref, isNewBranch: false }, host.output.view)) host.output.note(line)
  }
  if (result.result === 'conflicts') {
    for (const line of stoppedLines({ kind: 'merge', isWaiting: result.isWaiting, isDryRun: dryRun, branch: result.ref.replace('refs/heads/', '') })) host.output.note(line)
    return 1
  }
  endWithFiles(result.files)
  return 0
}
