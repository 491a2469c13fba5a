/** Takes objects into a mirror, owned before owner, as they come from a push. Bytes are judged first: what is not what it says is refused. */
import { AtomError } from '../../base/errors.js'
import { codecOf, digestOf, idOf, type ObjectId } from '../../codec/object-id.js'
import type { FileObject } from '../../object/file.js'
import { openAny, type OpenedObject } from '../../object/open.js'
import { getPackedTree } from '../../object/packed-tree.js'
import { isThere, fail, getObjectBytes, type Mirror } from './mirror.js'
import { makeAtomCommit } from './mirror-commit.js'
import type { Place } from './mirror-index.js'

/** Adds one object; one that is there is no error. Returns what it is, where it had to be looked into. Throws `OBJECT_CORRUPT`, `OBJECT_INVALID`, `LINK_MISSING`. */
export async function addObject(mirror: Mirror, id: ObjectId, bytes: Uint8Array): Promise<OpenedObject | undefined> {
  if (idOf(bytes, codecOf(id)) !== id) throw new AtomError('OBJECT_CORRUPT', `the bytes are not those of ${digestOf(id)}`, { data: { id: digestOf(id), reason: 'digest' } })
  // What was forgotten does not come back: the commits would be others for everybody else.
  if (mirror.index.receipts.has(id) || isThere(mirror, id)) return undefined
  const { index, git } = mirror
  if (codecOf(id) === 'raw') {
    const blob = git.add({ type: 'blob', bytes })
    index.setPlace(id, { is: 'blob', blob })
    index.setContent(blob, id)
    return undefined
  }
  if (getPackedTree(bytes) !== undefined) {
    index.setPlace(id, { is: 'tree', bytes, git: undefined })
    return undefined
  }
  const object = openAny(bytes)
  switch (object.kind) {
    case 'tree': index.setPlace(id, { is: 'tree', bytes, git: undefined }); break
    case 'file': index.setPlace(id, await placeFile(mirror, { id, bytes, file: object.value })); break
    case 'body':
      index.setPlace(id, { is: 'blob', blob: git.add({ type: 'blob', bytes }) })
      mirror.bodies.set(id, object)
      break
    case 'atom': {
      const blob = git.add({ type: 'blob', bytes })
      const made = await makeAtomCommit(mirror, id, { header: object.value, blob })
      for (const part of made.objects) git.add(part)
      index.setPlace(id, { is: 'carried', blob, commit: made.oid })
      index.setCarried(made.oid, id)
      break
    }
    default: index.setPlace(id, { is: 'carried', blob: git.add({ type: 'blob', bytes }), commit: undefined })
  }
  return object
}

/** Joins the chunks of a large content, which came before it, to the plain file that git has. */
async function placeFile(mirror: Mirror, { id, bytes, file }: { readonly id: ObjectId; readonly bytes: Uint8Array; readonly file: FileObject }): Promise<Place> {
  const { receipts } = mirror.index
  if (receipts.size > 0 && file.chunks.some((chunk) => receipts.has(chunk))) return { is: 'file', bytes, blob: undefined }
  const parts = async function* (): AsyncIterable<Uint8Array> {
    for (const chunk of file.chunks) yield await getObjectBytes(mirror, chunk) ?? fail(chunk, { id, role: 'chunk' })
  }
  return { is: 'file', bytes, blob: await mirror.git.addLargeBlob({ sizeBytes: file.sizeBytes, parts: parts() }) }
}
