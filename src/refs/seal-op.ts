/** The op of a transaction: what its refs moved, who did it, after which op before. */
import { AtomError } from '../base/errors.js'
import { concatBytes, fromHex, toHex } from '../base/bytes.js'
import type { Digest, ObjectId } from '../codec/object-id.js'
import { encodeOp, type RefChange } from '../object/op.js'
import { seal } from '../object/seal.js'
import { objectKey, requestKey } from '../store/keys.js'
import { META } from '../store/objects.js'
import type { Overlay } from '../store/overlay-store.js'
import type { RecordReader } from '../store/types.js'
import type { LogState } from './log-state.js'
import { requestEntry } from './operation-log.js'
import { getRef } from './ref.js'

/** Who moves refs, by which command, for which request. Written into the op. */
export interface OpStamp {
  readonly agent: string
  readonly command: string
  /** Hex of 16 bytes. One transaction has it, ever: `REQUEST_REUSED`. */
  readonly request?: string
  readonly timeMs?: number
  /** The operation records that all up to this one were dropped. It holds where the named refs are, since what moved them may be gone. */
  readonly prune?: { readonly last: Digest; readonly refs: readonly string[] }
}

export interface OpSource {
  readonly staged: Overlay
  readonly before: LogState
  readonly stamp: OpStamp
  readonly timeMs: number
  readonly changes: ReadonlyMap<string, RefChange>
}

/** Returns where refs that do not move are, as changes from there to there. */
function standing(staged: RecordReader, changes: ReadonlyMap<string, RefChange>, refs: readonly string[]): readonly RefChange[] {
  return refs.filter((ref) => !changes.has(ref)).flatMap((ref) => {
    const target = getRef(staged, ref)
    return target === undefined ? [] : [{ ref, before: target, after: target }]
  })
}

/** Stages the op and the record of its request. Returns its id. */
export function sealOp({ staged, before, stamp, timeMs, changes }: OpSource): ObjectId {
  const store = staged.getRecord(META.store)
  if (store === undefined) throw new AtomError('STORE_CORRUPT', 'the store has no id', { data: { folder: '', reason: 'store id' }, hint: 'atom doctor' })
  const object = seal(encodeOp({
    store: toHex(store),
    seq: before.ops + 1,
    ...(before.tip && { previous: before.tip }),
    timeMs,
    agent: stamp.agent,
    command: stamp.command,
    ...(stamp.request !== undefined && { request: stamp.request }),
    ...(stamp.prune !== undefined && { pruned: stamp.prune.last }),
    changes: [...changes.values(), ...standing(staged, changes, stamp.prune?.refs ?? [])],
  }))
  staged.put(objectKey(object.id), object.bytes)
  if (stamp.request !== undefined) {
    const key = requestKey(stamp.request)
    staged.put(key, concatBytes([staged.getRecord(key) ?? new Uint8Array(0), fromHex(requestEntry(object.id))]))
  }
  return object.id
}
