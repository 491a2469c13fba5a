/** Which refs move after a fetch, and which do not: computed, not done. */
import { AtomError } from '../../base/errors.js'
import { digestOf, type Digest, type ObjectId } from '../../codec/object-id.js'
import { FORGOTTEN, HEADS, OFFERED, REMOTES, shortRefName } from '../../refs/name.js'
import { getRef, pointAt, resolveRef } from '../../refs/ref.js'
import type { RefEdit } from '../../refs/transaction.js'
import { getObjectAs } from '../../store/objects.js'
import type { RecordReader } from '../../store/types.js'
import type { SortedRefs } from './known-refs.js'
import type { Received, Root } from './received.js'
import { refusalOf, type Refusal } from './refusal.js'
import { chainHas, leadsTo, type Knowledge } from './rewound.js'

export interface FetchedRef {
  /** As the remote calls it. */
  readonly name: string
  /** What stands for it here. */
  readonly ref: string
  readonly before: ObjectId | undefined
  readonly after: ObjectId
  /** `forced`: the remote was rewound, and is followed. `kept`: what is here stays. */
  readonly change: 'new' | 'forward' | 'forced' | 'same' | 'kept'
}

/** A receipt that names something which is still here. */
export interface OfferedReceipt {
  readonly object: ObjectId
  readonly role: string
  readonly reason: string
  readonly timeMs: number
}

export interface FetchFacts {
  readonly store: RecordReader
  readonly sorted: Omit<SortedRefs, 'odd'>
  readonly received: Received
  readonly knowledge: Knowledge
  /** The remote's name, and how errors call it. */
  readonly name: string
  readonly location: string
  readonly rewound: 'follow' | 'refuse'
}

export interface FetchPlan {
  readonly refs: readonly FetchedRef[]
  /** First, since they explain what the others' objects lack. */
  readonly receiptEdits: readonly RefEdit[]
  readonly edits: readonly RefEdit[]
  readonly offered: readonly OfferedReceipt[]
  readonly refused: readonly Refusal[]
}

export function planFetch(facts: FetchFacts): FetchPlan {
  const { sorted } = facts
  const plan = { refs: [] as FetchedRef[], refused: [] as Refusal[] }
  const add = (fetched: FetchedRef | Refusal): void => {
    if ('change' in fetched) plan.refs.push(fetched)
    else plan.refused.push(fetched)
  }
  for (const root of sorted.heads) add(planHead(facts, root))
  for (const root of sorted.tags) add(planTag(facts, root))
  for (const root of sorted.logs) add(planLog(facts, root))
  const { edits: receiptEdits, offered } = planReceipts(facts)
  const moved = plan.refs.filter(({ change }) => change !== 'same' && change !== 'kept')
  const edits = moved.map(({ ref, before, after }): RefEdit => ({ ref, expected: before === undefined ? undefined : pointAt(before), next: pointAt(after) }))
  return { ...plan, receiptEdits, edits, offered }
}

function planHead(facts: FetchFacts, { ref: name, id: after }: Root): FetchedRef | Refusal {
  const ref = `${REMOTES}${facts.name}/${name.slice(HEADS.length)}`
  const before = resolveRef(facts.store, ref)
  const fetched = { name, ref, before, after }
  if (before === undefined) return { ...fetched, change: 'new' }
  if (before === after) return { ...fetched, change: 'same' }
  if (leadsTo(facts.knowledge, after, before)) return { ...fetched, change: 'forward' }
  return facts.rewound === 'follow' ? { ...fetched, change: 'forced' } : refusalOf(name, rewoundError(facts, { ref: name, remembered: before, found: after }))
}

/** A tag is a fixed point: one that is here stays as it is. */
function planTag({ store }: FetchFacts, { ref: name, id: after }: Root): FetchedRef {
  const before = resolveRef(store, name)
  return { name, ref: name, before, after, change: before === undefined ? 'new' : before === after ? 'same' : 'kept' }
}

/** A remote may be behind with another store's log, since others are fetched from too; one that tells it differently is named. */
function planLog(facts: FetchFacts, { ref: name, id: after }: Root): FetchedRef | Refusal {
  const { reader } = facts.knowledge
  const before = resolveRef(facts.store, name)
  const fetched = { name, ref: name, before, after }
  if (before === undefined) return { ...fetched, change: 'new' }
  if (before === after) return { ...fetched, change: 'same' }
  if (chainHas(reader, after, before)) return { ...fetched, change: 'forward' }
  if (chainHas(reader, before, after)) return { ...fetched, change: 'kept' }
  return facts.rewound === 'follow' ? { ...fetched, change: 'forced' } : refusalOf(name, rewoundError(facts, { ref: name, remembered: before, found: after }))
}

/** A receipt explains an absence. For what is here it is only offered. */
function planReceipts({ store, sorted, received, knowledge }: FetchFacts): { readonly edits: readonly RefEdit[]; readonly offered: readonly OfferedReceipt[] } {
  const edits: RefEdit[] = []
  const offered: OfferedReceipt[] = []
  for (const { ref, id } of sorted.receipts) {
    const digest = ref.slice(FORGOTTEN.length)
    const receipt = received.receipts.get(digest as Digest) ?? getObjectAs(knowledge.reader, id, 'receipt')
    if (receipt === undefined || getRef(store, ref) !== undefined) continue
    const isHere = knowledge.reader.getObject(receipt.object) !== undefined
    const place = isHere ? OFFERED + digest : ref
    if (isHere) offered.push({ object: receipt.object, role: receipt.role, reason: receipt.reason, timeMs: receipt.timeMs })
    if (getRef(store, place) === undefined) edits.push({ ref: place, expected: undefined, next: pointAt(id) })
  }
  return { edits, offered }
}

function rewoundError({ location, name }: FetchFacts, { ref, remembered, found }: { readonly ref: string; readonly remembered: ObjectId; readonly found: ObjectId }): AtomError<'REMOTE_REWOUND'> {
  const [was, is] = [digestOf(remembered), digestOf(found)]
  return new AtomError('REMOTE_REWOUND', `${shortRefName(ref)} of ${location} was rewound: it was at ${was.slice(0, 12)}, and it is at ${is.slice(0, 12)}, which does not lead there`, {
    data: { remote: name, ref, remembered: was, found: is }, hint: `ask who did that; to follow it all the same: atom fetch --force ${name}`,
  })
}
