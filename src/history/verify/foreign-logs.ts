/** The operation logs of other stores, kept under refs/atom/ops/: each a chain of its own, walked from its end back. */
import { isAtomError } from '../../base/errors.js'
import { objectId, type ObjectId } from '../../codec/object-id.js'
import { equalTargets, type Op, type RefTarget } from '../../object/op.js'
import { openAs } from '../../object/open.js'
import { OPS } from '../../refs/name.js'
import { objectKey } from '../../store/keys.js'
import type { Check } from './check.js'
import type { RefTargets } from './refs.js'

/** Judges each chain. Returns how many ops were met. */
export function checkForeignLogs(check: Check, refs: RefTargets): number {
  let met = 0
  for (const [name, target] of refs) {
    if (!name.startsWith(OPS) || target.is !== 'object') continue
    met += walkLog(check, { store: name.slice(OPS.length), tip: objectId(target.digest, 'dag-cbor') })
  }
  return met
}

function walkLog(check: Check, { store, tip }: { readonly store: string; readonly tip: ObjectId }): number {
  const later = new Map<string, RefTarget | undefined>()
  let met = 0
  let seq: number | undefined
  for (let id: ObjectId | undefined = tip; id !== undefined; met++) {
    if (met % 1_000 === 0) check.signal.throwIfAborted()
    const op = getOp(check, id)
    // A gap is judged as a link; a prune explains it.
    if (op === undefined) return met
    if (op.store !== store) check.findings.error('op-outside', `the log of store ${store} holds operation ${String(op.seq)} of store ${op.store}`)
    if (seq !== undefined && op.seq !== seq - 1) check.findings.error('op-missing', `the log of store ${store} goes from operation ${String(op.seq)} to ${String(seq)}`)
    for (const change of op.changes) {
      if (later.has(change.ref) && !equalTargets(later.get(change.ref), change.after)) check.findings.error('op-before', `the log of store ${store} left ${change.ref} elsewhere in operation ${String(op.seq)} than the next one found it`, { path: change.ref })
      later.set(change.ref, change.before)
    }
    seq = op.seq
    id = op.previous
  }
  return met
}

function getOp({ records }: Check, id: ObjectId): Op | undefined {
  const bytes = records.getRecord(objectKey(id))
  try {
    return bytes === undefined ? undefined : openAs(bytes, 'op')
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}
