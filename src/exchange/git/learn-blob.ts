/** What blobs are as contents of a trail. */
import type { BoundedCache } from '../../base/bounded-cache.js'
import { idOf, type ObjectId } from '../../codec/object-id.js'
import type { Oid } from '../../git/git-object.js'
import type { PackedTree } from '../../object/packed-tree.js'
import { createContentBuilder } from '../../store/content.js'
import type { EntryKind } from './learned.js'
import { isRaw, type Mirror } from './mirror.js'

/** A folder as it was when it was last learned: in git and here. */
export interface KnownFolder {
  readonly git: Uint8Array
  readonly packed: PackedTree
}

/** A mirror that learns. */
export interface Learning extends Mirror {
  /** By path. */
  readonly folders: BoundedCache<string, KnownFolder>
  /** Keeps an object for who asks next. */
  keep(id: ObjectId, bytes: Uint8Array, kind: EntryKind): void
}

/** Returns the content that a blob is, above 1 MiB with its chunks; undefined where the blob cannot be read. */
export async function learnBlob(learning: Learning, blob: Oid): Promise<ObjectId | undefined> {
  const known = learning.index.getContent(blob)
  if (known !== undefined) return known
  const learner = startBlob(learning, blob)
  const isThere = await learning.git.readBlob(blob, (bytes) => {
    learner.add(bytes)
    return undefined
  })
  return isThere ? learner.end() : undefined
}

/** Returns the content that a blob of at most 1 MiB is. */
export function learnWhole({ index, keep }: Learning, blob: Oid, bytes: Uint8Array): ObjectId {
  const id = idOf(bytes, 'raw')
  index.setPlace(id, { is: 'blob', blob })
  index.setContent(blob, id)
  keep(id, bytes, 'whole')
  return id
}

export interface BlobLearner {
  add(bytes: Uint8Array): void
  end(): ObjectId
}

/** Learns a blob part by part. */
export function startBlob(learning: Learning, blob: Oid): BlobLearner {
  const { index } = learning
  const builder = createContentBuilder()
  const chunks: ObjectId[] = []
  return {
    add(bytes) {
      for (const chunk of builder.add(bytes)) chunks.push(chunk.id)
    },
    end() {
      const { id, objects } = builder.end()
      const last = objects.at(-1)
      if (last === undefined || isRaw(id)) return learnWhole(learning, blob, last?.bytes ?? new Uint8Array(0))
      chunks.push(...objects.slice(0, -1).map((chunk) => chunk.id))
      chunks.forEach((chunk, number) => { if (index.getPlace(chunk) === undefined) index.setPlace(chunk, { is: 'chunk', blob, number }) })
      index.setPlace(id, { is: 'file', bytes: last.bytes, blob })
      index.setContent(blob, id)
      learning.keep(id, last.bytes, 'large')
      return id
    },
  }
}
