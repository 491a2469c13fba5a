/** `op prune`: forgets the beginning of the operation log. The operation that does it names the last one dropped, so the log stays provable. */
import { AtomError } from '../../base/errors.js'
import { concatBytes, fromHex, toHex } from '../../base/bytes.js'
import { digestOf, type Digest, type ObjectId } from '../../codec/object-id.js'
import type { Op } from '../../object/op.js'
import { parseDate } from '../../history/date.js'
import { operations, requestEntry } from '../../refs/operation-log.js'
import { listRefs } from '../../refs/ref.js'
import type { Transaction } from '../../refs/transaction.js'
import { addUntold, erasedBy } from '../../refs/untold.js'
import { objectKey, requestKey } from '../../store/keys.js'
import { checkInput, count, filledText, flag, optional } from '../check.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'

export interface OpPruneInput {
  /** How many operations to keep. */
  readonly keep?: number | undefined
  /** A date: operations before it are forgotten. */
  readonly before?: string | undefined
  readonly dryRun: boolean
}

export interface OpPruneResult {
  readonly isDryRun: boolean
  readonly dropped: number
  readonly kept: number
  /** The last one dropped. */
  readonly last: ObjectId | undefined
}

export const opPrune: Operation<OpPruneInput, OpPruneResult> = {
  name: 'op.prune',
  summary: 'Forget the beginning of the operation log',
  effect: 'write',
  errors: ['USAGE', 'DATE_INVALID'],
  check: checkInput<OpPruneInput>({ keep: optional(count), before: optional(filledText), dryRun: flag }),
  run: prune,
}

/** Dropped in one batch, so that the log is whole at every moment; more than these take several prunes. */
const BATCH_OPS = 50_000

async function prune(repo: Repo, input: OpPruneInput): Promise<OpPruneResult> {
  if ((input.keep === undefined) === (input.before === undefined)) throw new AtomError('USAGE', 'op prune takes --keep N or --before DATE', { data: { option: 'keep' }, hint: 'atom op prune --keep 1000' })
  const beforeMs = input.before === undefined ? undefined : await parseDate(input.before, repo.clock.nowMs())
  const ids: ObjectId[] = []
  let kept = 0
  for (const { id, op } of operations(repo.store)) {
    if (ids.length > 0 || (beforeMs === undefined ? kept >= (input.keep ?? 0) : op.timeMs < beforeMs)) ids.push(id)
    else kept++
  }
  const last = ids[0]
  if (input.dryRun) return { isDryRun: true, dropped: ids.length, kept, last }
  for (let left = ids.length; left > 0; left -= BATCH_OPS) {
    repo.signal.throwIfAborted()
    await dropBatch(repo, ids.slice(Math.max(0, left - BATCH_OPS), left))
  }
  return { isDryRun: false, dropped: ids.length, kept, last }
}

/** Drops ops, newest first in the list, together with the op that says so. */
async function dropBatch(repo: Repo, ids: readonly ObjectId[]): Promise<void> {
  const [last] = ids
  if (last === undefined) return
  const refs = (await listRefs(repo.store, '')).map(({ name }) => name)
  await repo.writer.transact({ agent: repo.identity.agent, command: 'op prune', prune: { last: digestOf(last), refs } }, (tx) => {
    addUntold(tx, ids.flatMap((id) => dropOp(tx, id)))
  })
}

/** Returns what it had erased. */
function dropOp(tx: Transaction, id: ObjectId): readonly Digest[] {
  const op = readOp(tx, id)
  tx.deleteRecord(objectKey(id))
  if (op?.request !== undefined) dropRequest(tx, op.request, id)
  return op === undefined ? [] : erasedBy(op)
}

function dropRequest(tx: Transaction, request: string, id: ObjectId): void {
  const key = requestKey(request)
  const entries = entriesOf(tx.getRecord(key)).filter((entry) => entry !== requestEntry(id))
  if (entries.length === 0) tx.deleteRecord(key)
  else tx.putRecord(key, concatBytes(entries.map(fromHex)))
}

function readOp(tx: Transaction, id: ObjectId): Op | undefined {
  for (const { op } of operations(tx, id)) return op
  return undefined
}

function entriesOf(value: Uint8Array | undefined): readonly string[] {
  return value === undefined ? [] : Array.from({ length: value.length >> 3 }, (_, index) => toHex(value.subarray(index * 8, index * 8 + 8)))
}
