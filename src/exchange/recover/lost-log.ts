/** The operation log of a store that was lost: which one it is, where it ends, and where it left every ref. */
import { digestOf, type Digest, type ObjectId } from '../../codec/object-id.js'
import { opReferences } from '../../object/links.js'
import type { Op, RefTarget } from '../../object/op.js'
import { getObjectAs } from '../../store/objects.js'
import type { ObjectReader } from '../../store/types.js'
import type { Salvage } from './salvage.js'

export interface LostLog {
  /** The store's id: 32 hex digits. */
  readonly store: string
  readonly tip: ObjectId
  /** How many operations there were, those that were pruned too. */
  readonly ops: number
  /** Where the log left each ref that it names; undefined: deleted. */
  readonly refs: ReadonlyMap<string, RefTarget | undefined>
  /** What its operations name as before or after, newest first. */
  readonly named: readonly ObjectId[]
}

/** Reads a log from its end back. `reader` MUST have all of it. */
export function readLog(reader: ObjectReader, tip: ObjectId): LostLog | undefined {
  const last = getObjectAs(reader, tip, 'op')
  if (last === undefined) return undefined
  const refs = new Map<string, RefTarget | undefined>()
  const named = new Set<ObjectId>()
  for (let op: Op | undefined = last; op !== undefined; op = op.previous === undefined ? undefined : getObjectAs(reader, op.previous, 'op')) {
    // Newest first: whoever moved a ref last counts. A prune repeats where refs stand.
    for (const { ref, after } of op.changes) if (!refs.has(ref)) refs.set(ref, after)
    for (const id of opReferences({ kind: 'op', value: op })) named.add(id)
  }
  return { store: last.store, tip, ops: last.seq, refs, named: [...named] }
}

export interface LogSources {
  /** Has what the remote gave. */
  readonly reader: ObjectReader
  readonly salvage: Salvage | undefined
  /** The end of the log as the remote has it. */
  readonly known: ObjectId | undefined
}

/**
 * Returns the latest end of the log from which every operation down to its beginning is there: what could be salvaged of it goes beyond what was sent, as a
 * rule. A salvaged end that does not lead to the one that the remote has is older, or another history: the remote's counts then.
 */
export function latestTip({ reader, salvage, known }: LogSources): ObjectId | undefined {
  if (salvage === undefined) return known
  const get = (id: ObjectId): Op | undefined => salvage.ops.get(id) ?? getObjectAs(reader, id, 'op')
  const bySeq = [...salvage.ops].sort(([, left], [, right]) => right.seq - left.seq).map(([id]) => id)
  const sound = new Set<ObjectId>(known === undefined ? [] : [known])
  return [...salvage.tip === undefined ? [] : [salvage.tip], ...bySeq].find((tip) => leadsDown(get, tip, { known, sound })) ?? known
}

interface Ground { readonly known: ObjectId | undefined; readonly sound: Set<ObjectId> }

/** Tells whether a chain is there from its end to the one that is known, or where none is, or it was pruned since, to its beginning. */
function leadsDown(get: (id: ObjectId) => Op | undefined, tip: ObjectId, { known, sound }: Ground): boolean {
  const line: ObjectId[] = []
  const pruned = new Set<Digest>()
  const knownSeq = known === undefined ? 0 : get(known)?.seq ?? Number.POSITIVE_INFINITY
  let firstSeq = Number.POSITIVE_INFINITY
  for (let id: ObjectId | undefined = tip; id !== undefined && !sound.has(id);) {
    const op = get(id)
    // Pruned here beyond the end that is known.
    if (op === undefined && (knownSeq >= firstSeq || !pruned.has(digestOf(id)))) return false
    if (op === undefined) break
    line.push(id)
    firstSeq = op.seq
    if (op.pruned !== undefined) pruned.add(op.pruned)
    if (op.previous === undefined && known !== undefined) return false
    id = op.previous
  }
  for (const id of line) sound.add(id)
  return true
}
