/** What use cases need of the user's files. Implemented by `exchange/worktree`, in tests by a map. */
import type { ObjectId } from '../codec/object-id.js'
import type { SealedObject } from '../object/seal.js'
import type { TreeEntry } from '../object/tree.js'
import type { Reporter } from '../base/ports.js'
import type { TrailIndex } from '../index/trail-index.js'
import type { ObjectReader, RecordReader } from '../store/types.js'

export type Scope = 'project' | 'home' | 'system'

/** A path as trees hold it: the scope, then segments: `project/gaming.env`, `home/.config/x`, `system/etc/hosts`. */
export type TrackedPath = string

/** One file as it was read, once: what was hashed is what is stored. */
export interface CapturedFile {
  readonly path: TrackedPath
  readonly entry: TreeEntry
  /** Objects not stored yet; those of large contents went ahead through `ahead`. */
  readonly objects: readonly SealedObject[]
  /** What the worktree wants remembered once the ATOM is durable, so that `status` need not read the file again. */
  readonly layout: LayoutRecord
}

/** A record of what lies at a path: opaque to use cases, kept in the store's `worktree` space. */
export interface LayoutRecord {
  readonly path: TrackedPath
  /** undefined: nothing is laid out there any more. */
  readonly bytes: Uint8Array | undefined
}

export type LocalChangeKind = 'modify' | 'mode' | 'type' | 'delete' | 'untracked' | 'conflict'

export interface LocalChange {
  readonly path: TrackedPath
  readonly change: LocalChangeKind
}

export interface ChangesOptions {
  /** `show`: files below the project's root, or below `paths` where given, that the tree does not have. */
  readonly untracked: 'show' | 'hide'
  /** Only at or below these; default: everything. */
  readonly paths?: readonly TrackedPath[]
  /** Called with fresh records of the files that had to be read, when they are so many or large that storing the records is worth it. */
  readonly remember?: (records: readonly LayoutRecord[]) => void
}

/**
 * What stands against writing a file. `force` overrides `local-changes` and `untracked`, nothing else; a scope has to be named. `blocked`: something of the
 * user's is in the way (a folder where the file goes, a file or symlink where a folder goes, a folder nobody may write to). `not-writable`: no
 * file of that name can be here at all (reserved, `.atom`, `.git`, the same as another name on this disk, no folder for its scope).
 */
export type Obstacle = 'local-changes' | 'untracked' | 'scope' | 'blocked' | 'not-writable'

export interface PlanStep {
  readonly path: TrackedPath
  /** undefined = remove the file. */
  readonly entry: TreeEntry | undefined
  readonly obstacle?: Obstacle
  /** Says why it is blocked or not writable: a reserved name, a case clash, a symlink on the way, … */
  readonly reason?: string
  /** `none`: the file holds this already (or is gone already) and is only remembered. */
  readonly work: 'write' | 'remove' | 'none'
  /** How the file looked when the plan was made, opaque: performing the step refuses what changed since. */
  readonly seen?: string
  /** Where nothing has to be done: what to remember, opaque. */
  readonly record?: Uint8Array
}

/** What laying out a tree would do. A pure value: `--dry-run` shows it, `apply` performs it. */
export interface LayoutPlan {
  readonly steps: readonly PlanStep[]
}

export interface PlanOptions {
  /** The tree that was laid out last: what the files are measured against. With `target`: the empty one. */
  readonly from: ObjectId
  readonly to: ObjectId
  /** Only at or below these; default: all. */
  readonly paths?: readonly TrackedPath[]
  /**
   * `changed`: only paths that differ between the trees, so that local changes elsewhere stay (switching branches). `every`: each file of both trees is
   * brought to what `to` says (restoring).
   */
  readonly files: 'changed' | 'every'
  /** Scopes beside `project` that may be written. */
  readonly scopes: readonly Scope[]
  readonly force: boolean
  /** Another folder (as typed) than the worktree's: the whole tree under DIR (`checkout --to`), the other scopes in `.atom-home` and `.atom-system`. */
  readonly target?: string
}

