/** What most use cases begin with: resolving what was typed against the open store. */
import type { ResolveContext } from '../history/resolve.js'
import { currentBranch } from '../history/resolve.js'
import { HEADS } from '../refs/name.js'
import { resolveRef } from '../refs/ref.js'
import type { ObjectId } from '../codec/object-id.js'
import { readObject } from '../store/objects.js'
import type { RecordReader, ObjectReader } from '../store/types.js'
import { EMPTY_TREE } from '../tree/read.js'
import type { Repo } from './repo.js'

export function resolveContext(repo: Repo): ResolveContext {
  return {
    store: repo.store, index: repo.index, nowMs: repo.clock.nowMs(), reporter: repo.reporter,
    ...(repo.identity.branch !== undefined && { branch: repo.identity.branch }),
  }
}

/** Returns the ref that a command moves: a named branch, the session's, HEAD's; `HEAD` itself when it is detached. */
export function targetRef(repo: Repo, branch?: string): string {
  if (branch !== undefined) return branch.startsWith('refs/') ? branch : HEADS + branch
  return currentBranch({ store: repo.store, ...(repo.identity.branch !== undefined && { branch: repo.identity.branch }) }) ?? 'HEAD'
}

/** Returns the tree of an ATOM; the empty one before the first. */
export function treeOf(reader: ObjectReader, atom: ObjectId | undefined): ObjectId {
  return atom === undefined ? EMPTY_TREE.id : readObject(reader, atom, 'atom').tree
}

/** Returns the tree at the tip of a ref. */
export function tipTree(source: RecordReader & ObjectReader, ref: string): ObjectId {
  return treeOf(source, resolveRef(source, ref))
}
