/**
 * What this program knows of another place where a trail is kept: a folder, a git host, a database. One port, one conformance suite
 * (`test/conformance/remote-suite.ts`) for every kind. `docs/exchange.md` says how push and fetch use it.
 *
 * A remote is never trusted: what it gives is rehashed and judged before anything of it is kept. It has no memory of who asks, and everything that it is asked to do
 * may be asked again. Its errors are `REMOTE_UNREACHABLE`, `REMOTE_AUTH` and `REMOTE_REFUSED`; they name the remote, never a secret.
 */
import type { AtomError } from '../base/errors.js'
import type { Reporter } from '../base/ports.js'
import type { ObjectId } from '../codec/object-id.js'

/** An object as a remote gives it: `id` is what the remote says that it is. */
export interface RemoteObject {
  readonly id: ObjectId
  readonly bytes: Uint8Array
}

export interface RemoteState {
  /** By full name, without HEAD. Names and targets as the remote has them: the caller checks both. */
  readonly refs: ReadonlyMap<string, ObjectId>
  /** The branch (full name) that a clone begins with; undefined where the remote does not say. */
  readonly head: string | undefined
}

export interface RefUpdate {
  /** Full name. */
  readonly ref: string
  /** What the caller saw; undefined: there was no such ref. */
  readonly expected: ObjectId | undefined
  /** undefined deletes. */
  readonly next: ObjectId | undefined
}

/** What became of one update: done, or refused and left as it was (`REF_MOVED`, `LINK_MISSING`, `REMOTE_REFUSED`). */
export interface RefOutcome {
  readonly ref: string
  readonly refused: AtomError | undefined
}

/** What need not be sent: for a remote that follows links. */
export interface GetOptions {
  /** Objects that the caller has with everything they own, near and far: for a remote that has to be told before it answers. */
  readonly have: readonly ObjectId[]
  /** Tells whether the caller has an object by now, with everything that it owns or will be given: for a remote in the same process. */
  isHere(id: ObjectId): boolean
}

export interface Remote extends AsyncDisposable {
  /** How messages call it: a URL or path without credentials. */
  readonly location: string
  /** Returns its refs. A remote that was never written to has none. */
  refs(): Promise<RemoteState>
  /** Returns which of the objects are not there, in any order. Up to `MISSING_MAX_IDS` are asked at once. */
  missing(ids: readonly ObjectId[]): Promise<readonly ObjectId[]>
  /**
   * Yields the objects that are there, in any order; the others are left out without an error. A remote that follows links itself MAY yield more: what those
   * own, near and far, each after one that owns it (the caller drops what nothing named yet). That saves a question for each step down a long history.
   */
  get(ids: readonly ObjectId[], options: GetOptions): AsyncIterable<RemoteObject>
  /**
   * Keeps objects; one that is there already is no error. They come in an order in which what an object owns stands before it, or is there, or is named by a
   * receipt, and receipts before all else. Cut off in the middle, what was kept stays. Another opening MAY see them
   * only after `updateRefs`, or when this one is closed. Nothing MAY depend on them before a ref does.
   */
  put(objects: AsyncIterable<RemoteObject>): Promise<void>
  /**
   * Moves refs, each by compare-and-set and apart from the others; returns one outcome for each, in order. MUST refuse a target that is not there. When it returns,
   * what was moved, and all that was put before, is durable. Throws where it cannot say what happened.
   */
  updateRefs(updates: readonly RefUpdate[]): Promise<readonly RefOutcome[]>
  /** Drops the bytes of erased objects, once their receipts are there. A remote that cannot (a git host) leaves them and says so in `docs/exchange.md`. */
  forget(ids: readonly ObjectId[]): Promise<void>
}

export const MISSING_MAX_IDS = 1_000

/** What opening a remote needs of the caller. */
export interface RemoteContext {
  /** Aborts whatever is under way. */
  readonly signal: AbortSignal
  readonly reporter: Reporter
}
