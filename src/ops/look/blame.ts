/** `blame`: which ATOM wrote each line of a file. */
import { AtomError } from '../../base/errors.js'
import { toDisplayText } from '../../base/bytes.js'
import { splitLines, sliceLines } from '../../history/content/lines.js'
import { blame as findOrigins } from '../../history/blame.js'
import { getTip, resolveAtom } from '../../history/resolve.js'
import type { IndexNode } from '../../index/node.js'
import { FOLDER_MODE, SYMLINK_MODE } from '../../object/tree.js'
import { readLogState } from '../../refs/log-state.js'
import { readContent } from '../../store/content.js'
import { readObject } from '../../store/objects.js'
import { getEntry } from '../../tree/read.js'
import { shortIdDigits } from '../../trail/short-id.js'
import { checkInput, filledText, optional } from '../check.js'
import { resolveContext } from '../context.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'
import { trackedPathOf } from './tracked-path.js'

export interface BlameInput {
  /** As typed. */
  readonly path: string
  /** Default: the tip of the current branch. */
  readonly revision?: string | undefined
  /** `3,7`, `3,+2`, `3`, `,7`: lines from 1, both ends meant. */
  readonly range?: string | undefined
}

export interface BlameLine {
  /** From 1. */
  readonly line: number
  readonly text: string
  readonly node: IndexNode
  readonly shortDigits: number
  /** Its name there, where that was another one. */
  readonly path: string
  readonly isRenamed: boolean
  readonly originalLine: number
}

export const blame: Operation<BlameInput, BlameLine> = {
  name: 'blame',
  summary: 'Show which ATOM wrote each line of a file',
  effect: 'read',
  errors: ['USAGE', 'PATH_NOT_FOUND', 'PATH_INVALID', 'REVISION_SYNTAX', 'REVISION_NOT_FOUND', 'ID_AMBIGUOUS', 'OBJECT_NOT_FOUND'],
  check: checkInput<BlameInput>({ path: filledText, revision: optional(filledText), range: optional(filledText) }),
  run: streamBlame,
}

async function* streamBlame(repo: Repo, input: BlameInput): AsyncGenerator<BlameLine> {
  const context = resolveContext(repo)
  const tip = getTip(context)
  const seq = input.revision !== undefined ? await resolveAtom(context, input.revision) : tip === undefined ? undefined : repo.index.seqOf(tip)
  const path = trackedPathOf(repo, input.path)
  const entry = seq === undefined ? undefined : getEntry(repo.objects, readObject(repo.objects, repo.index.node(seq).id, 'atom').tree, path)
  if (seq === undefined || entry === undefined || entry.mode === FOLDER_MODE || entry.mode === SYMLINK_MODE) {
    const what = entry === undefined ? 'no file' : entry.mode === FOLDER_MODE ? 'a folder, not a file,' : 'a symlink, not a file,'
    const place = seq === undefined ? 'this branch' : repo.index.node(seq).atomId
    throw new AtomError('PATH_NOT_FOUND', `there is ${what} ${input.path} in ${place}`, { data: { path: input.path, ...(input.revision !== undefined && { revision: input.revision }) }, hint: 'atom log --name-status -- PATH shows when it came and went' })
  }
  const lines = splitLines(readContent(repo.objects, entry.link))
  const { from, to } = readRange(input.range, lines.count)
  const origins = await findOrigins(repo, { seq, path, from, to })
  const shortDigits = shortIdDigits(readLogState(repo.store).atoms)
  for (let at = from; at < to; at++) {
    const origin = origins[at - from] ?? { seq, path, line: at }
    const text = toDisplayText(sliceLines(lines, at, at + 1)).replace(/\r?\n$/, '')
    yield { line: at + 1, text, node: repo.index.node(origin.seq), shortDigits, path: origin.path, isRenamed: origin.path !== path, originalLine: origin.line + 1 }
  }
}

/** Returns a half-open range from 0. */
function readRange(text: string | undefined, count: number): { readonly from: number; readonly to: number } {
  if (text === undefined) return { from: 0, to: count }
  const [, first = '', comma, sign, last = ''] = /^(\d*)(,)?([+-])?(\d*)$/.exec(text) ?? []
  const start = first === '' ? 1 : Number(first)
  if ((first === '' && last === '') || start < 1) throw refuseRange(text, 'write -L 3,7 or -L 3,+2')
  const end = last !== '' ? lastLine({ start, sign, last: Number(last) }) : comma === undefined && first !== '' ? start : count
  const from = sign === '-' ? Math.max(1, start - Number(last) + 1) : start
  if (from > count) throw refuseRange(text, `the file has ${String(count)} lines`)
  if (end < from) throw refuseRange(text, 'the first line comes first')
  return { from: from - 1, to: Math.min(end, count) }
}

function lastLine({ start, sign, last }: { readonly start: number; readonly sign: string | undefined; readonly last: number }): number {
  if (sign === '-') return start
  return sign === '+' ? start + last - 1 : last
}

function refuseRange(text: string, hint: string): AtomError<'USAGE'> {
  return new AtomError('USAGE', `not a range of lines here: ${text}`, { data: { option: 'lines', value: text }, hint })
}
