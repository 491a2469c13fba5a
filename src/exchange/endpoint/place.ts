/** What an endpoint serves: a remote, and what its place knows of ATOMs beside their objects. */
import type { Digest, ObjectId } from '../../codec/object-id.js'
import type { Remote, RemoteObject } from '../remote.js'

/** Holds nothing between two calls. */
export interface Place {
  readonly remote: Remote
  readonly register: AtomRegister
  /** Yields those of up to 1,000 objects that are there, once each, and nothing that goes along. */
  read(ids: readonly ObjectId[]): AsyncIterable<RemoteObject>
  /** A store keeps what its refs reach and erases nothing for others; everything else (default) is kept as it comes, and dropped when it was forgotten. */
  readonly keeps?: 'all' | 'what refs reach'
}

export interface AtomQuery {
  readonly type?: string
  readonly agent?: string
  /** ATOMs whose own time is not before it. */
  readonly sinceMs?: number
  /** In the title or the reason, in either case. */
  readonly words?: string
}

/** `verified`: its header came under its own digest. `unverified`: somebody said that there is such an ATOM, and nothing of it can be checked; it is no backup. */
export type AtomStatus = 'verified' | 'unverified'

export interface RegisteredAtom {
  readonly object: Digest
  readonly status: AtomStatus
  readonly syncedAtMs: number
  /** As it was sent, one JSON object, for what is unverified. */
  readonly said?: string
}

/** The JSON of an ATOM that somebody sent without its objects: the checked fields, and the whole as text. */
export interface SaidAtom {
  readonly object: Digest
  readonly atomId: string
  readonly type: string
  readonly operation: string
  readonly agent: string
  readonly timeMs: number
  readonly title: string | null
  readonly reason: string | null
  /** One JSON object, at most `SAID_MAX_BYTES` long. */
  readonly json: string
}

export const SAID_MAX_BYTES = 65_536

export interface Slice<Item> {
  readonly items: readonly Item[]
  /** Where the next one begins; undefined at the end. */
  readonly next: string | undefined
}

export interface Window {
  /** What `next` of the slice before said. */
  readonly after: string | undefined
  readonly limit: number
}

export interface RegisterStats {
  readonly atoms: number
  readonly unverified: number
  readonly objects: number
  readonly bytes: number
  readonly byType: Readonly<Record<string, number>>
  readonly byAgent: Readonly<Record<string, number>>
  readonly lastSyncedAtMs: number | undefined
}

export interface AtomRegister {
  /** Returns ATOMs, newest own time first, then by object. Throws `INPUT_INVALID` for an `after` that it never gave. */
  atoms(query: AtomQuery, window: Window): Promise<Slice<RegisteredAtom>>
  /** Returns the ATOMs of this atom id or object, at most `NAMED_MAX`. */
  named(name: { readonly atomId: string } | { readonly object: Digest }): Promise<readonly RegisteredAtom[]>
  /** Notes what is not known yet; returns the objects that were new, in any order. Absent where nothing is noted that has no objects. */
  note?(said: readonly SaidAtom[]): Promise<ReadonlySet<Digest>>
  /** Returns the ids of what is stored, in an order that stays. */
  objects(window: Window): Promise<Slice<ObjectId>>
  stats(): Promise<RegisterStats>
}

export const NAMED_MAX = 20
