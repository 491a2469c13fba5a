/** A database of context-sync as `import context-sync` reads it: the tables as they were at one moment, and what their rows say as records. */
import type { CborValue } from '../../../codec/cbor.js'
import type { Cells } from './synced-row.js'

export interface SyncedTable {
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: number
}

/** Something that was left out, and why. */
export interface LeftOut {
  readonly name: string
  readonly reason: string
}

/** A row as some store exported it. */
export interface Exported {
  /** The ATOM that it shows: 64 hex digits. */
  readonly object: string
  /** Of its cells as they were written. */
  readonly digest: string
}

/** A copy of the tables: the database itself is free again. Implemented by `views/context-sync`. */
export interface SyncedTables {
  /** Absolute path of what was read. */
  readonly location: string
  readonly tables: readonly SyncedTable[]
  /** What stands where a table may stand and is none, or whose rows are too large. */
  readonly leftOut: readonly LeftOut[]
  /** Yields the rows of a table in the order of these columns. */
  rows(table: string, order: readonly string[]): Iterable<Cells>
  /** Returns who exported a row; none for one that a server made. */
  exported(table: string, id: string): readonly Exported[]
  /** Yields rows that were exported and are not there any more. */
  lost(): Iterable<{ readonly table: string; readonly id: string; readonly object: string }>
  close(): void
}

/** One row, understood. Everything here is derived from the row and the project it names, so that every machine gets the same. */
export interface SyncedRecord {
  readonly table: string
  /** The row's id; for a row that has none one that is made of its content. */
  readonly id: string
  /** The id of its project, where it names one. */
  readonly projectId: string | undefined
  readonly cells: Cells
  /** What its ATOM says. */
  readonly type: string
  readonly operation: string
  readonly agent: string
  readonly timeMs: number
  readonly title: string
  readonly reason: string
  readonly project: string | undefined
  readonly metadata: { readonly [key: string]: CborValue }
  readonly tokens: number | undefined
  readonly contextSyncRef: string | undefined
  /** An atom id that the row gives itself. */
  readonly atomId: string | undefined
  /** What is strange about it; it was taken as far as it goes. */
  readonly odd: readonly string[]
}

export interface SyncedSource extends Disposable {
  readonly location: string
  /** Which line of schemas it is of: S1, S2, S2b, S3, with what was added. */
  readonly schema: string
  readonly tables: readonly SyncedTable[]
  readonly leftOut: readonly LeftOut[]
  /** The ids of the projects that are there. */
  readonly projectIds: ReadonlySet<string>
  /** Yields all rows, oldest first. */
  records(): Iterable<SyncedRecord>
  exported: SyncedTables['exported']
  lost: SyncedTables['lost']
}

/** Opens a database of context-sync; throws `SOURCE_UNREADABLE` for what is none, `VIEW_LOCKED` where somebody holds it locked. */
export type OpenSynced = (location: string) => Promise<SyncedSource>
