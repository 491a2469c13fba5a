/** Writes what a transaction did to refs into the operation log. */
import { AtomError } from '../base/errors.js'
import { concatBytes, fromHex, toHex, utf8 } from '../base/bytes.js'
import { OBJECT_MAX_BYTES } from '../base/limits.js'
import type { Digest, ObjectId } from '../codec/object-id.js'
import { encodeOp, type RefChange, type RefTarget } from '../object/op.js'
import { seal } from '../object/seal.js'
import { objectKey, requestKey } from '../store/keys.js'
import { META } from '../store/objects.js'
import type { Overlay } from '../store/overlay-store.js'
import type { RecordReader } from '../store/types.js'
import type { LogState } from './log-state.js'
import { requestEntry } from './operation-log.js'
import { getRef } from './ref.js'

/** What the changes of one op may take of its object: agent, command and the rest have room beside them. */
const OP_CHANGES_MAX_BYTES = OBJECT_MAX_BYTES - 16_384

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

/** Stages the op; where its changes would not fit into one object, as many as it takes, one after the other. The first has the request and the prune. */
export function sealOps({ staged, before, stamp, timeMs, changes }: OpSource): readonly ObjectId[] {
  const store = staged.getRecord(META.store)
  if (store === undefined) throw new AtomError('STORE_CORRUPT', 'the store has no id', { data: { folder: '', reason: 'store id' }, hint: 'atom doctor' })
  const ids: ObjectId[] = []
  for (const part of inParts([...changes.values(), ...standing(staged, changes, stamp.prune?.refs ?? [])])) {
    const previous = ids.at(-1) ?? before.tip
    const object = seal(encodeOp({
      store: toHex(store),
      seq: before.ops + ids.length + 1,
      ...(previous && { previous }),
      timeMs,
      agent: stamp.agent,
      command: stamp.command,
      ...(ids.length === 0 && stamp.request !== undefined && { request: stamp.request }),
      ...(ids.length === 0 && stamp.prune !== undefined && { pruned: stamp.prune.last }),
      changes: part,
    }))
    staged.put(objectKey(object.id), object.bytes)
    ids.push(object.id)
  }
  const [first] = ids
  if (stamp.request !== undefined && first !== undefined) {
    const key = requestKey(stamp.request)
    staged.put(key, concatBytes([staged.getRecord(key) ?? new Uint8Array(0), fromHex(requestEntry(first))]))
  }
  return ids
}

/** What a change takes beside its name at most: two digests or names, three keys. */
const CHANGE_BYTES = 96

/** Returns the changes in lists that an op can hold each; one empty list where there are none. */
function inParts(changes: readonly RefChange[]): readonly (readonly RefChange[])[] {
  const parts: RefChange[][] = [[]]
  let sizeBytes = 0
  for (const change of changes) {
    const bytes = CHANGE_BYTES + utf8(change.ref).length + symbolicBytes(change.before) + symbolicBytes(change.after)
    if (sizeBytes > 0 && sizeBytes + bytes > OP_CHANGES_MAX_BYTES) {
      parts.push([])
      sizeBytes = 0
    }
    parts.at(-1)?.push(change)
    sizeBytes += bytes
  }
  return parts
}

function symbolicBytes(target: RefTarget | undefined): number {
  return target?.is === 'symbolic' ? utf8(target.ref).length : 0
}
