/** File contents as objects: one raw object up to 1 MiB, above it a `file` object over raw chunks. */
import { isAtomError } from '../base/errors.js'
import { concatBytes } from '../base/bytes.js'
import { CHUNK_BYTES } from '../base/limits.js'
import { createSha256 } from '../codec/hash.js'
import { codecOf, digestFromBytes, type ObjectId } from '../codec/object-id.js'
import { encodeFile } from '../object/file.js'
import { seal, type SealedObject } from '../object/seal.js'
import { notFound, readObject } from './objects.js'
import type { ObjectReader } from './types.js'

/** A content cut into objects, the one that names the whole last. */
export interface SealedContent {
  readonly id: ObjectId
  readonly objects: readonly SealedObject[]
}

/** Returns the objects of a content held in memory. */
export function sealContent(bytes: Uint8Array): SealedContent {
  if (bytes.length <= CHUNK_BYTES) {
    const whole = seal(bytes, 'raw')
    return { id: whole.id, objects: [whole] }
  }
  const builder = createContentBuilder()
  const objects = builder.add(bytes)
  const end = builder.end()
  return { id: end.id, objects: [...objects, ...end.objects] }
}

/** Cuts a stream into chunks: `add` returns those that are full, `end` the rest and the object that names the whole. */
export interface ContentBuilder {
  /** Keeps nothing of the given bytes: the caller may fill the same buffer again. */
  add(bytes: Uint8Array): readonly SealedObject[]
  end(): SealedContent
}

export function createContentBuilder(): ContentBuilder {
  const hash = createSha256()
  const chunks: ObjectId[] = []
  let pending: Uint8Array[] = []
  let pendingBytes = 0
  let sizeBytes = 0
  const cut = (): SealedObject => {
    const chunk = seal(concatBytes(pending), 'raw')
    chunks.push(chunk.id)
    pending = []
    pendingBytes = 0
    return chunk
  }
  return {
    add(bytes) {
      hash.update(bytes)
      sizeBytes += bytes.length
      const sealed: SealedObject[] = []
      for (let offset = 0; offset < bytes.length;) {
        const part = bytes.subarray(offset, offset + CHUNK_BYTES - pendingBytes)
        pending.push(part)
        pendingBytes += part.length
        offset += part.length
        // A chunk is cut only when more follows, so that exactly 1 MiB stays one raw object.
        if (pendingBytes === CHUNK_BYTES && (offset < bytes.length || sizeBytes > CHUNK_BYTES)) sealed.push(cut())
      }
      const left = pending.pop()
      if (left !== undefined) pending.push(left.slice())
      return sealed
    },
    end() {
      if (sizeBytes <= CHUNK_BYTES) {
        const whole = seal(concatBytes(pending), 'raw')
        return { id: whole.id, objects: [whole] }
      }
      const last = pendingBytes > 0 ? [cut()] : []
      const file = seal(encodeFile({ sizeBytes, digest: digestFromBytes(hash.digest()), chunks }))
      return { id: file.id, objects: [...last, file] }
    },
  }
}

/** Yields a content chunk by chunk; throws `OBJECT_NOT_FOUND` where one is gone. */
export function* contentChunks(reader: ObjectReader, id: ObjectId): Iterable<Uint8Array> {
  const chunks = codecOf(id) === 'raw' ? [id] : readObject(reader, id, 'file').chunks
  for (const chunk of chunks) {
    const bytes = reader.getObject(chunk)
    if (bytes === undefined) throw notFound(chunk, 'content')
    yield bytes
  }
}

/** Returns a whole content. Callers that may meet large ones use `contentChunks`. */
export function readContent(reader: ObjectReader, id: ObjectId): Uint8Array {
  const chunks = [...contentChunks(reader, id)]
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : concatBytes(chunks)
}

/** Returns a whole content, or undefined when it or a part of it is not here (forgotten, or never pushed). */
export function getContent(reader: ObjectReader, id: ObjectId): Uint8Array | undefined {
  try {
    return readContent(reader, id)
  } catch (error) {
    if (isAtomError(error, 'OBJECT_NOT_FOUND')) return undefined
    throw error
  }
}

export function contentSizeBytes(reader: ObjectReader, id: ObjectId): number {
  if (codecOf(id) === 'dag-cbor') return readObject(reader, id, 'file').sizeBytes
  const bytes = reader.getObject(id)
  if (bytes === undefined) throw notFound(id, 'content')
  return bytes.length
}
