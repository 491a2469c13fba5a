/** Reads commits that are to be judged, and ahead of that what they change, so that git is asked for many objects at once. */
import { createBoundedCache, type BoundedCache } from '../../base/bounded-cache.js'
import { getCommitHead, getGitTree, GIT_FOLDER, type CommitHead, type GitEntry, type Oid } from '../../git/git-object.js'
import { ATOM_FOLDER, OWN_NAMES } from './atom-tree.js'
import { learnBlob } from './learn-blob.js'
import { getBlob } from './local-git.js'
import type { Mirror } from './mirror.js'

const TREES_AHEAD = 8_192
/** Larger folders are read when their turn comes. */
const AHEAD_MAX_ENTRIES = 2_000

const GIT_SUBMODULE = 0o160000

export type Tree = ReadonlyMap<string, GitEntry>

/** Trees that were read before their turn came, as many of git's answers as possible being asked for at once. */
export interface Ahead { readonly ahead: BoundedCache<Oid, Promise<Tree | undefined>> }

export function readingAhead(mirror: Mirror): Mirror & Ahead {
  return { ...mirror, ahead: createBoundedCache({ limit: TREES_AHEAD }) }
}

export interface ReadCommit {
  readonly commit: Oid
  readonly head: CommitHead | undefined
  readonly root: ReadonlyMap<string, GitEntry> | undefined
  readonly own: OwnFolder | undefined
}

export interface OwnFolder {
  readonly entries: ReadonlyMap<string, GitEntry>
  /** Of OWN_NAMES the one that is there, with its bytes. */
  readonly name: string
  readonly blob: Oid
  readonly bytes: Uint8Array
  readonly body: Uint8Array | undefined
}

export async function readCommit(mirror: Mirror & Ahead, commit: Oid): Promise<ReadCommit> {
  const object = await mirror.git.getObject(commit)
  const head = object?.type === 'commit' ? getCommitHead(object.bytes) : undefined
  const root = head === undefined ? undefined : await readTree(mirror, head.tree)
  const folder = root?.get(ATOM_FOLDER)
  const own = folder?.mode === GIT_FOLDER ? await readOwn(mirror, folder.oid) : undefined
  if (own?.name === 'atom' && root !== undefined) await readAhead(mirror, root)
  return { commit, head, root, own }
}

/** Reads what is new in a folder. What cannot be read is met again in its turn. */
async function readAhead(mirror: Mirror & Ahead, entries: Tree): Promise<void> {
  if (entries.size > AHEAD_MAX_ENTRIES) return
  await Promise.all([...entries].map(async ([name, { mode, oid }]) => {
    if (name === ATOM_FOLDER || mirror.ahead.peek(oid) !== undefined || mirror.index.getContent(oid) !== undefined) return
    if (mode === GIT_FOLDER) {
      const tree = await readTreeOnce(mirror, oid)
      if (tree !== undefined) await readAhead(mirror, tree)
    } else if (mode !== GIT_SUBMODULE) await learnBlob(mirror, oid)
  }))
}

export function readTreeOnce(mirror: Mirror & Ahead, oid: Oid): Promise<Tree | undefined> {
  return mirror.ahead.get(oid, () => readTree(mirror, oid))
}

export async function readTree({ git }: Mirror, oid: Oid): Promise<ReadonlyMap<string, GitEntry> | undefined> {
  const object = await git.getObject(oid)
  return object?.type === 'tree' ? getGitTree(object.bytes) : undefined
}

async function readOwn(mirror: Mirror, folder: Oid): Promise<OwnFolder | undefined> {
  const entries = await readTree(mirror, folder)
  const name = OWN_NAMES.find((candidate) => entries?.has(candidate) === true)
  const blob = name === undefined ? undefined : entries?.get(name)?.oid
  if (entries === undefined || name === undefined || blob === undefined) return undefined
  const body = entries.get('body')
  const [bytes, bodyBytes] = await Promise.all([getBlob(mirror.git, blob), body === undefined ? undefined : getBlob(mirror.git, body.oid)])
  return bytes === undefined ? undefined : { entries, name, blob, bytes, body: bodyBytes }
}
