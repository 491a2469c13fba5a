/** The tracked files of a trail as git trees. */
import type { ObjectId } from '../../codec/object-id.js'
import { encodeGitTree, GIT_FOLDER, type GitEntry } from '../../git/git-object.js'
import { FOLDER_MODE } from '../../object/tree.js'
import { EMPTY_TREE, readFolder } from '../../tree/read.js'
import type { AbsentFile } from './atom-tree.js'
import { escapeName } from './escape-name.js'
import { fail, getContentBlob, treesOf, type Mirror, type Owner } from './mirror.js'
import type { GitTreePlace } from './mirror-index.js'

const NOTHING: GitTreePlace = { oid: null, absent: [] }

/** Returns the git tree that stands for one of ours, made where it was not yet. */
export async function gitTreeOf(mirror: Mirror, id: ObjectId, owner: Owner): Promise<GitTreePlace> {
  if (id === EMPTY_TREE.id) return NOTHING
  const place = mirror.index.getPlace(id)
  if (place?.is !== 'tree') return fail(id, owner)
  if (place.git !== undefined) return place.git
  const { entries, absent } = await gitEntriesOf(mirror, id)
  const oid = entries.size === 0 ? null : mirror.git.add({ type: 'tree', bytes: encodeGitTree(entries) })
  const git = { oid, absent }
  mirror.index.setPlace(id, { ...place, git })
  if (oid !== null && absent.length === 0) mirror.index.setContent(oid, id)
  return git
}

export interface GitEntries {
  readonly entries: Map<string, GitEntry>
  readonly absent: readonly AbsentFile[]
}

/** Returns what a folder holds as git has it, split or not. */
export async function gitEntriesOf(mirror: Mirror, id: ObjectId): Promise<GitEntries> {
  const entries = new Map<string, GitEntry>()
  const absent: AbsentFile[] = []
  const owner = { id, role: 'content' }
  for (const [name, { mode, link }] of id === EMPTY_TREE.id ? [] : readFolder(treesOf(mirror), id)) {
    if (mode === FOLDER_MODE) {
      const inner = await gitTreeOf(mirror, link, { id, role: 'tree' })
      if (inner.oid !== null) entries.set(escapeName(name, mode), { mode: GIT_FOLDER, oid: inner.oid })
      absent.push(...inner.absent.map((file) => ({ ...file, path: `${name}/${file.path}` })))
      continue
    }
    const blob = await getContentBlob(mirror, link, owner)
    if (blob === undefined) absent.push({ path: name, mode, link })
    else entries.set(escapeName(name, mode), { mode, oid: blob })
  }
  return { entries, absent }
}
