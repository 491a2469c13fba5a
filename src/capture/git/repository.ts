/** A git repository as `history.ts` needs it: objects by id, refs, and the order of commits. Two implementations: `system.ts` and `isomorphic.ts`. */
import { AtomError } from '../../base/errors.js'
import type { GitObject } from '../../git/git-object.js'
import type { TakeBytes } from '../../git/object-batch.js'

export interface GitRef {
  /** Full name; undefined where it is not UTF-8. */
  readonly name: string | undefined
  readonly shown: string
  readonly id: string
}

export interface GitHead {
  /** Full name of the branch that HEAD names; absent when it is detached. */
  readonly ref?: string
  readonly id?: string
}

export interface GitRepository extends AsyncDisposable {
  readonly reader: 'git' | 'isomorphic-git'
  /** Returns the refs under refs/heads, refs/tags and refs/remotes. */
  refs(): Promise<readonly GitRef[]>
  head(): Promise<GitHead>
  /** Returns the id of the commit that a revision names, or undefined. */
  getCommit(revision: string): Promise<string | undefined>
  /** Yields the ids of all commits that the tips reach, each once, parents before children. Throws where one is missing. */
  commitIds(tips: readonly string[]): AsyncIterable<string>
  /** Returns how many those are; undefined where counting them costs as much as reading them. */
  countCommits(tips: readonly string[]): Promise<number | undefined>
  /** Returns an object, or undefined when it is not here. Throws `SOURCE_UNREADABLE` when it cannot be read. */
  getObject(id: string): Promise<GitObject | undefined>
  /** Hands the bytes of a blob over, part by part. */
  readBlob(id: string, take: TakeBytes): Promise<void>
}

/** Where a repository lies. */
export interface GitPlace {
  /** What the user named. */
  readonly location: string
  readonly gitFolder: string
  /** The folder that linked worktrees share; else the same. */
  readonly commonFolder: string
  readonly worktree: string | undefined
  readonly format: 'sha1' | 'sha256'
  /** Commits whose parents a shallow clone has cut off. */
  readonly shallow: ReadonlySet<string>
}

export function unreadable(source: string, reason: string, options: { readonly hint?: string; readonly cause?: unknown } = {}): AtomError<'SOURCE_UNREADABLE'> {
  return new AtomError('SOURCE_UNREADABLE', `cannot read the git repository ${source}: ${reason}`, { data: { source, reason }, ...options })
}
