/** What a use case is given: an open store, the worktree beside it, and the world as ports. */
import type { Clock, Random, Reporter } from '../base/ports.js'
import type { TrailIndex } from '../index/trail-index.js'
import type { Writer } from '../refs/transaction.js'
import type { ObjectReader, Store } from '../store/types.js'
import type { Outbox, Scope, SideFiles, Spool, Views, Worktree } from './ports.js'

/** Who acts, and where, unless the input says otherwise. */
export interface Identity {
  /** `--agent`, ATOM_AGENT, a detected client, config, else `user:$USER`. */
  readonly agent: string
  /** The branch that commands work on: `--branch` or ATOM_BRANCH; absent = HEAD's. Full ref name. */
  readonly branch?: string
  /** Scopes that the user's own configuration lets be written without `--scope`. */
  readonly scopes?: readonly Scope[]
}

export interface Repo {
  /** The records as committed. Readers may use it; only `writer` writes. */
  readonly store: Store
  readonly objects: ObjectReader
  readonly index: TrailIndex
  readonly writer: Writer
  readonly worktree: Worktree
  readonly clock: Clock
  readonly random: Random
  readonly reporter: Reporter
  readonly identity: Identity
  /** What waits in the spool. */
  readonly spool: Spool
  /** What is sent to remotes by itself; absent where nothing is. */
  readonly outbox?: Outbox
  /** What repeats the store's contents beside it; absent where there is nothing but the store. */
  readonly sideFiles?: SideFiles
  /** What is derived from the trail for other readers; absent where there is nowhere to keep it. */
  readonly views?: Views
  /** Names this request (32 hex digits) where its caller may have to repeat it: goes into the op, and a recording that finds it there answers as before. */
  readonly request?: string
  /** Aborted when the user interrupts: every loop that can be long looks at it between two steps. */
  readonly signal: AbortSignal
}
