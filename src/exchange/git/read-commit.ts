/** The commit that is being read: git's objects that came with it are at hand until it is judged. */
import { createBoundedCache } from '../../base/bounded-cache.js'
import { getCommitHead, getGitTree, GIT_FOLDER, type CommitHead, type GitEntry, type GitObject, type Oid } from '../../git/git-object.js'
import type { StreamedObject } from '../../git/object-stream.js'
import { ATOM_FOLDER, OWN_NAMES } from './atom-tree.js'
import { learnWhole, startBlob, type BlobLearner, type Learning } from './learn-blob.js'
import type { Learned } from './learned.js'
import { getBlob, objectsOver } from './local-git.js'
import type { Mirror } from './mirror.js'

export type Tree = ReadonlyMap<string, GitEntry>

/** Above it, what is needed again is asked for again. */
const IN_HAND_MAX_BYTES = 16_777_216

/** Folders as they were last, in bytes. */
const FOLDERS_MAX_BYTES = 8_388_608

export interface CommitInHand extends Learning {
  /** '' before the first. */
  readonly commit: Oid
  readonly bytes: Uint8Array
  /** Lets go of what is in hand and takes another commit. */
  begin(commit: StreamedObject): void
  /** Takes an object that came with it. Contents of files are learned at once: of all that comes only they may be large. */
  take(object: StreamedObject): void
}

export function takeInHand({ git, index, images, bodies }: Mirror, learned: Learned): CommitInHand {
  let objects = new Map<Oid, GitObject>()
  let heldBytes = 0
  let commit = ''
  let bytes: Uint8Array = new Uint8Array(0)
  let large: { readonly learner: BlobLearner; left: number } | undefined
  const takePart = ({ oid, sizeBytes, bytes: part }: StreamedObject): void => {
    large ??= { learner: startBlob(inHand, oid), left: sizeBytes }
    large.learner.add(part)
    large.left -= part.length
    if (large.left > 0) return
    if (index.getContent(oid) === undefined) large.learner.end()
    large = undefined
  }
  const inHand: CommitInHand = {
    index, images, bodies,
    folders: createBoundedCache({ limit: FOLDERS_MAX_BYTES, weigh: (folder) => folder.git.length + folder.packed.bytes.length }),
    get commit() { return commit },
    get bytes() { return bytes },
    git: {
      ...git,
      ...objectsOver(git, (oid) => objects.get(oid)),
    },
    keep(id, kept, kind) {
      if (!index.receipts.has(id)) learned.add(id, kept, kind)
    },
    begin(next) {
      objects = new Map()
      heldBytes = 0
      commit = next.oid
      bytes = next.bytes
    },
    take(object) {
      const { oid, type, path, sizeBytes, bytes: whole } = object
      if (whole.length < sizeBytes) takePart(object)
      else if (type === 'blob' && !path.startsWith(OWN_PATH)) {
        if (index.getContent(oid) === undefined) learnWhole(inHand, oid, whole)
      } else if (heldBytes < IN_HAND_MAX_BYTES) {
        heldBytes += whole.length
        objects.set(oid, { type, bytes: whole })
      }
    },
  }
  return inHand
}

const OWN_PATH = `${ATOM_FOLDER}/`

export interface ReadCommit {
  readonly head: CommitHead | undefined
  readonly root: Tree | undefined
  readonly own: OwnFolder | undefined
}

export interface OwnFolder {
  readonly entries: Tree
  /** Of OWN_NAMES the one that is there, with its bytes. */
  readonly name: string
  readonly blob: Oid
  readonly bytes: Uint8Array
  readonly body: Uint8Array | undefined
}

export async function readCommit(inHand: CommitInHand): Promise<ReadCommit> {
  const head = getCommitHead(inHand.bytes)
  const root = head === undefined ? undefined : await readTree(inHand, head.tree)
  const folder = root?.get(ATOM_FOLDER)
  const own = folder?.mode === GIT_FOLDER ? await readOwn(inHand, folder.oid) : undefined
  return { head, root, own }
}

export async function readTree({ git }: Mirror, oid: Oid): Promise<Tree | undefined> {
  const object = await git.getObject(oid)
  return object?.type === 'tree' ? getGitTree(object.bytes) : undefined
}

async function readOwn(mirror: Mirror, folder: Oid): Promise<OwnFolder | undefined> {
  const entries = await readTree(mirror, folder)
  const name = OWN_NAMES.find((candidate) => entries?.has(candidate) === true)
  const blob = name === undefined ? undefined : entries?.get(name)?.oid
  if (entries === undefined || name === undefined || blob === undefined) return undefined
  const body = entries.get('body')
  const bytes = await getBlob(mirror.git, blob)
  return bytes === undefined ? undefined : { entries, name, blob, bytes, body: body === undefined ? undefined : await getBlob(mirror.git, body.oid) }
}
