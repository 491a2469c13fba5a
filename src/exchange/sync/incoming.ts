/**
 * Takes what somebody pushes into a store that is worked in: judged like what a fetch brings, then taken; then the refs move, each from where the pusher saw it.
 *
 * Guarantees: nothing is taken before all that a ref needs was judged, so one who lies leaves the store as it was; every move is an operation of this store's log, so that it
 * can be undone. Refuses: to move the branch that is checked out to other files, this store's own log, and to take away receipts or logs.
 */
import { AtomError, isAtomError } from '../../base/errors.js'
import { toHex } from '../../base/bytes.js'
import { digestOf, objectId, type ObjectId } from '../../codec/object-id.js'
import type { RefTarget } from '../../object/op.js'
import type { Repo } from '../../ops/repo.js'
import { FORGOTTEN, HEADS, OFFERED, OPS, shortRefName, TAGS } from '../../refs/name.js'
import { pointAt } from '../../refs/ref.js'
import type { Transaction } from '../../refs/transaction.js'
import { getObjectAs, META } from '../../store/objects.js'
import type { RefOutcome, RefUpdate } from '../remote.js'
import { refMoved, targetMissing } from '../remote-errors.js'
import { accept, judgeTrees, peelToAtom, stagedOver } from './accept.js'
import { sortRefs } from './known-refs.js'
import { receive } from './receive.js'
import type { ObjectSource } from './received.js'
import { createStaging, type OpenScratch } from './staging.js'

export interface Incoming {
  /** What was pushed; errors call it by its location. */
  readonly source: ObjectSource
  readonly openScratch: OpenScratch
  readonly updates: readonly RefUpdate[]
}

const COMMAND = 'serve push'

/** Returns one outcome for each update, in order. Updates that are refused do not keep the others from being done. */
export async function takePush(repo: Repo, incoming: Incoming): Promise<readonly RefOutcome[]> {
  const refused = new Map<RefUpdate, AtomError>()
  const left: RefUpdate[] = []
  for (const update of incoming.updates) {
    const problem = getProblem(repo, update)
    if (problem === undefined) left.push(update)
    else refused.set(update, problem)
  }
  for (const updates of roundsOf(left)) for (const [update, problem] of await takeRound(repo, incoming, { updates, receipts: updates.filter(isReceipt) })) refused.set(update, problem)
  return incoming.updates.map((update) => ({ ref: update.ref, refused: refused.get(update) }))
}

/** What cannot be done whatever was sent. */
function getProblem({ store }: Repo, { ref, next }: RefUpdate): AtomError | undefined {
  if (ref.startsWith(HEADS) || ref.startsWith(TAGS)) return undefined
  const isLog = ref.startsWith(OPS)
  if (!isLog && !ref.startsWith(FORGOTTEN)) return refuse('a store takes branches, tags, receipts and operation logs')
  if (next === undefined) return refuse(`${isLog ? 'operation logs' : 'receipts'} stay`)
  if (isLog && ref === OPS + toHex(store.getRecord(META.store) ?? new Uint8Array(0))) return refuse('this is the operation log of the store itself, and it writes it alone: you push from a copy of it')
  return undefined
}

function refuse(reason: string): AtomError<'REMOTE_REFUSED'> {
  return new AtomError('REMOTE_REFUSED', reason, { data: { remote: 'here', reason } })
}

function isReceipt({ ref }: RefUpdate): boolean {
  return ref.startsWith(FORGOTTEN)
}

/** No ref stands twice in a round. */
function roundsOf(updates: readonly RefUpdate[]): readonly (readonly RefUpdate[])[] {
  const rounds: Map<string, RefUpdate>[] = [new Map<string, RefUpdate>()]
  for (const update of updates) {
    if (rounds.at(-1)?.has(update.ref) === true) rounds.push(new Map())
    rounds.at(-1)?.set(update.ref, update)
  }
  return rounds.map((round) => [...round.values()])
}

type Problems = ReadonlyMap<RefUpdate, AtomError>

interface Round {
  readonly updates: readonly RefUpdate[]
  /** All that came, since they explain what the others lack. */
  readonly receipts: readonly RefUpdate[]
}

/** Takes all together, or, where something is not whole, each by itself. Returns what is wrong with which. */
async function takeRound(repo: Repo, incoming: Incoming, { updates, receipts }: Round): Promise<Problems> {
  const [only, second] = updates
  try {
    return only === undefined ? new Map() : await takeTogether(repo, incoming, { updates, receipts })
  } catch (error) {
    if (!isAtomError(error, 'LINK_MISSING') && !isAtomError(error, 'OBJECT_CORRUPT')) throw error
    if (only !== undefined && second === undefined) return new Map([[only, error]])
  }
  const problems = new Map<RefUpdate, AtomError>()
  for (const update of [...receipts, ...updates.filter((other) => !isReceipt(other))]) {
    const alone = { updates: [update], receipts: isReceipt(update) ? [update] : receipts.filter((receipt) => !problems.has(receipt)) }
    for (const [wrong, problem] of await takeRound(repo, incoming, alone)) problems.set(wrong, problem)
  }
  return problems
}

