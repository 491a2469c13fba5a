/**
 * `push`: sends what a remote lacks, then moves its refs.
 *
 * Guarantees: objects before refs, each ref by compare-and-set, so a push that is cut off anywhere has harmed nothing and goes on when it is repeated; a branch there moves forward
 * only; receipts and this store's operation log go along. Memory does not grow with the trail. docs/exchange.md says in which order.
 */
import { AtomError } from '../../base/errors.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { currentBranch } from '../../history/resolve.js'
import { checkInput, filledText, flag, optional, someOf } from '../../ops/check.js'
import { resolveContext } from '../../ops/context.js'
import type { Operation } from '../../ops/operation.js'
import type { Repo } from '../../ops/repo.js'
import { HEADS, REMOTES, TAGS } from '../../refs/name.js'
import { listRefs, pointAt, resolveRef } from '../../refs/ref.js'
import type { RefUpdate, Remote } from '../remote.js'
import { peelToAtom } from './accept.js'
import type { OpenRemote } from './opened-remote.js'
import { countOutgoing, outgoingAtoms, ownedObjects, tagObjects, type OutgoingLog, type Selection } from './outgoing.js'
import { forgetThere, planAlong, type Along } from './push-along.js'
import { planPush, type PushedRef, type PushFacts } from './push-plan.js'
import { refusalOf, type Refusal } from './refusal.js'
import { putSentLog } from './remembered.js'
import { Sender } from './sender.js'

export interface PushInput {
  /** A name or a URL; absent = the only remote, or `origin`. */
  readonly remote?: string | undefined
  /** Branches and tags by short or full name; none = the current branch. */
  readonly refs: readonly string[]
  /** Every branch. */
  readonly all: boolean
  /** Every tag. */
  readonly tags: boolean
  readonly forceWithLease: boolean
  /** Ask for every object that the refs and the log lead to, and send what the remote lacks, also below refs that are equal. */
  readonly refill: boolean
  readonly dryRun: boolean
}

export interface PushResult {
  readonly remote: string | undefined
  readonly location: string
  readonly isDryRun: boolean
  readonly refs: readonly PushedRef[]
  readonly refused: readonly Refusal[]
  /** What was sent; for a dry run, ATOMs that would be looked at. */
  readonly atoms: number
  readonly objects: number
  readonly bytes: number
}

/** Returns the use case over what opens remotes. */
export function pushTo(open: OpenRemote): Operation<PushInput, PushResult> {
  return {
    name: 'push',
    summary: 'Send what a remote lacks',
    effect: 'write',
    errors: ['USAGE', 'REF_NOT_FOUND', 'REMOTE_NOT_FOUND', 'REMOTE_UNREACHABLE', 'REMOTE_AUTH', 'REMOTE_REFUSED', 'CONFIG_INVALID', 'UNSUPPORTED', 'STORE_FULL', 'REF_MOVED'],
    check: checkInput<PushInput>({ remote: optional(filledText), refs: someOf(filledText), all: flag, tags: flag, forceWithLease: flag, refill: flag, dryRun: flag }),
    async run(repo, input) {
      const { name, remote: opened } = await open(input.remote, { signal: repo.signal, reporter: repo.reporter })
      await using remote = opened
      return await pushFrom(repo, { ...input, name, remote, refs: await chooseRefs(repo, input) })
    },
  }
}

export interface Pushing extends Pick<PushInput, 'forceWithLease' | 'refill' | 'dryRun'> {
  readonly name: string | undefined
  readonly remote: Remote
  /** Full names. */
  readonly refs: readonly string[]
}

/** Returns the full names of what is to be pushed; throws `REF_NOT_FOUND`. */
async function chooseRefs(repo: Repo, { refs, all, tags }: PushInput): Promise<readonly string[]> {
  const chosen = new Set<string>()
  for (const typed of refs) chosen.add(findRef(repo, typed))
  if (all) for (const { name } of await listRefs(repo.store, HEADS)) chosen.add(name)
  if (tags) for (const { name } of await listRefs(repo.store, TAGS)) chosen.add(name)
  if (chosen.size > 0 || all || tags) return [...chosen]
  const branch = currentBranch(resolveContext(repo))
  if (branch === undefined) throw new AtomError('USAGE', 'HEAD is detached: no branch is the current one', { data: {}, hint: 'atom push REMOTE BRANCH, or --all' })
  return [findRef(repo, branch)]
}

function findRef(repo: Repo, typed: string): string {
  const names = typed.startsWith('refs/') ? [typed] : [HEADS + typed, TAGS + typed]
  const found = names.find((name) => (name.startsWith(HEADS) || name.startsWith(TAGS)) && resolveRef(repo.store, name) !== undefined)
  if (found === undefined) throw new AtomError('REF_NOT_FOUND', `there is no branch or tag ${typed} to push`, { data: { name: typed }, hint: 'atom branch, atom tag' })
  return found
}