export interface ApplyOptions {
  readonly target?: string
  /** Looked at between two files. */
  readonly signal?: AbortSignal
}

export interface Worktree {
  /** The folder that scope `project` means; absent for a machine-wide store. */
  readonly root: string | undefined
  /** Returns the folder that somebody stands in, as a tracked path; undefined where that is none of the project. */
  folder(): TrackedPath | undefined
  /** Returns the tracked path of what somebody typed; throws `PATH_INVALID`. */
  locate(typed: string): TrackedPath
  /** Returns a tracked path as people see it: `a.env`, `~/x`, `/etc/x`. */
  display(path: TrackedPath): string
  /** Reads a file or symlink; undefined when there is none. Contents above 1 MiB go to `ahead` in batches. Throws `FILE_UNREADABLE`. */
  capture(path: TrackedPath, ahead: (objects: readonly SealedObject[]) => Promise<void>): Promise<CapturedFile | undefined>
  /** Tells whether a folder is at a path. */
  isFolder(path: TrackedPath): Promise<boolean>
  /** Returns the files at or below a path on disk, as tracked paths, without `.atom`, `.git` and what .gitignore names. */
  list(path: TrackedPath): Promise<readonly TrackedPath[]>
  /** Returns what differs on disk from a tree; `untracked` too where asked for. Cheap where stat data match the remembered ones. */
  changes(source: RecordReader & ObjectReader, tree: ObjectId, options: ChangesOptions): Promise<readonly LocalChange[]>
  /** Returns what would have to be written to get from one tree to another, with what stands against each step. */
  plan(source: RecordReader & ObjectReader, options: PlanOptions): Promise<LayoutPlan>
  /**
   * Performs the steps without an obstacle, each by temp file and rename: interrupted anywhere, every file is whole. Returns what to remember. Throws
   * `FILE_UNWRITABLE`, `STORE_FULL` (no space left).
   */
  apply(source: RecordReader & ObjectReader, plan: LayoutPlan, options: ApplyOptions): Promise<readonly LayoutRecord[]>
  /** Writes the bytes of one file in place of what is there, for merges and `--stamp`. */
  write(path: TrackedPath, bytes: Uint8Array): Promise<LayoutRecord>
  /** Renames a file or folder, parents made as needed; what lies there already is replaced only if it is a file and `over` says so. Throws `FILE_UNWRITABLE`. */
  move(from: TrackedPath, to: TrackedPath, over: 'replace' | 'refuse'): Promise<void>
}

/** What hooks and others left to be recorded. */
export interface Spool {
  /** Returns how many files wait. */
  count(): number
  /** Does work while nothing of the spool is recorded: what arrives meanwhile waits. */
  waiting<Value>(work: () => Promise<Value>): Promise<Value>
}

/** What is to be sent to remotes after every ATOM. */
export interface Outbox {
  /** Names. */
  readonly remotes: readonly string[]
  /** Returns why the last attempt failed; undefined where it did not. */
  trouble(): string | undefined
}

/** Files beside the store that repeat what is in it: trail.log, the spool, mirrors of git remotes. */
export interface SideFiles {
  /** Returns the lines of trail.log, or undefined where there is none. */
  trailLog(): Promise<AsyncIterable<string> | undefined>
  /**
   * Takes erased texts out: trail.log lines of these ATOMs (64 hex digits) lose their title, spool files that hold one of the texts are removed, and mirrors whole.
   * Returns the names of the files that were rewritten or removed.
   */
  erase(erased: { readonly atoms: ReadonlySet<string>; readonly texts: readonly Uint8Array[] }): Promise<readonly string[]>
}

/** What a follower reads: an open store, in which nobody writes while it takes one step. */
export interface FollowSource {
  readonly store: RecordReader
  readonly objects: ObjectReader
  readonly index: TrailIndex
  readonly reporter: Reporter
  readonly signal: AbortSignal
}

export interface FollowReport {
  /** `current`: there was nothing new. `rebuilt`: all of it was made again. */
  readonly how: 'current' | 'caught-up' | 'rebuilt'
  /** ATOMs that came in, and that left because no ref leads to them any more. */
  readonly added: number
  readonly removed: number
}

