/** `merge`: joins another ATOM's history to the current branch. */
import { AtomError } from '../../base/errors.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { isAncestor } from '../../history/graph/reachable.js'
import { mergeBaseTree } from '../../history/merge/merge-base-tree.js'
import type { MergeConflict } from '../../history/merge/types.js'
import { resolveAtom } from '../../history/resolve.js'
import { HEADS, REMOTES, shortRefName } from '../../refs/name.js'
import { getRef, pointAt, resolveRef } from '../../refs/ref.js'
import { readRecord, type AtomRecord } from '../../trail/record.js'
import { checkInput, filledText, oneOf, optional } from '../check.js'
import { resolveContext, targetRef, treeOf } from '../context.js'
import { integrate, type Laid, type LayoutWish } from './integrate.js'
import { integrationDraft } from './integration-draft.js'
import { isOnDisk, layOut } from '../files/lay-out.js'
import { wishChecks, wishOf, type WishInput } from './layout-wish.js'
import { checkNothingWaits } from './merge-state.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'
import { withTaint } from '../with-taint.js'

export interface MergeInput extends WishInput {
  readonly revision: string
  /** `only`: refuse anything else; `never`: record a MERGE even where the branch could just move. */
  readonly fastForward?: 'allow' | 'only' | 'never' | undefined
  readonly title?: string | undefined
}

export interface MergeResult {
  readonly result: 'merged' | 'fast-forward' | 'up-to-date' | 'conflicts'
  /** The tip afterwards; absent with conflicts, and for what a dry run would record. */
  readonly atom: AtomRecord | undefined
  readonly conflicts: readonly MergeConflict[]
  /** Full name of the branch that was merged into. */
  readonly ref: string
  readonly before: ObjectId | undefined
  readonly files: Laid | undefined
  readonly isWaiting: boolean
}

export const merge: Operation<MergeInput, MergeResult> = {
  name: 'merge',
  summary: 'Join another branch to the current one',
  effect: 'files',
  errors: [
    'REVISION_NOT_FOUND', 'REVISION_SYNTAX', 'ID_AMBIGUOUS', 'NOT_FAST_FORWARD', 'LOCAL_CHANGES', 'SCOPE_REFUSED', 'OPERATION_IN_PROGRESS', 'REF_MOVED', 'OBJECT_NOT_FOUND',
    'FILE_UNWRITABLE', 'FILE_UNREADABLE', 'STORE_FULL', 'FORGOTTEN', 'INPUT_INVALID',
  ],
  check: checkInput<MergeInput>({ revision: filledText, fastForward: optional(oneOf('allow', 'only', 'never')), title: optional(filledText), ...wishChecks }),
  run: mergeRevision,
}

async function mergeRevision(repo: Repo, input: MergeInput): Promise<MergeResult> {
  const ref = targetRef(repo)
  const wish = wishOf(input)
  if (isOnDisk(repo, ref)) checkNothingWaits(repo.store)
  const theirs = await resolveAtom(resolveContext(repo), input.revision)
  const theirId = repo.index.node(theirs).id
  const before = resolveRef(repo.store, ref)
  const ours = before === undefined ? undefined : repo.index.seqOf(before)
  const result = { ref, before, conflicts: [], files: undefined, isWaiting: false }
  if (ours !== undefined && isAncestor(repo.index, theirs, ours)) return { ...result, result: 'up-to-date', atom: await withTaint(repo, readRecord(repo, ours, { files: 'include' })) }
  if (ours === undefined || (input.fastForward !== 'never' && isAncestor(repo.index, ours, theirs))) {
    const files = await fastForward(repo, { ref, from: before, to: theirId }, wish)
    return { ...result, result: 'fast-forward', atom: await withTaint(repo, readRecord(repo, theirs, { files: 'include' })), files }
  }
  if (input.fastForward === 'only') throw diverged(repo, { ref, ours, theirs })
  const base = await mergeBaseTree({ graph: repo.index, reader: repo.objects, treeOf: (seq) => treeOf(repo.objects, repo.index.node(seq).id), signal: repo.signal }, ours, [theirs])
  const name = nameOf(repo, input.revision, theirs)
  const integrated = await integrate(repo, {
    kind: 'merge', ref, theirs: theirId, base: base.tree, changed: treeOf(repo.objects, theirId), objects: base.objects,
    labels: { ours: ref === 'HEAD' ? 'HEAD' : shortRefName(ref), theirs: name }, names: [name], rest: [],
    draft: integrationDraft(repo, { kind: 'merge', ref, theirs: theirId, names: [name], title: input.title }),
  }, wish)
  return { ...result, ...integrated, result: integrated.conflicts.length > 0 ? 'conflicts' : 'merged' }
}

/** Returns the branch that was named, or the atom id where it was no branch. */
function nameOf(repo: Repo, revision: string, seq: number): string {
  const isBranch = [HEADS, REMOTES].some((prefix) => getRef(repo.store, prefix + revision) !== undefined)
  if (isBranch) return revision
  return revision.startsWith('refs/') ? shortRefName(revision) : repo.index.node(seq).atomId
}

interface Move { readonly ref: string; readonly from: ObjectId | undefined; readonly to: ObjectId }

/** Moves a branch forward, its files with it where they are on disk. */
async function fastForward(repo: Repo, { ref, from, to }: Move, wish: LayoutWish): Promise<Laid | undefined> {
  const stamp = { agent: repo.identity.agent, command: 'merge' }
  const edit = { ref, expected: from === undefined ? undefined : pointAt(from), next: pointAt(to) }
  if (isOnDisk(repo, ref)) {
    const { value: _none, ...files } = await layOut(repo, { to: treeOf(repo.objects, to), ...wish, files: 'changed', stamp, commit: (tx) => { tx.edit(edit) } })
    return files
  }
  if (!wish.dryRun) await repo.writer.transact(stamp, (tx) => { tx.edit(edit) })
  return undefined
}

function diverged(repo: Repo, { ref, ours, theirs }: { readonly ref: string; readonly ours: number; readonly theirs: number }): AtomError<'NOT_FAST_FORWARD'> {
  const [mine, yours] = [repo.index.node(ours), repo.index.node(theirs)]
  return new AtomError('NOT_FAST_FORWARD', `${shortRefName(ref)} has ATOMs that ${yours.atomId} has not: it cannot just move forward`, {
    data: { ref, ours: digestOf(mine.id), theirs: digestOf(yours.id) }, hint: 'merge without --ff-only',
  })
}
