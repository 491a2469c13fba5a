/** What `checkout` and `switch` say: where HEAD is, and what became of the files. */
import { digestOf } from '../../codec/object-id.js'
import type { CheckoutResult } from '../../ops/files/checkout.js'
import { shortRefName } from '../../refs/name.js'
import { laidOutJson, type LaidOutJson } from '../words/lay-out-options.js'
import type { Line, Span, View } from '../terminal/output.js'
import { titleSpan } from './atom-lines.js'
import { dryRunLines, laidOutNote, unwrittenLines } from './laid-out.js'

export function checkoutNote(result: CheckoutResult, view: View): readonly Line[] {
  if (result.files.isDryRun) return []
  return [...doneLines(result, view), ...unwrittenLines(result.files)]
}

function doneLines(result: CheckoutResult, view: View): readonly Line[] {
  const files = view.isVerbose ? laidOutNote(result.files, view) : []
  const at: readonly Span[] = [['atom', result.atomId], ['plain', ' '], titleSpan(result.title)]
  if (result.moved === 'paths') return [...files, [['plain', `${counted(result, 'updated', 'path')} from `], ...at]]
  if (result.moved === 'folder') return [...files, [['plain', `${counted(result, 'laid out', 'file')} of `], ...at]]
  return [...files, ...leftLines(result), ...headLines(result, at)]
}

function counted({ files }: CheckoutResult, verb: string, noun: string): string {
  return `${verb} ${String(files.written.length)} ${noun}${files.written.length === 1 ? '' : 's'}`
}

function leftLines({ left }: CheckoutResult): readonly Line[] {
  if (left === undefined) return []
  const id = digestOf(left).slice(0, 10)
  return [[['warn', 'no branch keeps '], ['id', id], ['plain', ', which HEAD was at; to keep it: '], ['command', `atom branch NAME ${id}`]]]
}

function headLines(result: CheckoutResult, at: readonly Span[]): readonly Line[] {
  if (result.branch === undefined) {
    return [
      [['warn', 'HEAD is detached'], ['plain', ' at '], ...at],
      [['dim', 'what is recorded from here belongs to no branch; to make one: '], ['command', 'atom switch -c NAME']],
    ]
  }
  const verb = result.isNewBranch ? 'Switched to a new branch ' : result.moved === 'nothing' ? 'Already on ' : 'Switched to branch '
  return [[['plain', verb], ['branch', shortRefName(result.branch)]]]
}

export function renderCheckout(result: CheckoutResult): readonly Line[] {
  return result.files.isDryRun ? dryRunLines(result.files) : []
}

export function checkoutJson(result: CheckoutResult): LaidOutJson & { readonly branch: string | null; readonly head: string; readonly atom_id: string; readonly detached: boolean; readonly new_branch: boolean } {
  const { branch, head, atomId, isNewBranch, files } = result
  return {
    branch: branch === undefined ? null : shortRefName(branch), head: digestOf(head), atom_id: atomId, detached: branch === undefined, new_branch: isNewBranch, ...laidOutJson(files),
  }
}