/**
 * Derived data that follows the trail. It MUST be possible to delete it at any time: `follow` then makes it again. After `follow` it MUST be what `rebuild`
 * would have made, wherever its cursor stood. It MUST NOT write to the store, and a fault of its own MUST NOT show as one of the store.
 */
export interface Follower {
  readonly name: string
  /** Brings it up to date, at the cost of what is new; makes all of it again where it is missing, broken or of another recipe. */
  follow(source: FollowSource): Promise<FollowReport>
  /** Makes all of it again, beside its place, and puts it there whole. */
  rebuild(source: FollowSource): Promise<FollowReport>
}

/** One thing that a view says other than the trail. */
export interface ViewDifference {
  readonly severity: 'error' | 'warning' | 'info'
  /** `view-…`. */
  readonly code: string
  readonly message: string
  readonly object?: string
  readonly atomId?: string
}

/** One ATOM that answers a question. */
export interface SearchHit {
  /** Its number of arrival. */
  readonly seq: number
  /** Greater is better; only good to compare answers to one question. */
  readonly score: number
  /** The words that were looked for: those of the question, or the nearest that there are. */
  readonly words: readonly string[]
}

export interface ExportTablesWish {
  /** An absolute path. */
  readonly file: string
  readonly withObjects: boolean
  /** Replaces a file that is there. */
  readonly force: boolean
}

export interface ExportedTables {
  readonly file: string
  readonly atoms: number
  /** null where none were asked for. */
  readonly objects: number | null
  /** The root of the trail: 64 hex digits. */
  readonly root: string
}

/** The tables of the trail. */
export interface TrailTables extends Follower {
  /** The path of the database. */
  readonly file: string
  /** Derives all of it again, beside its place, and compares cell by cell. Changes nothing but what `follow` would. */
  differences(source: FollowSource): Promise<readonly ViewDifference[]>
  /** Returns the ATOMs that answer a question in words, best first, as the tables have them now: `follow` first. */
  search(question: string, limit: number): Promise<readonly SearchHit[]>
  /** Writes them into a file of its own: whole or not there. Throws `LOCAL_CHANGES` for a file that is there. */
  exportTo(wish: ExportTablesWish, source: FollowSource): Promise<ExportedTables>
}

export interface SyncedExportWish {
  /** An absolute path. */
  readonly file: string
  /** Folder of the store's own project, and its name. */
  readonly root: string | undefined
  readonly project: string | undefined
  /** Folders of projects, by name. */
  readonly paths: { readonly [project: string]: string }
  /** Only says what would be written. */
  readonly dryRun: boolean
}

export interface SyncedExport {
  readonly file: string
  /** The file was not there. */
  readonly isNew: boolean
  /** Where the file as it was before the first export was copied to, by this one. */
  readonly backup: string | undefined
  readonly atoms: number
  /** Rows that were written, changed, taken out, and that are as they should be. */
  readonly inserted: number
  readonly updated: number
  readonly removed: number
  readonly same: number
  /** Rows that somebody changed since they were exported, or deleted: they are left so. The first 1,000. */
  readonly changedThere: readonly SyncedRowName[]
  readonly changedThereCount: number
  readonly deletedThere: number
  /** Imported rows whose project is not in this database. */
  readonly leftOut: number
  readonly projects: readonly { readonly name: string; readonly path: string | undefined }[]
  /** `left-alone`: there is a table of that name with other columns. */
  readonly trail: 'carried' | 'left-alone'
}

export interface SyncedRowName {
  readonly table: string
  readonly id: string
}

/** What is derived from the trail for other readers. Loaded when it is asked for. */
export interface Views {
  tables(): Promise<TrailTables>
  /** Returns what writes the trail into a database of context-sync: in one transaction, changing only rows that an export wrote. */
  contextSync(): Promise<{ exportTo(wish: SyncedExportWish, source: FollowSource): Promise<SyncedExport> }>
  /** Removes every view that holds words of the trail, since some of them were erased; returns the names of what was there. The next reader makes it again. */
  drop(): Promise<readonly string[]>
}
