/** `--continue`, `--abort` and `--quit`, the same for merge, cherry-pick and revert. */
import { AtomError } from '../base/errors.js'
import { displayPath } from '../trail/paths.js'
import { toAtomJson } from '../trail/atom-json.js'
import type { Laid } from '../ops/fork/integrate.js'
import { checkLeave } from '../ops/files/lay-out.js'
import { abortIntegration, continueIntegration, type AbortResult, type ContinueResult } from '../ops/fork/merge-end.js'
import type { Host } from './host.js'
import { flag, type OptionDeclaration } from './words/options.js'
import { atomLine } from './render/integration.js'
import { recordedNote } from './render/recorded.js'

export interface EndOptions {
  readonly continue: OptionDeclaration<boolean>
  readonly abort: OptionDeclaration<boolean>
  readonly quit: OptionDeclaration<boolean>
}

export const endOptions: EndOptions = {
  continue: flag('Record it, now that the conflicts are resolved', { conflicts: ['abort', 'quit'] }),
  abort: flag('Put every file back as it was before', { conflicts: ['quit'] }),
  quit: flag('Forget that it waits, and leave the files as they are'),
}

export interface EndWords {
  readonly kind: 'merge' | 'cherry-pick' | 'revert'
  readonly options: { readonly continue: boolean; readonly abort: boolean; readonly quit: boolean }
  readonly title: string | undefined
  readonly paths: readonly string[]
  readonly words: readonly string[]
}

/** Ends what waits where one of the three options says so. Returns what was continued or aborted, or undefined. */
export async function endWaiting(host: Host, { kind, options, title, paths, words }: EndWords): Promise<ContinueResult | AbortResult | undefined> {
  const how = options.continue ? 'continue' : options.abort ? 'abort' : options.quit ? 'quit' : undefined
  if (how === undefined) {
    if (paths.length > 0) throw new AtomError('USAGE', 'paths after -- go with --continue', { data: {}, hint: `atom ${kind} --continue -- PATH` })
    return undefined
  }
  if (words.length > 0) throw new AtomError('USAGE', `--${how} takes no revision`, { data: { value: words[0] ?? '' }, hint: `atom ${kind} --${how}` })
  if (how === 'continue') return finish(host, await host.runOperation(continueIntegration, { kind, title, resolved: paths }) as ContinueResult)
  const aborted = await host.runOperation(abortIntegration, { kind, keepFiles: how === 'quit' }) as AbortResult
  if (host.output.isJson) await host.output.json({ result: 'aborted', restored: [...aborted.files?.written ?? [], ...aborted.files?.removed ?? []].map(displayPath) })
  else host.output.note([['plain', how === 'quit' ? `the ${kind} is forgotten; the files are as they were` : `everything is as it was before the ${kind}`]])
  endWithFiles(aborted.files)
  return aborted
}

async function finish(host: Host, result: ContinueResult): Promise<ContinueResult> {
  const { atom, state } = result
  const done = state.kind === 'merge' ? 'merged' : state.kind === 'revert' ? 'reverted' : 'picked'
  if (host.output.isJson) await host.output.json({ result: done, atom: toAtomJson(atom), conflicts: [], not_written: state.skipped.map(displayPath) })
  else await host.output.line(atomLine(atom))
  if (!host.output.isJson) for (const line of recordedNote({ atom, ref: state.ref, isNewBranch: false }, host.output.view)) host.output.note(line)
  return result
}

/** Ends with `SCOPE_REFUSED` where files were left for lack of leave, after the answer was given. */
export function endWithFiles(files: Laid | undefined): void {
  if (files !== undefined) checkLeave(files)
}
