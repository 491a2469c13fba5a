/**
 * `undo`: takes a move of refs back, by a move of its own: so it can be undone too, which is the redo. Objects are never touched.
 *
 * Refuses what would lose a later move: each ref must still be where the op left it.
 */
import { AtomError, isAtomError } from '../../base/errors.js'
import { digestOf, objectId, type ObjectId } from '../../codec/object-id.js'
import { equalTargets, formatTarget, type Op, type RefChange, type RefTarget } from '../../object/op.js'
import { FORGOTTEN, OPS, shortRefName } from '../../refs/name.js'
import { operations, type LoggedOp } from '../../refs/operation-log.js'
import { getRef, resolveRef } from '../../refs/ref.js'
import type { Transaction } from '../../refs/transaction.js'
import { getObjectKeyId, objectPrefixRange } from '../../store/keys.js'
import { readObject } from '../../store/objects.js'
import { checkInput, filledText, optional } from '../check.js'
import { targetRef, treeOf } from '../context.js'
import type { Laid, LayoutWish } from '../fork/integrate.js'
import { layOut } from '../files/lay-out.js'
import { wishChecks, wishOf, type WishInput } from '../fork/layout-wish.js'
import { checkNothingWaits } from '../fork/merge-state.js'
import type { Operation } from '../operation.js'
import type { OpItem } from './op-log.js'
import type { Repo } from '../repo.js'

export interface UndoInput extends WishInput {
  /** An op: its id, a prefix of that from 4 digits on, or its number. Default: the last that moved the current branch. */
  readonly operation?: string | undefined
}

export interface UndoResult {
  readonly undone: OpItem
  /** What this did to refs. */
  readonly changes: readonly RefChange[]
  /** The op that says so; absent after a dry run. */
  readonly op: OpItem | undefined
  readonly files: Laid | undefined
}

export const undo: Operation<UndoInput, UndoResult> = {
  name: 'undo',
  summary: 'Take back the last move of the current branch',
  effect: 'files',
  errors: [
    'NOTHING_TO_UNDO', 'OPERATION_NOT_FOUND', 'OPERATION_FOREIGN', 'OPERATION_IN_PROGRESS', 'ID_AMBIGUOUS', 'REF_MOVED', 'OBJECT_NOT_FOUND', 'LOCAL_CHANGES', 'SCOPE_REFUSED', 'FILE_UNWRITABLE', 'STORE_FULL',
  ],
  check: checkInput<UndoInput>({ operation: optional(filledText), ...wishChecks }),
  run: undoOp,
}

async function undoOp(repo: Repo, input: UndoInput): Promise<UndoResult> {
  const wish = wishOf(input)
  const undone = input.operation === undefined ? lastMove(repo) : await findOp(repo, input.operation)
  checkUndoable(repo, undone, wish)
  const changes = takenBack(undone.op).map(({ ref, before, after }): RefChange => ({ ref, ...(after && { before: after }), ...(before && { after: before }) }))
  const stamp = { agent: repo.identity.agent, command: 'undo' }
  const commit = (tx: Transaction): void => {
    for (const { ref, before, after } of changes) tx.edit({ ref, expected: before, next: after })
  }
  const head = headAfter(repo, changes)
  let files: Laid | undefined
  if (head.isMoved) {
    checkNothingWaits(repo.store)
    const { value: _none, ...laid } = await layOut(repo, { to: treeOf(repo.objects, head.tip), ...wish, files: 'changed', stamp, commit })
    files = laid
  } else if (!wish.dryRun) await repo.writer.transact(stamp, commit)
  const [op] = wish.dryRun ? [] : operations(repo.store)
  return { undone, changes, op, files }
}

function lastMove(repo: Repo): LoggedOp {
  const ref = targetRef(repo)
  for (const item of operations(repo.store)) if (item.op.changes.some((change) => change.ref === ref)) return item
  throw new AtomError('NOTHING_TO_UNDO', `the operation log knows no move of ${shortRefName(ref)}`, { data: { branch: shortRefName(ref) }, hint: 'atom op log' })
}

/** Returns the op that a text names: by id, by prefix, else by number. */
async function findOp(repo: Repo, text: string): Promise<LoggedOp> {
  const found = /^[0-9a-fA-F]{4,64}$/.test(text) ? await opsWithPrefix(repo, text.toLowerCase()) : []
  const [only, second] = found
  if (second !== undefined) throw new AtomError('ID_AMBIGUOUS', `${text} names several operations`, { data: { prefix: text, candidates: found.map(({ id }) => digestOf(id)) }, hint: 'give more digits' })
  if (only !== undefined) return only
  if (/^#?\d{1,15}$/.test(text)) {
    const seq = Number(text.replace('#', ''))
    for (const item of operations(repo.store)) {
      if (item.op.seq === seq) return item
      if (item.op.seq < seq) break
    }
  }
  throw new AtomError('OPERATION_NOT_FOUND', `there is no operation ${text}`, { data: { operation: text }, hint: 'atom op log' })
}

