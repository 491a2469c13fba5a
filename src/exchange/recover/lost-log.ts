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
}

/** Reads a log from its end back. `reader` MUST have all of it. */
export function readLog(reader: ObjectReader, tip: ObjectId): LostLog | undefined {
  const last = getObjectAs(reader, tip, 'op')
  if (last === undefined) return undefined
  const refs = new Map<string, RefTarget | undefined>()
  // Newest first: whoever moved a ref last counts. A prune repeats where refs stand.
  for (const { changes } of operations(reader, tip)) for (const { ref, after } of changes) if (!refs.has(ref)) refs.set(ref, after)
  return { store: last.store, tip, ops: last.seq, refs }
}

/** Yields what operations name as before or after, newest first; as a rule twice, by two that follow each other. */
export function* namedIn(reader: ObjectReader, tip: ObjectId): Iterable<ObjectId> {
  for (const op of operations(reader, tip)) yield* opReferences({ kind: 'op', value: op })
}

function* operations(reader: ObjectReader, tip: ObjectId): Iterable<Op> {
  for (let op = getObjectAs(reader, tip, 'op'); op !== undefined; op = op.previous === undefined ? undefined : getObjectAs(reader, op.previous, 'op')) yield op
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
  const get = (id: ObjectId): Op | undefined => salvage.getOp(id) ?? getObjectAs(reader, id, 'op')
  const ground: Ground = { known, sound: new Set(known === undefined ? [] : [known]), broken: new Set() }
  const isEnd = (tip: ObjectId | undefined): tip is ObjectId => tip !== undefined && leadsDown(get, tip, ground)
  if (isEnd(salvage.tip)) return salvage.tip
  for (const tip of salvage.ops()) if (isEnd(tip)) return tip
  return known
}

interface Ground {
  readonly known: ObjectId | undefined
  /** Operations whose chain was found to be there, and not to be: each is looked at once. */
  readonly sound: Set<ObjectId>
  readonly broken: Set<ObjectId>
}

/** Tells whether a chain is there from its end to the one that is known, or where none is, or it was pruned since, to its beginning. */
function leadsDown(get: (id: ObjectId) => Op | undefined, tip: ObjectId, { known, sound, broken }: Ground): boolean {
  const line: ObjectId[] = []
  const pruned = new Set<Digest>()
  const knownSeq = known === undefined ? 0 : get(known)?.seq ?? Number.POSITIVE_INFINITY
  let firstSeq = Number.POSITIVE_INFINITY
  let isSound = true
  for (let id: ObjectId | undefined = tip; id !== undefined && isSound && !sound.has(id);) {
    const op: Op | undefined = broken.has(id) ? undefined : get(id)
    // Pruned here beyond the end that is known.
    if (op === undefined) isSound = knownSeq < firstSeq && pruned.has(digestOf(id))
    if (op === undefined) break
    line.push(id)
    firstSeq = op.seq
    if (op.pruned !== undefined) pruned.add(op.pruned)
    if (op.previous === undefined && known !== undefined) isSound = false
    id = op.previous
  }
  for (const id of line) (isSound ? sound : broken).add(id)
  return isSound
}