export async function pushFrom(repo: Repo, pushing: Pushing): Promise<PushResult> {
  const { remote, name } = pushing
  const { refs: remoteRefs } = await remote.refs()
  const facts: PushFacts = { ...repo, name, location: remote.location, remoteRefs, force: pushing.forceWithLease ? 'with-lease' : 'never', extent: pushing.refill ? 'everything' : 'new' }
  const planned = pushing.refs.map((ref) => planPush(facts, ref, resolveRef(repo.store, ref) as ObjectId))
  const wanted = planned.filter((item): item is PushedRef => 'change' in item)
  const along = await planAlong(repo, facts)
  const refused = [...planned.filter((item): item is Refusal => 'code' in item), ...along.refused]
  const result = { remote: name, location: remote.location, isDryRun: pushing.dryRun }
  if (pushing.dryRun) return { ...result, refs: wanted, refused, ...counted(repo, facts, { wanted, log: along.log }) }
  const sender = new Sender(repo, remote, remoteRefs)
  await sendAll(repo, { sender, facts, wanted, along })
  const refusedThere = await moveAll(repo, { remote, wanted, along })
  const moved = wanted.filter(({ ref }) => !refusedThere.some((refusal) => refusal.ref === ref))
  const { logUpdate } = along
  const sentLog = logUpdate === undefined ? along.known : refusedThere.some(({ ref }) => ref === logUpdate.ref) ? undefined : logUpdate.next
  if (name !== undefined) await remember(repo, { name, moved, sentLog })
  return { ...result, refs: moved, refused: [...refused, ...refusedThere], atoms: sender.atoms, objects: sender.objects, bytes: sender.bytes }
}

/** The log is last: as long as it is not there, what was forgotten in it is looked after again. */
async function moveAll(repo: Repo, { remote, wanted, along }: { readonly remote: Remote; readonly wanted: readonly PushedRef[]; readonly along: Along }): Promise<readonly Refusal[]> {
  const updates = [...along.receipts, ...wanted.flatMap(({ ref, before, after, change }): RefUpdate[] => change === 'same' ? [] : [{ ref, expected: before, next: after }])]
  const logUpdates = along.logUpdate === undefined ? [] : [along.logUpdate]
  if (along.log.forgotten.length === 0) return await moveThere(remote, [...updates, ...logUpdates])
  const refused = await moveThere(remote, updates)
  await forgetThere(repo, remote, along.log)
  return [...refused, ...await moveThere(remote, logUpdates)]
}

interface Toward { readonly wanted: readonly PushedRef[]; readonly log: OutgoingLog }

function select(repo: Repo, facts: PushFacts, { wanted, log }: Toward): Selection {
  const seqOf = (id: ObjectId): readonly number[] => {
    const atom = peelToAtom(repo.objects, id)
    const seq = atom === undefined ? undefined : repo.index.getSeq(digestOf(atom))
    return seq === undefined ? [] : [seq]
  }
  return { include: [...wanted.flatMap(({ after }) => seqOf(after)), ...log.named], exclude: facts.extent === 'everything' ? [] : [...facts.remoteRefs.values()].flatMap(seqOf) }
}

function counted(repo: Repo, facts: PushFacts, toward: Toward): Pick<PushResult, 'atoms' | 'objects' | 'bytes'> {
  return { atoms: countOutgoing(repo, select(repo, facts, toward)), objects: 0, bytes: 0 }
}

async function sendAll(repo: Repo, { sender, facts, wanted, along }: { readonly sender: Sender; readonly facts: PushFacts; readonly wanted: readonly PushedRef[]; readonly along: Along }): Promise<void> {
  for (const id of along.receiptObjects) await sender.addAll(ownedObjects(repo.objects, id))
  const selection = select(repo, facts, { wanted, log: along.log })
  const total = countOutgoing(repo, selection)
  let atoms = 0
  for (const object of outgoingAtoms(repo, selection)) {
    if (object.seq !== undefined) repo.reporter.progress('sending ATOMs', ++atoms, total)
    if (sender.add(object) === 'full') await sender.flush()
  }
  for (const { after } of wanted) await sender.addAll(tagObjects(repo.objects, after))
  for (const id of along.log.ops) await sender.addAll(ownedObjects(repo.objects, id))
  await sender.flush()
}

/** Moves refs of the remote; returns those that it refused. */
async function moveThere(remote: Remote, updates: readonly RefUpdate[]): Promise<readonly Refusal[]> {
  if (updates.length === 0) return []
  const outcomes = await remote.updateRefs(updates)
  return outcomes.flatMap(({ ref, refused }) => refused === undefined ? [] : [refusalOf(ref, refused)])
}

interface Remembered {
  readonly name: string
  readonly moved: readonly PushedRef[]
  /** The end of this store's log that the remote has; undefined where it has another one. */
  readonly sentLog: ObjectId | undefined
}

/** Notes in this store where the remote's branches are, and the end of its log. */
async function remember(repo: Repo, { name, moved, sentLog }: Remembered): Promise<void> {
  const heads = moved.filter(({ ref }) => ref.startsWith(HEADS))
  await repo.writer.transact({ agent: repo.identity.agent, command: 'push' }, (tx) => {
    for (const { ref, after } of heads) tx.edit({ ref: `${REMOTES}${name}/${ref.slice(HEADS.length)}`, expected: 'any', next: pointAt(after) })
    if (sentLog !== undefined) putSentLog(tx, name, sentLog)
  })
}
