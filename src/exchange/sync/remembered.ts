/** What a store remembers of a remote: its branches as refs, and the end of this store's operation log that it was given last. */
import { digestBytes, digestFromBytes, digestOf, objectId, type ObjectId } from '../../codec/object-id.js'
import { checkInput, filledText, optional } from '../../ops/check.js'
import type { Operation } from '../../ops/operation.js'
import { REMOTES } from '../../refs/name.js'
import { listRefs } from '../../refs/ref.js'
import type { Transaction } from '../../refs/transaction.js'
import { metaKey } from '../../store/keys.js'
import type { RecordReader } from '../../store/types.js'

export interface RenameRememberedInput {
  readonly from: string
  /** Absent: they go. */
  readonly to?: string | undefined
}

/** Moves or drops refs/remotes/<name>/…; returns how many. */
export const renameRemembered: Operation<RenameRememberedInput, number> = {
  name: 'remote.rename-remembered',
  summary: 'Rename or drop the remembered branches of a remote',
  effect: 'write',
  errors: ['REF_MOVED'],
  check: checkInput<RenameRememberedInput>({ from: filledText, to: optional(filledText) }),
  async run(repo, { from, to }) {
    const prefix = `${REMOTES}${from}/`
    const refs = await listRefs(repo.store, prefix)
    await repo.writer.transact({ agent: repo.identity.agent, command: to === undefined ? 'remote remove' : 'remote rename' }, (tx) => {
      for (const { name, target } of refs) {
        tx.edit({ ref: name, expected: target, next: undefined })
        if (to !== undefined) tx.edit({ ref: `${REMOTES}${to}/${name.slice(prefix.length)}`, expected: 'any', next: target })
      }
      const sent = getSentLog(tx, from)
      tx.deleteRecord(sentLogKey(from))
      if (to !== undefined && sent !== undefined) putSentLog(tx, to, sent)
    })
    return refs.length
  },
}

const DIGEST_BYTES = 32

function sentLogKey(remote: string): Uint8Array {
  return metaKey(`sent/${remote}`)
}

/** Returns the end of this store's log that a remote was given last: it may have been pruned here since. */
export function getSentLog(records: RecordReader, remote: string): ObjectId | undefined {
  const bytes = records.getRecord(sentLogKey(remote))
  return bytes?.length === DIGEST_BYTES ? objectId(digestFromBytes(bytes), 'dag-cbor') : undefined
}

export function putSentLog(tx: Transaction, remote: string, tip: ObjectId): void {
  tx.putRecord(sentLogKey(remote), digestBytes(digestOf(tip)))
}
