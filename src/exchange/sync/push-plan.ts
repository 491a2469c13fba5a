/** Which refs of a remote a push moves, and which it must not: computed from what the remote says, not done. */
import { AtomError } from '../../base/errors.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { hasAncestor } from '../../history/graph/has-ancestor.js'
import type { TrailIndex } from '../../index/trail-index.js'
import { HEADS, REMOTES, shortRefName } from '../../refs/name.js'
import { resolveRef } from '../../refs/ref.js'
import type { ObjectReader, RecordReader } from '../../store/types.js'
import { peelToAtom } from './accept.js'
import { refusalOf, type Refusal } from './refusal.js'

export interface PushedRef {
  /** Full name, the same on both sides. */
  readonly ref: string
  readonly before: ObjectId | undefined
  readonly after: ObjectId
  readonly change: 'new' | 'forward' | 'forced' | 'same'
}

export interface PushFacts {
  readonly store: RecordReader
  readonly objects: ObjectReader
  readonly index: TrailIndex
  /** The remote's name; undefined where nothing is remembered of it. */
  readonly name: string | undefined
  readonly location: string
  readonly remoteRefs: ReadonlyMap<string, ObjectId>
  /** `with-lease`: a branch may be moved back or aside, when the remote has it where it was last seen. */
  readonly force: 'never' | 'with-lease'
  /** `everything`: what the remote's refs say that it has is asked for all the same. */
  readonly extent: 'new' | 'everything'
}

/** Returns what a push does with one branch or tag. */
export function planPush(facts: PushFacts, ref: string, after: ObjectId): PushedRef | Refusal {
  const before = facts.remoteRefs.get(ref)
  const pushed = { ref, before, after }
  if (before === undefined) return { ...pushed, change: 'new' }
  if (before === after) return { ...pushed, change: 'same' }
  if (!ref.startsWith(HEADS)) return facts.force === 'with-lease' ? { ...pushed, change: 'forced' } : refusalOf(ref, tagDiffers(facts, { ref, before, after }))
  const remembered = facts.name === undefined ? undefined : resolveRef(facts.store, `${REMOTES}${facts.name}/${ref.slice(HEADS.length)}`)
  if (facts.force === 'with-lease') {
    if (isForward(facts, before, after) || before === remembered) return { ...pushed, change: isForward(facts, before, after) ? 'forward' : 'forced' }
    return refusalOf(ref, leaseBroken(facts, { ref, before, remembered }))
  }
  // Somebody took the branch back since it was last seen: sending it again would undo that without a word.
  if (remembered !== undefined && remembered !== before && isForward(facts, before, remembered)) return refusalOf(ref, rewound(facts, { ref, before, remembered }))
  return isForward(facts, before, after) ? { ...pushed, change: 'forward' } : refusalOf(ref, notForward(facts, { ref, before, after }))
}

function isForward({ index, objects }: PushFacts, from: ObjectId, to: ObjectId): boolean {
  const [old, next] = [index.getSeq(digestOf(from)), index.getSeq(digestOf(peelToAtom(objects, to) ?? to))]
  return old !== undefined && next !== undefined && hasAncestor(index, old, [next])
}

interface Clash { readonly ref: string; readonly before: ObjectId }

function notForward({ index, location }: PushFacts, { ref, before, after }: Clash & { readonly after: ObjectId }): AtomError<'NOT_FAST_FORWARD'> {
  const name = shortRefName(ref)
  const reason = index.getSeq(digestOf(before)) === undefined ? `${location} has ATOMs on ${name} that are not here` : `${location} has ATOMs on ${name} that ${name} here has not`
  return new AtomError('NOT_FAST_FORWARD', `${reason}: it cannot just move forward`, { data: { ref, ours: digestOf(after), theirs: digestOf(before) }, hint: 'atom pull, then push again' })
}

function tagDiffers({ location }: PushFacts, { ref, before, after }: Clash & { readonly after: ObjectId }): AtomError<'NOT_FAST_FORWARD'> {
  return new AtomError('NOT_FAST_FORWARD', `${location} has another tag ${shortRefName(ref)}, and tags stay where they are`, { data: { ref, ours: digestOf(after), theirs: digestOf(before) }, hint: 'give yours another name, or: atom push --force-with-lease' })
}

function leaseBroken({ location }: PushFacts, { ref, before, remembered }: Clash & { readonly remembered: ObjectId | undefined }): AtomError<'REF_MOVED'> {
  const seen = remembered === undefined ? 'it was never seen from here' : `it was last seen at ${digestOf(remembered).slice(0, 12)}`
  return new AtomError('REF_MOVED', `${shortRefName(ref)} of ${location} is at ${digestOf(before).slice(0, 12)}, and ${seen}: somebody else may have moved it`, {
    data: { ref, expected: remembered === undefined ? null : digestOf(remembered), actual: digestOf(before) }, hint: 'atom fetch, look at what came, then push again',
  })
}

function rewound({ location, name }: PushFacts, { ref, before, remembered }: Clash & { readonly remembered: ObjectId }): AtomError<'REMOTE_REWOUND'> {
  const [was, is] = [digestOf(remembered), digestOf(before)]
  return new AtomError('REMOTE_REWOUND', `${shortRefName(ref)} of ${location} was rewound: it was at ${was.slice(0, 12)}, and it is at ${is.slice(0, 12)}`, {
    data: { remote: name ?? location, ref, remembered: was, found: is }, hint: `ask who did that; if that was right: atom fetch --force ${name ?? ''}, if not: push it again after that`,
  })
}
