/** What use cases need of the user's files. Implemented by `exchange/worktree`, in tests by a map. */
import type { ObjectId } from '../codec/object-id.js'
import type { SealedObject } from '../object/seal.js'
import type { TreeEntry } from '../object/tree.js'
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

/** What stands against writing a file. */
export type Obstacle = 'local-changes' | 'untracked' | 'scope' | 'not-writable'

export interface PlanStep {
  readonly path: TrackedPath
  /** undefined = remove the file. */
  readonly entry: TreeEntry | undefined
  readonly obstacle?: Obstacle
  /** Why it is not writable here: a reserved name, a case clash, a symlink on the way, … */
  readonly reason?: string
}

/** What laying out a tree would do. A pure value: `--dry-run` shows it, `apply` performs it. */
export interface LayoutPlan {
  readonly steps: readonly PlanStep[]
}

export interface PlanOptions {
  /** The tree that was laid out last: what the files are measured against. */
  readonly from: ObjectId
  readonly to: ObjectId
  /** Only at or below these; default: all. */
  readonly paths?: readonly TrackedPath[]
  /** Scopes beside `project` that may be written. */
  readonly scopes: readonly Scope[]
  readonly force: boolean
  /** Another folder than the worktree's: the whole tree under DIR (`checkout --to`), the other scopes in `.atom-home` and `.atom-system`. */
  readonly target?: string
}

export interface Worktree {
  /** The folder that scope `project` means; absent for a machine-wide store. */
  readonly root: string | undefined
  /** Returns the tracked path of what somebody typed; throws `PATH_INVALID`. */
  locate(typed: string): TrackedPath
  /** Returns a tracked path as people see it: `a.env`, `~/x`, `/etc/x`. */
  display(path: TrackedPath): string
  /** Reads a file or symlink; undefined when there is none. Contents above 1 MiB go to `ahead` in batches. Throws `FILE_UNREADABLE`. */
  capture(path: TrackedPath, ahead: (objects: readonly SealedObject[]) => Promise<void>): Promise<CapturedFile | undefined>
  /** Returns the files at or below a path on disk, as tracked paths, without `.atom`, `.git` and what .gitignore names. */
  list(path: TrackedPath): Promise<readonly TrackedPath[]>
  /** Returns what differs on disk from a tree; `untracked` too where asked for. Cheap where stat data match the remembered ones. */
  changes(source: RecordReader & ObjectReader, tree: ObjectId, options: { readonly untracked: 'show' | 'hide'; readonly paths?: readonly TrackedPath[] }): Promise<readonly LocalChange[]>
  /** Returns what would have to be written to get from one tree to another, with what stands against each step. */
  plan(source: RecordReader & ObjectReader, options: PlanOptions): Promise<LayoutPlan>
  /** Performs the steps without an obstacle, each by temp file and rename. Returns what to remember. */
  apply(source: RecordReader & ObjectReader, plan: LayoutPlan, options: { readonly target?: string }): Promise<readonly LayoutRecord[]>
  /** Writes the bytes of one file in place of what is there, for merges and `--stamp`. */
  write(path: TrackedPath, bytes: Uint8Array): Promise<LayoutRecord>
}
