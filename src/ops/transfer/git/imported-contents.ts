/**
 * Contents on their way into the store: read once, hashed, cut into chunks, written ahead of the ATOMs that link them in synced batches.
 * Memory stays flat: what waits is bounded, and what is known is forgotten again when it is old.
 */
import { createBoundedCache } from '../../../base/bounded-cache.js'
import type { ObjectId } from '../../../codec/object-id.js'
import type { SealedObject } from '../../../object/seal.js'
import { isForgotten } from '../../../refs/transaction.js'
import { createContentBuilder } from '../../../store/content.js'
import { META } from '../../../store/objects.js'
import type { HistorySource } from './history-source.js'
import type { Repo } from '../../repo.js'

const KNOWN_CONTENTS = 60_000
const WAITING_MAX_BYTES = 4_194_304

export interface ImportedContents {
  /** Returns the id of a content. It is stored by the next `take`, or before. */
  idOf(blob: string): Promise<ObjectId>
  /** Returns what waits, to be put into a transaction, once all that went ahead is durable. */
  take(): Promise<readonly SealedObject[]>
}

export function createImportedContents(repo: Repo, source: HistorySource): ImportedContents {
  const known = createBoundedCache<string, Promise<ObjectId>>({ limit: KNOWN_CONTENTS })
  const hasReceipts = repo.store.getRecord(META.receipts) !== undefined
  let waiting: SealedObject[] = []
  let waitingBytes = 0
  let ahead: Promise<void> = Promise.resolve()
  const takeWaiting = (): readonly SealedObject[] => {
    const taken = waiting
    waiting = []
    waitingBytes = 0
    return taken
  }
  const keep = async (objects: readonly SealedObject[]): Promise<void> => {
    for (const object of objects) {
      if (hasReceipts && isForgotten(repo.store, object.id)) continue
      waiting.push(object)
      waitingBytes += object.bytes.length
    }
    if (waitingBytes < WAITING_MAX_BYTES) return
    const batch = takeWaiting()
    ahead = ahead.then(() => repo.writer.putAhead(batch))
    await ahead
  }
  const load = async (blob: string): Promise<ObjectId> => {
    const builder = createContentBuilder()
    await source.readBlob(blob, (bytes) => {
      const full = builder.add(bytes)
      return full.length === 0 ? undefined : keep(full)
    })
    const { id, objects } = builder.end()
    await keep(objects)
    return id
  }
  return {
    idOf: (blob) => known.get(blob, () => load(blob)),
    async take() {
      await ahead
      return takeWaiting()
    },
  }
}
