/** `rev-parse`: what revisions, ranges and names stand for, as ids. */
import { AtomError } from '../../base/errors.js'
import { cidText, digestOf, type ObjectId } from '../../codec/object-id.js'
import { mergeBases } from '../../history/graph/merge-base.js'
import { resolveAtom, resolveObject, currentBranch } from '../../history/resolve.js'
import { HEADS, REMOTES, shortRefName, TAGS } from '../../refs/name.js'
import { getHeadBranch, getRef } from '../../refs/ref.js'
import { checkInput, count, filledText, oneOf, optional, someOf } from '../check.js'
import { resolveContext } from '../context.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'

export interface RevParseInput {
  readonly revs: readonly string[]
  /** How each is shown. Default: the 64 hex digits. */
  readonly form?: 'cid' | 'abbrev-ref' | 'full-ref' | undefined
  /** Digits at least, where ids are to be short. */
  readonly shortDigits?: number | undefined
}

export interface RevParseItem {
  /** True for what a range leaves out: shown with ^ before it. */
  readonly isExcluded: boolean
  readonly text: string
  readonly object: ObjectId | undefined
}

export const revParse: Operation<RevParseInput, RevParseItem> = {
  name: 'rev-parse',
  summary: 'Show what revisions stand for',
  effect: 'read',
  errors: ['REVISION_SYNTAX', 'REVISION_NOT_FOUND', 'PATH_NOT_FOUND', 'OBJECT_NOT_FOUND', 'ID_AMBIGUOUS', 'USAGE'],
  check: checkInput<RevParseInput>({ revs: someOf(filledText), form: optional(oneOf('cid', 'abbrev-ref', 'full-ref')), shortDigits: optional(count) }),
  run: parseRevs,
}

async function* parseRevs(repo: Repo, { revs, form, shortDigits }: RevParseInput): AsyncIterable<RevParseItem> {
  for (const rev of revs) {
    if (form === 'abbrev-ref' || form === 'full-ref') {
      yield { isExcluded: false, object: undefined, text: refName(repo, rev, form) }
      continue
    }
    for (const { object, isExcluded } of await idsOf(repo, rev)) {
      const text = form === 'cid' ? cidText(object) : shortDigits === undefined ? digestOf(object) : await shortest(repo, object, shortDigits)
      yield { isExcluded, object, text }
    }
  }
}

interface Named { readonly object: ObjectId; readonly isExcluded: boolean }

/** Returns what a word stands for: one id, or the ends of a range. */
async function idsOf(repo: Repo, rev: string): Promise<readonly Named[]> {
  const context = resolveContext(repo)
  if (rev.startsWith('^')) return [{ object: await resolveObject(context, rev.slice(1)), isExcluded: true }]
  const range = /^(.*?)(\.\.\.?)(?!\/)(.*)$/.exec(rev)
  if (range === null || rev.startsWith(':/')) return [{ object: await resolveObject(context, rev), isExcluded: false }]
  const [, left = '', dots, right = ''] = range
  const from = await resolveAtom(context, left === '' ? 'HEAD' : left)
  const to = await resolveAtom(context, right === '' ? 'HEAD' : right)
  const idOf = (seq: number): ObjectId => repo.index.node(seq).id
  if (dots === '..') return [{ object: idOf(to), isExcluded: false }, { object: idOf(from), isExcluded: true }]
  return [
    { object: idOf(from), isExcluded: false }, { object: idOf(to), isExcluded: false },
    ...mergeBases(repo.index, from, [to]).map((seq) => ({ object: idOf(seq), isExcluded: true })),
  ]
}

/** Returns the name of the ref that a word means; `HEAD` where it is detached. */
function refName(repo: Repo, rev: string, form: 'abbrev-ref' | 'full-ref'): string {
  if (rev === 'HEAD' || rev === '@') {
    const branch = currentBranch({ store: repo.store, ...(repo.identity.branch !== undefined && { branch: repo.identity.branch }) }) ?? getHeadBranch(repo.store)
    return branch === undefined ? 'HEAD' : form === 'full-ref' ? branch : shortRefName(branch)
  }
  const found = rev.startsWith('refs/') ? [rev] : [TAGS + rev, HEADS + rev, `refs/${rev}`, REMOTES + rev]
  const name = found.find((place) => getRef(repo.store, place) !== undefined)
  if (name === undefined) throw new AtomError('REVISION_NOT_FOUND', `no ref is called ${rev}`, { data: { revision: rev }, hint: 'atom branch -a' })
  return form === 'full-ref' ? name : shortRefName(name)
}

/** Returns as many digits of an id as tell it from every other object, at least so many. */
async function shortest(repo: Repo, object: ObjectId, digits: number): Promise<string> {
  const digest = digestOf(object)
  for (let length = Math.max(4, digits); length < 64; length++) {
    try {
      if (await resolveObject(resolveContext(repo), digest.slice(0, length)) === object) return digest.slice(0, length)
    } catch (error) {
      if (!(error instanceof AtomError) || (error.code !== 'ID_AMBIGUOUS' && error.code !== 'REVISION_NOT_FOUND')) throw error
    }
  }
  return digest
}
