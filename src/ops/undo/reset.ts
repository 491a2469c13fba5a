/** `reset`: moves the current branch to another ATOM. What was after it leaves the branch and is kept: the operation log says where it was. */
import type { ObjectId } from '../../codec/object-id.js'
import { range } from '../../history/graph/reachable.js'
import { resolveAtom } from '../../history/resolve.js'
import { pointAt, resolveRef } from '../../refs/ref.js'
import type { Transaction } from '../../refs/transaction.js'
import { META } from '../../store/objects.js'
import { readRecord, type AtomRecord } from '../../trail/record.js'
import { checkInput, filledText, oneOf, orElse } from '../check.js'
import { resolveContext, targetRef, treeOf } from '../context.js'
import type { Laid } from '../fork/integrate.js'
import { isOnDisk, layOut } from '../files/lay-out.js'
import { wishChecks, wishOf, type WishInput } from '../fork/layout-wish.js'
import { checkNothingWaits } from '../fork/merge-state.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'
import { withTaint } from '../with-taint.js'

export interface ResetInput extends WishInput {
  readonly revision: string
  /** `hard` lays out the files too; `soft` leaves them. */
  readonly mode: 'hard' | 'soft'
}

export interface ResetResult {
  /** Full ref name. */
  readonly ref: string
  readonly before: ObjectId | undefined
  readonly atom: AtomRecord
  /** ATOMs that are on the branch no more. */
  readonly left: number
  readonly files: Laid | undefined
  readonly isDryRun: boolean
}

export const reset: Operation<ResetInput, ResetResult> = {
  name: 'reset',
  summary: 'Move the current branch to another ATOM',
  effect: 'files',
  errors: ['REVISION_NOT_FOUND', 'REVISION_SYNTAX', 'ID_AMBIGUOUS', 'LOCAL_CHANGES', 'SCOPE_REFUSED', 'OPERATION_IN_PROGRESS', 'REF_MOVED', 'FILE_UNWRITABLE', 'STORE_FULL'],
  check: checkInput<ResetInput>({ revision: filledText, mode: orElse('soft', oneOf('hard', 'soft')), ...wishChecks }),
  run: resetTo,
}

async function resetTo(repo: Repo, input: ResetInput): Promise<ResetResult> {
  const ref = targetRef(repo)
  const wish = wishOf(input)
  const isVisible = isOnDisk(repo, ref)
  if (isVisible && input.mode === 'soft') checkNothingWaits(repo.store)
  const seq = await resolveAtom(resolveContext(repo), input.revision)
  const { id } = repo.index.node(seq)
  const before = resolveRef(repo.store, ref)
  const left = before === undefined ? 0 : range(repo.index, [repo.index.seqOf(before)], [seq]).size
  const result = { ref, before, atom: await withTaint(repo, readRecord(repo, seq, { files: 'include' })), left, isDryRun: wish.dryRun }
  const stamp = { agent: repo.identity.agent, command: 'reset' }
  const commit = (tx: Transaction): void => {
    tx.edit({ ref, expected: before === undefined ? undefined : pointAt(before), next: pointAt(id) })
    if (isVisible) tx.deleteRecord(META.merge)
  }
  if (input.mode === 'hard' && isVisible) {
    const { value: _none, ...files } = await layOut(repo, { to: treeOf(repo.objects, id), ...wish, files: 'every', stamp, commit })
    return { ...result, files }
  }
  if (!wish.dryRun) await repo.writer.transact(stamp, commit)
  return { ...result, files: undefined }
}
