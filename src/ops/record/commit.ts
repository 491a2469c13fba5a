/** `commit`: records the changed files, as git users expect; the title is the message. */
import { AtomError } from '../../base/errors.js'
import { add, type AddInput, type AddResult } from './add.js'
import { shortRefName } from '../../refs/name.js'
import { checkInput, filledText, oneOf, optional, someOf, text } from '../check.js'
import { targetRef } from '../context.js'
import type { Operation } from '../operation.js'
import { layoutTree } from './record-draft.js'
import type { LocalChange } from '../ports.js'
import type { Repo } from '../repo.js'

export interface CommitInput {
  readonly title: string
  readonly reason?: string | undefined
  /** Default: COMMIT. */
  readonly type?: string | undefined
  readonly agent?: string | undefined
  readonly date?: string | undefined
  readonly all?: 'tracked' | 'new' | undefined
  readonly files: readonly string[]
}

export const commit: Operation<CommitInput, AddResult> = {
  name: 'commit',
  summary: 'Record the files that changed',
  effect: 'write',
  errors: ['NOTHING_TO_COMMIT', ...add.errors],
  check: checkInput<CommitInput>({
    title: filledText, reason: optional(text), type: optional(filledText), agent: optional(filledText), date: optional(filledText),
    all: optional(oneOf('tracked', 'new')), files: someOf(filledText),
  }),
  run: commitFiles,
}

async function commitFiles(repo: Repo, input: CommitInput): Promise<AddResult> {
  const changed = await changedFiles(repo, input)
  if (changed.length === 0) {
    for (const typed of input.files) await checkThere(repo, typed)
    const branch = shortRefName(targetRef(repo))
    throw new AtomError('NOTHING_TO_COMMIT', `nothing changed that would go into an ATOM on ${branch}`, {
      data: { branch }, hint: input.files.length === 0 && input.all === undefined ? 'atom commit -a -m TITLE takes every tracked file that changed, or name PATHs' : 'atom status; atom add TYPE TITLE records an ATOM without files',
    })
  }
  const { type, title, reason, agent, date, all } = input
  const request: AddInput = { type: type ?? 'COMMIT', title, reason, agent, date, all, files: input.files, deletes: [], influencedBy: [], evidence: [] }
  const result = add.run(repo, add.check(request))
  return result as Promise<AddResult>
}

/** Returns what the commit would take. Reads no file whose stat data are the remembered ones. */
async function changedFiles(repo: Repo, input: CommitInput): Promise<readonly LocalChange[]> {
  const source = { ...repo.store, ...repo.objects }
  const tree = layoutTree(repo.store)
  const all = input.all === undefined ? [] : await repo.worktree.changes(source, tree, { untracked: input.all === 'new' ? 'show' : 'hide' })
  const paths = input.files.map((typed) => repo.worktree.locate(typed))
  const named = paths.length === 0 ? [] : await repo.worktree.changes(source, tree, { untracked: 'show', paths })
  return [...all, ...named]
}

/** Throws `PATH_NOT_FOUND` for what is not on disk; what is tracked and gone is a change. */
async function checkThere(repo: Repo, typed: string): Promise<void> {
  if ((await repo.worktree.list(repo.worktree.locate(typed))).length > 0) return
  throw new AtomError('PATH_NOT_FOUND', `there is no file ${typed}`, { data: { path: typed }, hint: 'atom status shows what there is' })
}