/** Throws `LINK_MISSING` and `OBJECT_CORRUPT` before anything is taken. */
async function takeTogether(repo: Repo, { source, openScratch }: Incoming, { updates, receipts: given }: Round): Promise<Problems> {
  await using staging = createStaging(openScratch)
  const { receipts, heads, tags, logs } = sortRefs({ refs: new Map([...given, ...updates].flatMap(({ ref, next }) => (next === undefined ? [] : [[ref, next] as const]))), head: undefined })
  const named = [...heads, ...tags]
  const { references, atoms: arrived } = await receive({ ...repo, staging, source, have: [], follow: () => true }, [receipts, named, logs])
  const reader = stagedOver(staging, repo.objects)
  const judging = { staged: staging, arrived, location: source.location }
  // ATOMs that only a log names come along with it, as they do to every remote.
  const atoms = [...named.map(({ id }) => id), ...references].flatMap((id) => (reader.getObject(id) === undefined ? [] : peelToAtom(reader, id) ?? []))
  await judgeTrees(repo, judging, atoms)
  const problems = new Map<RefUpdate, AtomError>()
  const isOther = (update: RefUpdate): boolean => !isReceipt(update)
  for (const { roots, moved } of [{ roots: receipts, moved: updates.filter(isReceipt) }, { roots: [...named, ...logs], moved: updates.filter(isOther) }]) {
    if (moved.length === 0) continue
    const ids = roots.map(({ id }) => id)
    await accept(repo, { ...judging, roots: roots === receipts ? ids : [...atoms, ...ids], stamp: { agent: repo.identity.agent, command: COMMAND } })
    for (const [wrong, problem] of await move(repo, moved)) problems.set(wrong, problem)
  }
  return problems
}

/** Moves in one operation all refs that may move; returns what is wrong with the others. */
async function move(repo: Repo, updates: readonly RefUpdate[]): Promise<Problems> {
  if (updates.length === 0) return new Map()
  try {
    const { value } = await repo.writer.transact({ agent: repo.identity.agent, command: COMMAND }, (tx) => new Map(updates.flatMap((update) => {
      const problem = edit(tx, update)
      return problem === undefined ? [] : [[update, problem] as const]
    })))
    return value
  } catch (error) {
    // One of the names is a folder of another's: each is tried by itself.
    if (!isAtomError(error, 'REF_EXISTS')) throw error
    const [only, second] = updates
    if (only !== undefined && second === undefined) return new Map([[only, refuse(error.message)]])
  }
  const problems = new Map<RefUpdate, AtomError>()
  for (const update of updates) for (const [wrong, problem] of await move(repo, [update])) problems.set(wrong, problem)
  return problems
}

/** Stages a move, or returns why not. */
function edit(tx: Transaction, update: RefUpdate): AtomError | undefined {
  const { ref, expected, next } = update
  const actual = idAt(tx.target(ref))
  if (actual !== expected) return refMoved(update, actual)
  const bytes = next === undefined ? undefined : tx.getObject(next)
  // Somebody may have tidied up what was just taken.
  if (next !== undefined && bytes === undefined) return targetMissing(ref, next)
  if (isCheckedOut(tx, ref) && !isSameTree(tx, expected, next)) {
    return refuse(`the branch ${shortRefName(ref)} is checked out there, and the files of whoever works there would not fit it any more: push another branch, which can be merged there`)
  }
  tx.edit({ ref: next !== undefined && ref.startsWith(FORGOTTEN) ? receiptPlace(tx, ref, next) : ref, expected: 'any', next: next === undefined ? undefined : pointAt(next) })
  return undefined
}

function idAt(target: RefTarget | undefined): ObjectId | undefined {
  return target?.is === 'object' ? objectId(target.digest, 'dag-cbor') : undefined
}

function isCheckedOut(tx: Transaction, ref: string): boolean {
  const head = tx.target('HEAD')
  return head?.is === 'symbolic' && head.ref === ref
}

function isSameTree(tx: Transaction, before: ObjectId | undefined, after: ObjectId | undefined): boolean {
  return before !== undefined && after !== undefined && tx.header(before).tree === tx.header(after).tree
}

/** A receipt for what is still here is an offer: nothing is erased because somebody else did. */
function receiptPlace(tx: Transaction, ref: string, receipt: ObjectId): string {
  const object = getObjectAs(tx, receipt, 'receipt')?.object
  return object !== undefined && tx.getObject(object) !== undefined ? OFFERED + digestOf(object) : ref
}
