/** How a git remote is reached. Two ways: the system's git, and isomorphic-git over http where there is none. They know refs and git ids, nothing of ATOMs. */
import type { Oid } from '../../git/git-object.js'
import { isMoved, type PushReport, type RefCommand } from '../../git/receive-pack.js'
import type { FreshPack } from './local-git.js'

export interface RemoteListing {
  /** By full name; annotated tags by the id of the tag. */
  readonly refs: ReadonlyMap<string, Oid>
  /** What annotated tags lead to. */
  readonly peeled: ReadonlyMap<string, Oid>
  /** The branch that HEAD names. */
  readonly head: string | undefined
}

export type GitRefChange = RefCommand

/** What became of a change: done, or why not. `moved`: something else was there. */
export type GitRefOutcome = 'done' | { readonly refused: string; readonly moved: 'yes' | 'no' }

/** What saves a push from looking for what has to be sent. */
export interface PushHave {
  /** Commits that the remote has, with all before them. */
  readonly known: readonly Oid[]
  /** What was added here since the last push, which is likely to be all that the remote lacks. */
  readonly fresh: FreshPack
  /** Writes the same into the local repository. To be called once it can be done beside other work, and waited for before anything reads it from there. */
  write(): Promise<void>
}

export interface GitTransport {
  /** How messages call it: without credentials. */
  readonly location: string
  list(): Promise<RemoteListing>
  /** Brings what the refs of a listing lead to into the local repository. `known`: commits that are here with all before them. */
  fetch(listing: RemoteListing, known: readonly Oid[]): Promise<void>
  /** Moves refs, each by compare-and-set, sending first what is missing there. Returns the outcomes in order. */
  push(changes: readonly GitRefChange[], have: PushHave): Promise<readonly GitRefOutcome[]>
  /** Makes an empty repository there if there is none, whose HEAD names a branch; does nothing where only its host can. */
  create(branch: string): Promise<void>
}

/** Returns what a report says of a ref; undefined: nothing. */
export function outcomeOf(report: PushReport, ref: string): GitRefOutcome | undefined {
  const said = report.refs.get(ref)
  return said === undefined || said === 'done' ? said : { refused: said.refused, moved: isMoved(said.refused) ? 'yes' : 'no' }
}
