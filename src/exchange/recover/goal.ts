/** Where every ref of a recovered store points: what the lost store's log says, what could be salvaged, and what the remote has. Computed, not done. */
import { digestOf, objectId, type ObjectId } from '../../codec/object-id.js'
import { hasAncestor } from '../../history/graph/has-ancestor.js'
import type { TrailIndex } from '../../index/trail-index.js'
import { equalTargets, type RefTarget } from '../../object/op.js'
import { FORGOTTEN, getRefNameProblem, HEADS, OFFERED, OPS, REMOTES, TAGS } from '../../refs/name.js'
import { pointAt } from '../../refs/ref.js'
import type { RefEdit } from '../../refs/transaction.js'
import { getObjectAs } from '../../store/objects.js'
import type { ObjectReader } from '../../store/types.js'
import type { RemoteState } from '../remote.js'
import { peelToAtom } from '../sync/accept.js'
import { headOf } from '../sync/fetch.js'
import type { SortedRefs } from '../sync/known-refs.js'
import { chainHas } from '../sync/rewound.js'
import type { LostLog } from './lost-log.js'

export interface GoalFacts {
  readonly objects: ObjectReader
  readonly index: TrailIndex
  /** The log that goes on; undefined: the store begins one of its own. */
  readonly log: LostLog | undefined
  /** Refs of the damaged store. */
  readonly salvaged: ReadonlyMap<string, RefTarget>
  readonly state: RemoteState
  readonly sorted: Omit<SortedRefs, 'odd'>
  /** What the remote is called here. */
  readonly name: string
}

export type Goal = ReadonlyMap<string, RefTarget>

/** Returns the refs, each with a target that is here with all that it owns. */
export function planRefs(facts: GoalFacts): Goal {
  const goal = new Map<string, RefTarget>()
  for (const [ref, target] of facts.log?.refs ?? []) if (target !== undefined && isHere(facts, ref, target)) goal.set(ref, target)
  for (const [ref, target] of facts.salvaged) if (getRefNameProblem(ref) === undefined && isHere(facts, ref, target)) advance(facts, goal, { ref, target, isNew: facts.log?.refs.has(ref) !== true })
  takeRemote(facts, goal)
  const head = goal.get('HEAD')
  const first = headOf(facts.state)?.ref ?? [...goal.keys()].find((ref) => ref.startsWith(HEADS))
  // A branch that is gone is no place to stand.
  if ((head === undefined || (head.is === 'symbolic' && !goal.has(head.ref))) && first !== undefined) goal.set('HEAD', { is: 'symbolic', ref: first })
  return goal
}

function takeRemote(facts: GoalFacts, goal: Map<string, RefTarget>): void {
  const { log, sorted, name } = facts
  for (const { ref, id } of [...sorted.heads, ...sorted.tags]) {
    // Unknown to the log, or left by it at what is not here any more.
    const isNew = log?.refs.has(ref) !== true || (log.refs.get(ref) !== undefined && !goal.has(ref))
    advance(facts, goal, { ref, target: pointAt(id), isNew })
  }
  for (const { ref, id } of sorted.heads) {
    const remembered = `${REMOTES}${name}/${ref.slice(HEADS.length)}`
    if (!isNested(goal, remembered)) goal.set(remembered, pointAt(id))
  }
  for (const { ref, id } of sorted.logs) if (ref !== OPS + (log?.store ?? '')) advanceLog(facts, goal, { ref, id })
  for (const { ref, id } of sorted.receipts) if (!goal.has(ref)) goal.set(placeOf(facts, ref, id), pointAt(id))
}

/** Returns the moves from where the log left the refs to the goal. */
export function editsTo(goal: Goal, log: LostLog | undefined): readonly RefEdit[] {
  const names = new Set([...log?.refs.keys() ?? [], ...goal.keys()])
  return [...names].flatMap((ref): readonly RefEdit[] => {
    const [expected, next] = [log?.refs.get(ref), goal.get(ref)]
    return equalTargets(expected, next) ? [] : [{ ref, expected, next }]
  })
}

interface Offer { readonly ref: string; readonly target: RefTarget; readonly isNew: boolean }

/** Takes a position that another source has where there is none, or where it is further on. What the log says was deleted stays so. */
function advance({ objects, index }: GoalFacts, goal: Map<string, RefTarget>, { ref, target, isNew }: Offer): void {
  const before = goal.get(ref)
  if (before === undefined) {
    if (isNew && !isNested(goal, ref)) goal.set(ref, target)
    return
  }
  if (!ref.startsWith(HEADS) || before.is === 'symbolic' || target.is === 'symbolic') return
  const [old, next] = [before.digest, target.digest].map((digest) => {
    const atom = peelToAtom(objects, objectId(digest, 'dag-cbor'))
    return atom === undefined ? undefined : index.getSeq(digestOf(atom))
  })
  if (old !== undefined && next !== undefined && hasAncestor(index, old, [next])) goal.set(ref, target)
}

/** Tells whether a name is a folder of another one, or lies in one that is a name itself: both cannot be. */
function isNested(goal: Goal, ref: string): boolean {
  return ref.startsWith('refs/') && [...goal.keys()].some((name) => name.startsWith(`${ref}/`) || ref.startsWith(`${name}/`))
}

function advanceLog({ objects }: GoalFacts, goal: Map<string, RefTarget>, { ref, id }: { readonly ref: string; readonly id: ObjectId }): void {
  const before = goal.get(ref)
  if (before?.is !== 'object' || chainHas(objects, id, objectId(before.digest, 'dag-cbor'))) goal.set(ref, pointAt(id))
}

/** A receipt of somebody else for what is here erases nothing by itself. */
function placeOf({ objects }: GoalFacts, ref: string, id: ObjectId): string {
  const receipt = getObjectAs(objects, id, 'receipt')
  return receipt !== undefined && objects.getObject(receipt.object) !== undefined ? OFFERED + ref.slice(FORGOTTEN.length) : ref
}

/** An ATOM counts as here only when it is indexed: then all that it owns is here too. */
function isHere({ objects, index }: GoalFacts, ref: string, target: RefTarget): boolean {
  if (target.is === 'symbolic') return true
  const id = objectId(target.digest, 'dag-cbor')
  if (!ref.startsWith(HEADS) && !ref.startsWith(TAGS) && !ref.startsWith(REMOTES) && ref !== 'HEAD') return objects.getObject(id) !== undefined
  const atom = peelToAtom(objects, id)
  return atom !== undefined && index.getSeq(digestOf(atom)) !== undefined
}
