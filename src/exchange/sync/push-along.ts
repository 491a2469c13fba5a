/** What goes with every push: receipts, and this store's operation log with what it names. */
import { AtomError } from '../../base/errors.js'
import { toHex } from '../../base/bytes.js'
import { digestOf, objectId, type ObjectId } from '../../codec/object-id.js'
import type { Repo } from '../../ops/repo.js'
import { readLogState } from '../../refs/log-state.js'
import { FORGOTTEN, OPS } from '../../refs/name.js'
import { getRef, listRefs, type Ref } from '../../refs/ref.js'
import { readUntold } from '../../refs/untold.js'
import { META, readObject } from '../../store/objects.js'
import { MISSING_MAX_IDS, type RefUpdate, type Remote } from '../remote.js'
import { outgoingLog, type OutgoingLog } from './outgoing.js'
import type { PushFacts } from './push-plan.js'
import { refusalOf, type Refusal } from './refusal.js'
import { getSentLog } from './remembered.js'

export interface Along {
  /** Receipts that the remote has not got, and where they go. */
  readonly receipts: readonly RefUpdate[]
  /** Those that are sent; the others are there. */
  readonly receiptObjects: readonly ObjectId[]
  readonly log: OutgoingLog
  /** The end of the log that the remote has and that is this store's. */
  readonly known: ObjectId | undefined
  /** The end of the log; undefined where the remote has it, or has another one. */
  readonly logUpdate: RefUpdate | undefined
  readonly refused: readonly Refusal[]
}

export async function planAlong(repo: Repo, facts: PushFacts): Promise<Along> {
  const ours = await listRefs(repo.store, FORGOTTEN)
  const lacking = ours.filter(({ name }) => !facts.remoteRefs.has(name))
  const receipts = lacking.map((one): RefUpdate => ({ ref: one.name, expected: undefined, next: targetOf(one) }))
  const receiptObjects = (facts.extent === 'everything' ? ours : lacking).map(targetOf)
  const { tip } = readLogState(repo.store)
  const ref = OPS + toHex(repo.store.getRecord(META.store) ?? new Uint8Array(0))
  const known = facts.remoteRefs.get(ref)
  const { isOurs, ...beyond } = outgoingLog(repo, tip, known)
  const log = withUntold(repo, { ...(facts.extent === 'everything' ? outgoingLog(repo, tip, undefined) : beyond), isOurs }, facts.extent === 'everything' ? undefined : known)
  // What was pruned here followed on the end that the remote was given last.
  const isBeforePrune = beyond.isPruned && known !== undefined && facts.name !== undefined && known === getSentLog(repo.store, facts.name)
  const isTaken = isOurs || isBeforePrune || facts.force === 'with-lease'
  const logUpdate = isTaken && tip !== known ? { ref, expected: known, next: tip } : undefined
  if (isTaken || tip === undefined) return { receipts, receiptObjects, log, known: isTaken ? known : undefined, logUpdate, refused: [] }
  return { receipts, receiptObjects, log: { ...log, ops: [], forgotten: [] }, known: undefined, logUpdate, refused: [refusalOf(ref, logDiffers(facts, ref, { tip, known }))] }
}

/** Has the remote drop what was forgotten here, where it still has it. Not what others' receipts name: those are theirs to follow. */
export async function forgetThere(repo: Repo, remote: Remote, { forgotten }: OutgoingLog): Promise<void> {
  for (let from = 0; from < forgotten.length; from += MISSING_MAX_IDS) {
    const ids = forgotten.slice(from, from + MISSING_MAX_IDS).map((receipt) => readObject(repo.objects, receipt, 'receipt').object)
    const missing = new Set(await remote.missing(ids))
    const there = ids.filter((id) => !missing.has(id))
    if (there.length > 0) await remote.forget(there)
  }
}

/** Adds the receipts of erasures whose operations were pruned, where the remote may never have had those. */
function withUntold({ store }: Repo, log: OutgoingLog, known: ObjectId | undefined): OutgoingLog {
  if (!log.isPruned || (log.isOurs && known !== undefined)) return log
  const untold = readUntold(store).flatMap((digest) => {
    const receipt = getRef(store, FORGOTTEN + digest)
    return receipt?.is === 'object' ? [objectId(receipt.digest, 'dag-cbor')] : []
  })
  return { ...log, forgotten: [...new Set([...untold, ...log.forgotten])] }
}

function targetOf({ target }: Ref): ObjectId {
  if (target.is !== 'object') throw new TypeError('only HEAD is symbolic')
  return objectId(target.digest, 'dag-cbor')
}

function logDiffers({ location }: PushFacts, ref: string, { tip, known }: { readonly tip: ObjectId; readonly known: ObjectId | undefined }): AtomError<'NOT_FAST_FORWARD'> {
  return new AtomError('NOT_FAST_FORWARD', `${location} has an operation log of this store that goes on otherwise: a copy of the store was used, an older one brought back, or the log pruned since it was last pushed there under another name`, {
    data: { ref, ours: digestOf(tip), theirs: known === undefined ? '' : digestOf(known) }, hint: 'the branches went through; to replace the log there by the one here: atom push --force-with-lease',
  })
}
