/** The tracked files of a trail as git trees. */
import type { ObjectId } from '../../codec/object-id.js'
import { encodeGitTree, GIT_FOLDER, type GitEntry } from '../../git/git-object.js'
import { getPackedTree } from '../../object/packed-tree.js'
import { FOLDER_MODE, type TreeEntry } from '../../object/tree.js'
import { EMPTY_TREE, readFolder } from '../../tree/read.js'
import type { AbsentFile } from './atom-tree.js'
import { escapeName } from './escape-name.js'
import { fail, getContentBlob, treesOf, type Mirror, type Owner } from './mirror.js'
import type { GitTreePlace } from './mirror-index.js'
import { changeImage, makeImage, type TreeImage } from './tree-image.js'

const NOTHING: GitTreePlace = { oid: null, absent: [] }

/** Where a folder is: its path in the tree, and who names it. */
interface Position { readonly path: string; readonly owner: Owner }

/** Returns the git tree that stands for one of ours, made where it was not yet. */
async function gitTreeOf(mirror: Mirror, id: ObjectId, { path, owner }: Position): Promise<GitTreePlace> {
  if (id === EMPTY_TREE.id) return NOTHING
  const place = mirror.index.getPlace(id)
  if (place?.is !== 'tree') return fail(id, owner)
  if (place.git !== undefined) return place.git
  const { bytes, absent } = await gitFilesOf(mirror, id, path)
  const oid = bytes.length === 0 ? null : mirror.git.add({ type: 'tree', bytes })
  const git = { oid, absent }
  mirror.index.setPlace(id, { ...place, git })
  if (oid !== null && absent.length === 0) mirror.index.setContent(oid, id)
  return git
}

export interface GitFiles {
  /** Of git's tree. */
  readonly bytes: Uint8Array
  readonly absent: readonly AbsentFile[]
}

/** Returns what a folder at a path holds as git has it, split or not. */
export async function gitFilesOf(mirror: Mirror, id: ObjectId, path = ''): Promise<GitFiles> {
  const image = await imageOf(mirror, id, path)
  if (image !== undefined) return { bytes: image.bytes, absent: [] }
  const entries = new Map<string, GitEntry>()
  const absent: AbsentFile[] = []
  for (const [name, entry] of id === EMPTY_TREE.id ? [] : readFolder(treesOf(mirror), id)) {
    if (entry.mode === FOLDER_MODE) {
      const inner = await gitTreeOf(mirror, entry.link, { path: `${path}/${name}`, owner: { id, role: 'tree' } })
      if (inner.oid !== null) entries.set(escapeName(name, entry.mode), { mode: GIT_FOLDER, oid: inner.oid })
      absent.push(...inner.absent.map((file) => ({ ...file, path: `${name}/${file.path}` })))
      continue
    }
    const blob = await getContentBlob(mirror, entry.link, { id, role: 'content' })
    if (blob === undefined) absent.push({ path: name, ...entry })
    else entries.set(escapeName(name, entry.mode), { mode: entry.mode, oid: blob })
  }
  return { bytes: encodeGitTree(entries), absent }
}

/** Returns the image of a folder, made from the one that was last made at its path; undefined for a split folder, and where something in it was forgotten or is empty. */
async function imageOf(mirror: Mirror, id: ObjectId, path: string): Promise<TreeImage | undefined> {
  const before = mirror.images.peek(path)
  if (before?.id === id) return before
  const place = mirror.index.receipts.size > 0 ? undefined : mirror.index.getPlace(id)
  const tree = place?.is === 'tree' ? getPackedTree(place.bytes) : undefined
  if (tree === undefined) return undefined
  const oidOf = async (name: string, { mode, link }: TreeEntry): Promise<string | undefined> => mode === FOLDER_MODE
    ? (await gitTreeOf(mirror, link, { path: `${path}/${name}`, owner: { id, role: 'tree' } })).oid ?? undefined
    : getContentBlob(mirror, link, { id, role: 'content' })
  const image = (before === undefined ? undefined : await changeImage(before, { id, tree }, oidOf)) ?? await makeImage({ id, tree }, oidOf)
  if (image !== undefined) mirror.images.set(path, image)
  return image
}
