/** What goes with every push: receipts, and this store's operation log with what it names. */
import { AtomError } from '../../base/errors.js'
import { toHex } from '../../base/bytes.js'
import { digestOf, objectId, type ObjectId } from '../../codec/object-id.js'
import type { Repo } from '../../ops/repo.js'
import { readLogState } from '../../refs/log-state.js'
import { FORGOTTEN, OPS } from '../../refs/name.js'
import { listRefs, type Ref } from '../../refs/ref.js'
import { META, readObject } from '../../store/objects.js'
import { MISSING_MAX_IDS, type RefUpdate, type Remote } from '../remote.js'
import { outgoingLog, type OutgoingLog } from './outgoing.js'
import type { PushFacts } from './push-plan.js'
import { refusalOf, type Refusal } from './refusal.js'

export interface Along {
  /** Receipts that the remote has not got, and where they go. */
  readonly receipts: readonly RefUpdate[]
  readonly log: OutgoingLog
  /** The end of the log; undefined where the remote has it, or has another one. */
  readonly logUpdate: RefUpdate | undefined
  readonly refused: readonly Refusal[]
}

export async function planAlong(repo: Repo, facts: PushFacts): Promise<Along> {
  const receipts = (await listRefs(repo.store, FORGOTTEN)).flatMap((ref): RefUpdate[] => facts.remoteRefs.has(ref.name) ? [] : [{ ref: ref.name, expected: undefined, next: targetOf(ref) }])
  const { tip } = readLogState(repo.store)
  const ref = OPS + toHex(repo.store.getRecord(META.store) ?? new Uint8Array(0))
  const known = facts.remoteRefs.get(ref)
  const log = outgoingLog(repo, tip, known)
  const isTaken = log.isOurs || facts.force === 'with-lease'
  const logUpdate = isTaken && tip !== known ? { ref, expected: known, next: tip } : undefined
  if (isTaken || tip === undefined) return { receipts, log, logUpdate, refused: [] }
  return { receipts, log: { ...log, ops: [], forgotten: [] }, logUpdate, refused: [refusalOf(ref, logDiffers(facts, ref, { tip, known }))] }
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

function targetOf({ target }: Ref): ObjectId {
  if (target.is !== 'object') throw new TypeError('only HEAD is symbolic')
  return objectId(target.digest, 'dag-cbor')
}

function logDiffers({ location }: PushFacts, ref: string, { tip, known }: { readonly tip: ObjectId; readonly known: ObjectId | undefined }): AtomError<'NOT_FAST_FORWARD'> {
  return new AtomError('NOT_FAST_FORWARD', `${location} has an operation log of this store that goes on otherwise: a copy of the store was used, or an older one brought back`, {
    data: { ref, ours: digestOf(tip), theirs: known === undefined ? '' : digestOf(known) }, hint: 'the branches went through; to replace the log there by the one here: atom push --force-with-lease',
  })
}
