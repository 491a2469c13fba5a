/** How a git remote is reached. Two ways: the system's git, and isomorphic-git over http where there is none. They know refs and git ids, nothing of ATOMs. */
import type { Oid } from '../../git/git-object.js'

export interface RemoteListing {
  /** By full name; annotated tags by the id of the tag. */
  readonly refs: ReadonlyMap<string, Oid>
  /** What annotated tags lead to. */
  readonly peeled: ReadonlyMap<string, Oid>
  /** The branch that HEAD names. */
  readonly head: string | undefined
}

export interface GitRefChange {
  readonly ref: string
  /** What is there; undefined: nothing. */
  readonly expected: Oid | undefined
  /** undefined deletes. */
  readonly next: Oid | undefined
}

/** What became of a change: done, or why not. `moved`: something else was there. */
export type GitRefOutcome = 'done' | { readonly refused: string; readonly moved: 'yes' | 'no' }

export interface GitTransport {
  /** How messages call it: without credentials. */
  readonly location: string
  list(): Promise<RemoteListing>
  /** Brings what the refs of a listing lead to into the local repository. `known`: commits that are here with all before them. */
  fetch(listing: RemoteListing, known: readonly Oid[]): Promise<void>
  /** Moves refs, each by compare-and-set, sending first what is missing there. Returns the outcomes in order. */
  push(changes: readonly GitRefChange[], known: readonly Oid[]): Promise<readonly GitRefOutcome[]>
  /** Makes an empty repository there if there is none, whose HEAD names a branch; does nothing where only its host can. */
  create(branch: string): Promise<void>
}
