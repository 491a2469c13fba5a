/** What blobs are as contents of a trail. */
import type { ObjectId } from '../../codec/object-id.js'
import type { Oid } from '../../git/git-object.js'
import { createContentBuilder } from '../../store/content.js'
import { isRaw, type Mirror } from './mirror.js'

/** Returns the content that a blob is, above 1 MiB with its chunks; undefined where the blob cannot be read. */
export async function learnBlob({ index, git }: Mirror, blob: Oid): Promise<ObjectId | undefined> {
  const known = index.getContent(blob)
  if (known !== undefined) return known
  const builder = createContentBuilder()
  const chunks: ObjectId[] = []
  const isThere = await git.readBlob(blob, (bytes) => {
    for (const chunk of builder.add(bytes)) chunks.push(chunk.id)
    return undefined
  })
  if (!isThere) return undefined
  const { id, objects } = builder.end()
  const last = objects.at(-1)
  if (isRaw(id)) index.setPlace(id, { is: 'blob', blob })
  else if (last !== undefined) {
    chunks.push(...objects.slice(0, -1).map((chunk) => chunk.id))
    chunks.forEach((chunk, number) => { if (index.getPlace(chunk) === undefined) index.setPlace(chunk, { is: 'chunk', blob, number }) })
    index.setPlace(id, { is: 'file', bytes: last.bytes, blob })
  }
  index.setContent(blob, id)
  return id
}

