/** What is said on stderr after an ATOM was recorded: where it went and what it changed. */
import { digestOf } from '../../codec/object-id.js'
import { shortRefName } from '../../refs/name.js'
import { displayPath } from '../../trail/paths.js'
import type { AtomRecord } from '../../trail/record.js'
import type { Line, View } from '../terminal/output.js'
import { titleSpan } from './atom-lines.js'

export interface Recorded {
  readonly atom: AtomRecord
  readonly ref: string
  readonly isNewBranch: boolean
  readonly isRepeat?: boolean
}

/** Says that a `--branch` that was not there was made. */
export function newBranchNote({ ref, isNewBranch }: Recorded): readonly Line[] {
  return isNewBranch ? [[['plain', 'made branch '], ['branch', shortRefName(ref)], ['plain', ' from HEAD']]] : []
}

const FILES_SHOWN = 10
const SIGNS: { readonly [change: string]: string } = { add: 'create', delete: 'delete', modify: 'modify', mode: 'mode', type: 'type' }

export function recordedNote({ atom, ref, isNewBranch, isRepeat }: Recorded, view: View): readonly Line[] {
  const branch = ref === 'HEAD' ? 'detached HEAD' : shortRefName(ref)
  const lines: Line[] = []
  if (isRepeat === true) lines.push([['dim', 'this request was recorded before']])
  lines.push(...newBranchNote({ atom, ref, isNewBranch }))
  lines.push([['plain', '['], ['branch', branch], ['plain', ' '], ['id', digestOf(atom.id).slice(0, 10)], ['plain', '] '], titleSpan(atom.body?.title)])
  if (atom.isTainted) lines.push([['tainted', 'tainted'], ['plain', ': it builds on something that was reverted or refuted ('], ['command', `atom why ${digestOf(atom.id).slice(0, 10)}`], ['plain', ')']])
  const files = atom.files ?? []
  for (const file of files.slice(0, view.isVerbose ? files.length : FILES_SHOWN)) lines.push([['plain', ` ${SIGNS[file.change] ?? file.change} `], ['path', displayPath(file.path)]])
  if (!view.isVerbose && files.length > FILES_SHOWN) lines.push([['dim', ` … and ${String(files.length - FILES_SHOWN)} more`]])
  return lines
}