async function opsWithPrefix(repo: Repo, prefix: string): Promise<readonly LoggedOp[]> {
  const found: LoggedOp[] = []
  for await (const list of repo.store.scan(objectPrefixRange(0x71, prefix))) {
    for (const [key] of list) {
      const id = getObjectKeyId(key)
      const op = id === undefined ? undefined : getOp(repo, id)
      if (id !== undefined && op !== undefined) found.push({ id, op })
    }
  }
  return found
}

function getOp(repo: Repo, id: ObjectId): Op | undefined {
  try {
    return readObject(repo.objects, id, 'op')
  } catch (error) {
    if (isAtomError(error, 'OBJECT_CORRUPT') || isAtomError(error, 'KIND_UNKNOWN')) return undefined
    throw error
  }
}

function checkUndoable(repo: Repo, { id, op }: LoggedOp, { force }: LayoutWish): void {
  const short = digestOf(id).slice(0, 10)
  const [newest] = operations(repo.store)
  if (newest?.op.store !== op.store) throw new AtomError('OPERATION_NOT_FOUND', `the operation ${short} is of another store`, { data: { operation: digestOf(id) }, hint: 'atom op log' })
  if (op.changes.some(({ ref, before }) => ref === 'HEAD' && before === undefined)) throw new AtomError('NOTHING_TO_UNDO', 'the store began with this operation', { data: { branch: 'HEAD' } })
  if (op.changes.some(({ ref }) => ref.startsWith(FORGOTTEN))) throw new AtomError('NOTHING_TO_UNDO', 'what was forgotten cannot be brought back', { data: { branch: 'HEAD' } })
  if (takenBack(op).length === 0) throw new AtomError('NOTHING_TO_UNDO', `the operation ${short} moved nothing here`, { data: { branch: 'HEAD' } })
  if (op.agent !== repo.identity.agent && !force) {
    throw new AtomError('OPERATION_FOREIGN', `the operation ${short} (${op.command}) is ${op.agent}'s, not ${repo.identity.agent}'s`, { data: { operation: digestOf(id), agent: op.agent }, hint: `to undo it all the same: atom undo --force ${short}` })
  }
  checkUnmoved(repo, { id, op })
}

/** Leaves out the logs of other stores: what they did is not taken back by forgetting it. */
function takenBack({ changes }: Op): readonly RefChange[] {
  return changes.filter(({ ref }) => !ref.startsWith(OPS))
}

/** Refuses what would lose a later move, or lead to what is gone. */
function checkUnmoved(repo: Repo, { id, op }: LoggedOp): void {
  const short = digestOf(id).slice(0, 10)
  for (const { ref, before, after } of takenBack(op)) {
    const now = getRef(repo.store, ref)
    if (!equalTargets(now, after)) {
      throw new AtomError('REF_MOVED', `${shortRefName(ref)} moved after the operation ${short}: it is at ${formatTarget(now) ?? 'nothing'}, and the operation left it at ${formatTarget(after) ?? 'nothing'}`, {
        data: { ref, expected: formatTarget(after), actual: formatTarget(now) }, hint: before?.is === 'object' ? `undo what came later first, or: atom reset ${before.digest.slice(0, 10)}` : 'undo what came later first',
      })
    }
    if (before?.is === 'object' && repo.objects.getObject(objectId(before.digest, 'dag-cbor')) === undefined) throw new AtomError('OBJECT_NOT_FOUND', `what ${shortRefName(ref)} was at is not here any more: ${before.digest}`, { data: { id: before.digest } })
  }
}

/** Returns what HEAD names once the changes are made. */
function headAfter(repo: Repo, changes: readonly RefChange[]): { readonly tip: ObjectId | undefined; readonly isMoved: boolean } {
  const after = (ref: string): RefTarget | undefined => {
    const change = changes.find((candidate) => candidate.ref === ref)
    return change === undefined ? getRef(repo.store, ref) : change.after
  }
  const head = after('HEAD')
  const final = head?.is === 'symbolic' ? after(head.ref) : head
  const tip = final?.is === 'object' ? objectId(final.digest, 'dag-cbor') : undefined
  return { tip, isMoved: tip !== resolveRef(repo.store, 'HEAD') }
}
