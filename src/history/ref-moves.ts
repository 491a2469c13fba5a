/** Where a ref stood before: the bases `main@{2}`, `main@{monday}` and `@{-1}`, answered from the operation log. */
import { digestOf, objectId } from '../codec/object-id.js'
import { equalTargets, type Op, type RefTarget } from '../object/op.js'
import { HEADS, REMOTES, TAGS } from '../refs/name.js'
import { operations } from '../refs/operation-log.js'
import { getRef, resolveRef } from '../refs/ref.js'
import { parseDate } from './date.js'
import { currentBranch, getAtomSeq, revisionNotFound as notFound, type ResolveContext } from './resolve-context.js'

interface Position { readonly target: RefTarget | undefined; readonly timeMs: number }

/** Returns the ATOM at which a ref stood so many moves ago; 0 = where it stands. */
export function movesAgo(context: ResolveContext, base: { readonly ref: string | null; readonly moves: number }, text: string): number {
  const ref = refOf(context, base.ref, text)
  let moves = 0
  for (const { target } of positions(context, ref)) {
    if (moves++ === base.moves) return seqOfTarget(context, target, text)
  }
  throw notFound(text, `the operation log knows ${String(moves)} moves of ${ref}`)
}

/** Returns the ATOM at which a ref stood at a time; where the log does not reach back, the newest first-parent ATOM that is not later. Says which. */
export async function atTime(context: ResolveContext, base: { readonly ref: string | null; readonly when: string }, text: string): Promise<number> {
  const ref = refOf(context, base.ref, text)
  const timeMs = await parseDate(base.when, context.nowMs)
  const when = new Date(timeMs).toISOString()
  for (const position of positions(context, ref)) {
    if (position.timeMs > timeMs) continue
    const seq = seqOfTarget(context, position.target, text)
    context.reporter?.warn(`${text} is where the operation log had ${ref} at ${when}`)
    return seq
  }
  const tip = resolveRef(context.store, ref)
  let seq = tip === undefined ? undefined : getAtomSeq(context, tip)
  while (seq !== undefined) {
    const node = context.index.node(seq)
    if (node.timeMs <= timeMs) {
      context.reporter?.warn(`the operation log does not reach back to ${when}: ${text} is the newest first-parent ATOM that is not later, ${node.atomId}`)
      return seq
    }
    seq = node.parents[0]
  }
  throw notFound(text, `nothing on ${ref} is as old as ${when}`)
}

/** Returns the tip of the branch (or the detached place) that was left so many switches ago. */
export function branchBefore(context: ResolveContext, switches: number, text: string): number {
  let left = switches
  for (const { op } of operations(context.store)) {
    const change = op.changes.find(({ ref }) => ref === 'HEAD')
    if (change?.before === undefined || !isSwitch(op, change.before, change.after)) continue
    if (--left > 0) continue
    const id = change.before.is === 'symbolic' ? resolveRef(context.store, change.before.ref) : objectId(change.before.digest, 'dag-cbor')
    const seq = id === undefined ? undefined : context.index.getSeq(digestOf(id))
    if (seq === undefined) throw notFound(text, `${change.before.is === 'symbolic' ? change.before.ref : change.before.digest} is gone`)
    return seq
  }
  throw notFound(text, left === switches ? 'no branch was checked out before' : `only ${String(switches - left)} were checked out before`)
}

/** Tells whether a move of HEAD left for elsewhere: with a detached HEAD, recording moves it too. */
function isSwitch(op: Op, before: RefTarget, after: RefTarget | undefined): boolean {
  return before.is === 'symbolic' || after?.is === 'symbolic' || op.command === 'checkout' || op.command === 'switch'
}

function refOf(context: ResolveContext, name: string | null, text: string): string {
  if (name === null) return currentBranch(context) ?? 'HEAD'
  for (const place of name === 'HEAD' || name.startsWith('refs/') ? [name] : [HEADS + name, TAGS + name, REMOTES + name]) if (getRef(context.store, place) !== undefined) return place
  throw notFound(text, `there is no branch ${name}`)
}

/** Yields where a ref pointed, newest first, with the time it came there. HEAD moves too when the branch that it names then does. */
function* positions(context: ResolveContext, ref: string): Iterable<Position> {
  // What refs pointed at after the op that is looked at, where that is not what they point at now.
  const then = new Map<string, RefTarget | undefined>()
  const targetThen = (name: string): RefTarget | undefined => (then.has(name) ? then.get(name) : getRef(context.store, name))
  const follow = (name: string): RefTarget | undefined => {
    const target = targetThen(name)
    return target?.is === 'symbolic' ? targetThen(target.ref) : target
  }
  for (const { op } of operations(context.store)) {
    const at = follow(ref)
    const isNamed = op.changes.some((change) => change.ref === ref)
    for (const change of op.changes) then.set(change.ref, change.before)
    if (isNamed || !equalTargets(at, follow(ref))) yield { target: at, timeMs: op.timeMs }
  }
}

function seqOfTarget(context: ResolveContext, target: RefTarget | undefined, text: string): number {
  const seq = target?.is === 'object' ? getAtomSeq(context, objectId(target.digest, 'dag-cbor')) : undefined
  if (seq === undefined) throw notFound(text, 'the ref pointed at nothing then')
  return seq
}
