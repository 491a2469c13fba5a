/** What the operation log tells whoever makes the indexes again: where it ends, and which op each request made. */
import { concatBytes, fromHex, toHex } from '../../base/bytes.js'
import { isAtomError } from '../../base/errors.js'
import type { ObjectId } from '../../codec/object-id.js'
import { openAs } from '../../object/open.js'
import { getLogState, type LogState } from '../../refs/log-state.js'
import { operations, requestEntry } from '../../refs/operation-log.js'
import { getObjectKeyId, rangeOf, requestKey } from '../../store/keys.js'
import { META } from '../../store/objects.js'
import type { Op } from '../../object/op.js'
import { dropSpace } from './drop-space.js'
import type { ReindexParts } from './reindex-parts.js'

const SLICE_RECORDS = 5_000
const DAG_CBOR: Uint8Array = Uint8Array.of(0x71)

/** Returns the state of the log: as remembered where its end is there, else from the operations themselves, with no ATOMs counted. */
export async function findLog(parts: Pick<ReindexParts, 'store' | 'objects'>): Promise<LogState> {
  const bytes = parts.store.getRecord(META.log)
  const state = bytes === undefined ? undefined : getLogState(bytes)
  const tip = state?.tip === undefined ? undefined : parts.objects.getObject(state.tip)
  return state !== undefined && tip !== undefined && getOp(tip)?.seq === state.ops ? state : findLast(parts.store)
}

async function findLast(store: ReindexParts['store']): Promise<LogState> {
  const storeId = toHex(store.getRecord(META.store) ?? new Uint8Array(0))
  let last: { readonly seq: number; readonly tip: ObjectId } | undefined
  for await (const list of store.scan(rangeOf('object', DAG_CBOR))) {
    for (const [key, value] of list) {
      const id = getObjectKeyId(key)
      const op = id === undefined ? undefined : getOp(value)
      if (id !== undefined && op?.store === storeId && op.seq > (last?.seq ?? 0)) last = { seq: op.seq, tip: id }
    }
  }
  return last === undefined ? { atoms: 0, ops: 0 } : { atoms: 0, ops: last.seq, tip: last.tip }
}

function getOp(bytes: Uint8Array): Op | undefined {
  try {
    return openAs(bytes, 'op')
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}

/** Makes the records of requests again, from this store's own operations. */
export async function rebuildRequests({ store, signal }: Pick<ReindexParts, 'store' | 'signal'>): Promise<void> {
  await dropSpace({ store, signal }, 'request')
  let entries = new Map<string, Uint8Array>()
  const flush = async (): Promise<void> => {
    signal.throwIfAborted()
    const puts = [...entries].map(([prefix, digests]): readonly [Uint8Array, Uint8Array] => [requestKey(prefix), digests])
    entries = new Map()
    await store.write({ puts, deletes: [] }, 'sync')
  }
  // Newest first: what is there already stands for later ops.
  for (const { id, op } of operations(store)) {
    if (op.request === undefined) continue
    const prefix = op.request.slice(0, 16)
    const later = entries.get(prefix) ?? store.getRecord(requestKey(prefix)) ?? new Uint8Array(0)
    entries.set(prefix, concatBytes([fromHex(requestEntry(id)), later]))
    if (entries.size >= SLICE_RECORDS) await flush()
  }
  await flush()
}
