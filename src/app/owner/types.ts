/** What the parts of this room say to each other: how a process stands to a store, and to the process that has it. */
import type { Random } from '../../base/ports.js'
import type { TrailIndex } from '../../index/trail-index.js'
import type { SharedWriter } from '../../refs/transaction.js'
import type { LevelStoreOptions } from '../../store/level/level-store.js'
import type { Store } from '../../store/types.js'
import type { AppContext } from '../context.js'
import type { StoreFolder } from '../folder.js'
import type { CallFrame } from './frames.js'

export interface SitOptions {
  readonly context: AppContext
  /** `join`: an owner elsewhere will do. `insist`: the store has to be open here, so an owner is asked to let go. */
  readonly owner: 'join' | 'insist'
  /** When to serve others: at once (sessions), soon (commands that turn out to be long), never. */
  readonly serve: 'at-once' | 'soon' | 'never'
  /** How it is opened, where it is not open yet. */
  readonly level?: LevelStoreOptions
}

/** For whom something is done here: this process, or one that handed it over. */
export type Guest = 'own' | 'client'

export interface Residency {
  readonly folder: StoreFolder
  readonly store: Store
  readonly writer: SharedWriter
  readonly index: TrailIndex
  readonly random: Random
  /** Returns the link to an owner elsewhere, or undefined once the store is open here: `leave` MUST follow. */
  sit(options: SitOptions): Promise<OwnerLink | undefined>
  /** Steps in, for this process or a client, where the store is open and not about to be closed; `leave` MUST follow then. */
  stepIn(who: Guest): 'in' | 'closed'
  /** Ends one stay. When it was the last one the store is closed: at once and awaited with 0, else after so long without work. */
  leave(who: Guest, lingerMs: number): Promise<void> | undefined
  /** Closes the store when nobody is in any more: for who leaves for good. */
  letGo(): Promise<void>
  /** Begins to open the store for the next one who sits down, unless somebody has it. `dropAhead` MUST follow: it closes what nobody took. */
  openAhead(): void
  dropAhead(): Promise<void>
  /** Counts a session: while there is one, the store stays open for a short while between two calls. Returns what ends it. */
  attach(): () => Promise<void>
  /**
   * Does what has to follow a recording and no answer waits for: in the next turn for a session, whose store stays open; now, and to be awaited, for anybody else.
   * Done in any case before the store is let go.
   */
  follow(who: Guest, work: () => Promise<void>): Promise<void> | undefined
  /** Does what is still to follow. */
  followed(): Promise<void> | undefined
  /** Looks after the spool, unless that goes on already or was done less than so long ago. */
  drainWith(everyMs: number, work: () => Promise<void> | undefined): Promise<void> | undefined
  /** Does work once nobody looks after the spool any more, and lets nobody do so meanwhile. */
  withoutDrain<Value>(work: () => Promise<Value>): Promise<Value>
}

export type Answer =
  | { readonly is: 'value'; readonly value: unknown }
  /** Throws `OwnerLost` in the middle when the owner ends. */
  | { readonly is: 'stream'; readonly items: AsyncIterable<unknown> }
  /** The owner cannot run it; nothing was done. */
  | { readonly is: 'unknown' }
  | { readonly is: 'lost' }

export interface OwnerLink {
  readonly isOpen: boolean
  /** Throws what the operation threw. */
  call(frame: Omit<CallFrame, 'is' | 'id'>, context: AppContext): Promise<Answer>
  /** Asks the owner to close the store, and waits until it has (or the time is over). */
  letGo(timeoutMs: number): Promise<void>
  close(): void
}
