/** A mirror: a git repository on this machine that stands for a trail, and the index of what is where in it. Others add to it, learn from it and give out of it. */
import { createBoundedCache, type BoundedCache } from '../../base/bounded-cache.js'
import { AtomError } from '../../base/errors.js'
import { concatBytes } from '../../base/bytes.js'
import { CHUNK_BYTES } from '../../base/limits.js'
import { codecOf, digestOf, type ObjectId } from '../../codec/object-id.js'
import { openAs, type OpenedObject } from '../../object/open.js'
import type { Oid } from '../../git/git-object.js'
import type { ObjectReader } from '../../store/types.js'
import { EMPTY_TREE } from '../../tree/read.js'
import { getBlob, type LocalGit } from './local-git.js'
import type { MirrorIndex } from './mirror-index.js'
import type { TreeImage } from './tree-image.js'

export interface Mirror {
  readonly index: MirrorIndex
  readonly git: LocalGit
  /** By path, the folders that were made last. */
  readonly images: BoundedCache<string, TreeImage>
  /** Bodies that came last: the next ATOM names one of them. */
  readonly bodies: BoundedCache<ObjectId, OpenedObject>
}

const ENTRIES_REMEMBERED = 100_000
const BODIES_REMEMBERED = 16

export function createMirror(git: LocalGit, index: MirrorIndex): Mirror {
  return { git, index, images: createBoundedCache({ limit: ENTRIES_REMEMBERED, weigh: ({ tree }) => 1 + tree.count }), bodies: createBoundedCache({ limit: BODIES_REMEMBERED }) }
}

const FLUSH_BYTES = 8_388_608
const FLUSH_RECORDS = 50_000

/** Writes what waits: git's objects first, so that the index never names one that is not there. */
export async function flush({ git, index }: Mirror): Promise<void> {
  await git.flush()
  await index.flush()
}

export function isFull({ git, index }: Mirror): boolean {
  return git.pendingBytes > FLUSH_BYTES || index.pending > FLUSH_RECORDS
}

/** Writes what waits, once it is much. */
export async function flushWhenFull(mirror: Mirror): Promise<void> {
  if (isFull(mirror)) await flush(mirror)
}

/** Returns the trees of the mirror as objects. */
export function treesOf({ index }: Mirror): ObjectReader {
  return {
    getObject(id) {
      if (id === EMPTY_TREE.id) return EMPTY_TREE.bytes
      const place = index.getPlace(id)
      return place?.is === 'tree' ? place.bytes : undefined
    },
  }
}

/** Returns the bytes of any object but a large one's chunks; undefined where it is not here. */
export async function getObjectBytes({ index, git }: Mirror, id: ObjectId): Promise<Uint8Array | undefined> {
  if (id === EMPTY_TREE.id) return EMPTY_TREE.bytes
  const place = index.getPlace(id)
  if (place === undefined) return undefined
  switch (place.is) {
    case 'tree':
    case 'file': return place.bytes
    case 'chunk': return getChunk(git, place)
    default: return getBlob(git, place.blob)
  }
}

async function getChunk(git: LocalGit, { blob, number }: { readonly blob: Oid; readonly number: number }): Promise<Uint8Array | undefined> {
  const [start, end] = [number * CHUNK_BYTES, (number + 1) * CHUNK_BYTES]
  const parts: Uint8Array[] = []
  let offset = 0
  const isThere = await git.readBlob(blob, (bytes) => {
    if (offset < end && offset + bytes.length > start) parts.push(bytes.slice(Math.max(0, start - offset), end - offset))
    offset += bytes.length
    return undefined
  })
  return isThere ? concatBytes(parts) : undefined
}

/** Returns the blob that holds a content; undefined where the content, or a part of it, was forgotten. Throws `LINK_MISSING` where nothing says so. */
export async function getContentBlob(mirror: Mirror, id: ObjectId, owner: Owner): Promise<Oid | undefined> {
  const { index, git } = mirror
  if (index.receipts.has(id)) return undefined
  const place = index.getPlace(id)
  switch (place?.is) {
    case 'blob':
    case 'carried': return place.blob
    case 'file': return place.blob ?? (place.bytes.length > 0 && isPartForgotten(mirror, place.bytes) ? undefined : fail(id, owner))
    case 'chunk': {
      const bytes = await getChunk(git, place)
      if (bytes === undefined) return fail(id, owner)
      const blob = git.add({ type: 'blob', bytes })
      index.setPlace(id, { is: 'blob', blob })
      index.setContent(blob, id)
      return blob
    }
    default: return fail(id, owner)
  }
}

function isPartForgotten({ index }: Mirror, file: Uint8Array): boolean {
  return index.receipts.size > 0 && openAs(file, 'file').chunks.some((chunk) => index.receipts.has(chunk))
}

/** What an object belongs to, for errors. */
export interface Owner {
  readonly id: ObjectId
  readonly role: string
}

export function fail(id: ObjectId, { id: owner, role }: Owner): never {
  throw new AtomError('LINK_MISSING', `the ${role} ${digestOf(id)} of ${digestOf(owner)} is missing, and no receipt says why`, { data: { from: digestOf(owner), id: digestOf(id), role }, hint: 'atom verify' })
}

/** Tells whether an object is in the mirror. */
export function isThere({ index }: Mirror, id: ObjectId): boolean {
  return id === EMPTY_TREE.id || (index.getPlace(id) !== undefined && !index.receipts.has(id))
}

export function isRaw(id: ObjectId): boolean {
  return codecOf(id) === 'raw'
}
