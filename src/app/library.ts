/**
 * The library: every use case of the command line as a method of an open store.
 *
 * Guarantees: inputs are checked like anybody's (`INPUT_INVALID`); many stores, processes and calls at once are fine; what a method
 * resolves to is durable. Results are plain data; `toAtomJson` makes the JSON of an ATOM.
 */
import { resolve } from 'node:path'
import type { Operation } from '../ops/operation.js'
import type { VerifyResult } from '../history/verify/check.js'
import type { FsckResult } from '../history/verify/fsck.js'
import type { AddInput, AddResult } from '../ops/add.js'
import type { BranchItem } from '../ops/branch-item.js'
import type { JsonMap } from '../ops/jsonl-form.js'
import type { LogEntry } from '../ops/log-entry.js'
import type { LogInput } from '../ops/log-input.js'
import type { ChangedFiles, RmInput } from '../ops/rm.js'
import type { BisectMarkInput, BisectReport, BisectStartInput } from '../ops/bisect.js'
import type { BlameInput, BlameLine } from '../ops/blame.js'
import type { BranchCreateInput, BranchDeleteInput, BranchListInput, BranchRenameInput } from '../ops/branch.js'
import type { CatFileInput, CatFileResult } from '../ops/cat-file.js'
import type { CheckoutInput, CheckoutResult } from '../ops/checkout.js'
import type { CommitInput } from '../ops/commit.js'
import type { DiffInput, DiffResult } from '../ops/diff.js'
import type { ExportJsonlInput } from '../ops/export-jsonl.js'
import type { ForgetInput, ForgetResult } from '../ops/forget.js'
import type { ForkInput, ForkResult } from '../ops/fork.js'
import type { GcInput, GcResult } from '../ops/gc.js'
import type { GrepInput, GrepMatch } from '../ops/grep.js'
import type { InfluenceInput, InfluenceStep } from '../ops/influence.js'
import type { LsTreeInput, TreeItem } from '../ops/ls-tree.js'
import type { MergeInput, MergeResult } from '../ops/merge.js'
import type { MvInput } from '../ops/mv.js'
import type { OpItem, OpLogInput } from '../ops/op-log.js'
import type { PickInput, PickResult } from '../ops/pick.js'
import type { ResetInput, ResetResult } from '../ops/reset.js'
import type { RestoreInput, RestoreResult } from '../ops/restore.js'
import type { RevParseInput, RevParseItem } from '../ops/rev-parse.js'
import type { ShowInput, ShowItem } from '../ops/show.js'
import type { StatsInput, StatsResult } from '../ops/stats.js'
import type { StatusInput, StatusResult } from '../ops/status.js'
import type { TagCreateInput, TagDeleteInput, TagItem, TagListInput } from '../ops/tag.js'
import type { UndoInput, UndoResult } from '../ops/undo.js'
import type { VerifyInput } from '../ops/verify.js'
import type { ImportGitResult } from '../ops/import-git.js'
import type { ImportJsonlResult } from '../ops/import-jsonl.js'
import type { AppContext, Environment } from './context.js'
import { openSession, type Session } from './session.js'

/** An input with everything optional that `check` fills in or refuses. */
type Given<Input> = { readonly [Key in keyof Input]?: Input[Key] | undefined }
type One<Input, Output> = (input?: Given<Input>) => Promise<Output>
type Many<Input, Output> = (input?: Given<Input>) => AsyncIterable<Output>

export interface OpenStoreOptions {
  /** Who acts; default as on the command line. */
  readonly agent?: string
  /** The branch to work on instead of HEAD's. */
  readonly branch?: string
  /** `auto` (default): serves other processes while it works. `never`: opens and closes the store for each call. */
  readonly owner?: 'auto' | 'never'
  readonly env?: Environment
  readonly signal?: AbortSignal
  /** Hears warnings; default: nobody. */
  readonly onWarning?: (message: string) => void
}

export interface AtomStore {
  /** The `.atom` folder. */
  readonly folder: string
  /** Records an ATOM. */
  readonly add: One<AddInput, AddResult>
  /** Records the files that changed. */
  readonly commit: One<CommitInput, AddResult>
  /** Removes tracked files and records that. */
  readonly rm: One<RmInput, ChangedFiles>
  /** Renames a tracked file and records that. */
  readonly mv: One<MvInput, ChangedFiles>
  /** Tells the branch and what differs on disk. */
  readonly status: One<StatusInput, StatusResult>
  /** Yields ATOMs, newest first. */
  readonly log: Many<LogInput, LogEntry>
  /** Yields what revisions name: ATOMs in full, files, trees, tags, ops. */
  readonly show: Many<ShowInput, ShowItem>
  /** Compares two ATOMs, or an ATOM and the files on disk. */
  readonly diff: One<DiffInput, DiffResult>
  /** Yields the lines of a file with the ATOM that last changed each. */
  readonly blame: Many<BlameInput, BlameLine>
  /** Yields the matching lines of the tracked files. */
  readonly grep: Many<GrepInput, GrepMatch>
  /** Yields what something was built on, near and far. */
  readonly why: Many<InfluenceInput, InfluenceStep>
  /** Yields what was built on something. */
  readonly impact: Many<InfluenceInput, InfluenceStep>
  /** Counts ATOMs, tokens and bytes. */
  readonly stats: One<StatsInput, StatsResult>
  /** Yields the branches. */
  readonly branches: Many<BranchListInput, BranchItem>
  /** Creates a branch. */
  readonly createBranch: One<BranchCreateInput, BranchItem>
  /** Deletes branches. */
  readonly deleteBranch: One<BranchDeleteInput, readonly BranchItem[]>
  /** Renames a branch. */
  readonly renameBranch: One<BranchRenameInput, BranchItem>
  /** Yields the tags. */
  readonly tags: Many<TagListInput, TagItem>
  /** Creates a tag. */
  readonly createTag: One<TagCreateInput, TagItem>
  /** Deletes tags. */
  readonly deleteTag: One<TagDeleteInput, readonly TagItem[]>
  /** Creates a branch at a revision and switches to it. */
  readonly fork: One<ForkInput, ForkResult>
  /** Lays out a revision or a branch. */
  readonly checkout: One<CheckoutInput, CheckoutResult>
  /** Puts single files back. */
  readonly restore: One<RestoreInput, RestoreResult>
  /** Merges a revision into the branch. */
  readonly merge: One<MergeInput, MergeResult>
  /** Brings the change of ATOMs onto the branch, or puts it back (`kind`). */
  readonly pick: Many<PickInput, PickResult>
  /** Moves the branch. */
  readonly reset: One<ResetInput, ResetResult>
  /** Takes an operation back. */
  readonly undo: One<UndoInput, UndoResult>
  /** Yields the operation log, newest first. */
  readonly operations: Many<OpLogInput, OpItem>
  /** Starts a search for the break. */
  readonly bisectStart: One<BisectStartInput, BisectReport>
  /** Says what a candidate was; returns the next. */
  readonly bisectMark: One<BisectMarkInput, BisectReport>
  /** Ends the search. */
  readonly bisectReset: One<Record<never, never>, { readonly wasSearching: boolean }>
  /** Checks everything and says what cannot be proved. */
  readonly verify: One<VerifyInput, VerifyResult>
  /** Checks objects and links. */
  readonly fsck: One<object, FsckResult>
  /** Reads one object. */
  readonly catFile: One<CatFileInput, CatFileResult>
  /** Yields the files of a revision. */
  readonly lsTree: Many<LsTreeInput, TreeItem>
  /** Yields the ids that revisions name. */
  readonly revParse: Many<RevParseInput, RevParseItem>
  /** Drops what nothing leads to. */
  readonly gc: One<GcInput, GcResult>
  /** Erases a body or a file, leaving a receipt. */
  readonly forget: One<ForgetInput, ForgetResult>
  /** Yields the trail as JSON lines. */
  readonly exportJsonl: Many<ExportJsonlInput, JsonMap>
  /** Takes a git repository over, commit by commit. */
  importGit(repository: string, options?: { readonly rev?: string; readonly branch?: string }): Promise<ImportGitResult>
  /** Takes JSON lines over. */
  importJsonl(lines: AsyncIterable<Uint8Array>): Promise<ImportJsonlResult>
  /** Runs any use case. */
  run<Input, Output>(operation: Operation<Input, Output>, input: unknown): Promise<Output | AsyncIterable<Output>>
  /** Finishes what is under way and lets go of the store. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Opens the store of a folder, found as the command line finds it. Throws `REPO_NOT_FOUND`. */
export async function openStore(folder: string, options: OpenStoreOptions = {}): Promise<AtomStore> {
  const context = libraryContext(folder, options)
  const session = await openSession(context, options.owner === undefined ? {} : { owner: options.owner })
  return {
    folder: session.folder,
    add: one(session, async () => (await import('../ops/add.js')).add),
    commit: one(session, async () => (await import('../ops/commit.js')).commit),
    rm: one(session, async () => (await import('../ops/rm.js')).rm),
    mv: one(session, async () => (await import('../ops/mv.js')).mv),
    status: one(session, async () => (await import('../ops/status.js')).status),
    log: many(session, async () => (await import('../ops/log.js')).log),
    show: many(session, async () => (await import('../ops/show.js')).show),
    diff: one(session, async () => (await import('../ops/diff.js')).diff),
    blame: many(session, async () => (await import('../ops/blame.js')).blame),
    grep: many(session, async () => (await import('../ops/grep.js')).grep),
    why: many(session, async () => (await import('../ops/influence.js')).why),
    impact: many(session, async () => (await import('../ops/influence.js')).impact),
    stats: one(session, async () => (await import('../ops/stats.js')).stats),
    branches: many(session, async () => (await import('../ops/branch.js')).branchList),
    createBranch: one(session, async () => (await import('../ops/branch.js')).branchCreate),
    deleteBranch: one(session, async () => (await import('../ops/branch.js')).branchDelete),
    renameBranch: one(session, async () => (await import('../ops/branch.js')).branchRename),
    tags: many(session, async () => (await import('../ops/tag.js')).tagList),
    createTag: one(session, async () => (await import('../ops/tag.js')).tagCreate),
    deleteTag: one(session, async () => (await import('../ops/tag.js')).tagDelete),
    fork: one(session, async () => (await import('../ops/fork.js')).fork),
    checkout: one(session, async () => (await import('../ops/checkout.js')).checkout),
    restore: one(session, async () => (await import('../ops/restore.js')).restore),
    merge: one(session, async () => (await import('../ops/merge.js')).merge),
    pick: many(session, async () => (await import('../ops/pick.js')).pick),
    reset: one(session, async () => (await import('../ops/reset.js')).reset),
    undo: one(session, async () => (await import('../ops/undo.js')).undo),
    operations: many(session, async () => (await import('../ops/op-log.js')).opLog),
    bisectStart: one(session, async () => (await import('../ops/bisect.js')).bisectStart),
    bisectMark: one(session, async () => (await import('../ops/bisect.js')).bisectMark),
    bisectReset: one(session, async () => (await import('../ops/bisect.js')).bisectReset),
    verify: one(session, async () => (await import('../ops/verify.js')).verify),
    fsck: one(session, async () => (await import('../ops/fsck.js')).fsck),
    catFile: one(session, async () => (await import('../ops/cat-file.js')).catFile),
    lsTree: many(session, async () => (await import('../ops/ls-tree.js')).lsTree),
    revParse: many(session, async () => (await import('../ops/rev-parse.js')).revParse),
    gc: one(session, async () => (await import('../ops/gc.js')).gc),
    forget: one(session, async () => (await import('../ops/forget.js')).forget),
    exportJsonl: many(session, async () => (await import('../ops/export-jsonl.js')).exportJsonl),
    async importGit(repository, given = {}) {
      const { importGitFor } = await import('./sources.js')
      return await session.run(importGitFor(context), { repository, ...given }) as ImportGitResult
    },
    async importJsonl(lines) {
      const { importJsonlFrom } = await import('./sources.js')
      return await session.run(importJsonlFrom('-', { cwd: folder, stdin: () => lines }), {}) as ImportJsonlResult
    },
    run: (operation, input) => session.run(operation, input),
    close: () => session.close(),
    [Symbol.asyncDispose]: () => session.close(),
  }
}

export function libraryContext(folder: string, options: OpenStoreOptions): AppContext {
  return {
    cwd: resolve(folder),
    env: {
      ...(options.env ?? process.env),
      ...(options.agent !== undefined && { ATOM_AGENT: options.agent }),
      ...(options.branch !== undefined && { ATOM_BRANCH: options.branch }),
    },
    reporter: { warn: options.onWarning ?? (() => undefined), progress: () => undefined },
    signal: options.signal ?? new AbortController().signal,
  }
}

type Load<Input, Output> = () => Promise<Operation<Input, Output>>

function one<Input, Output>(session: Session, load: Load<Input, Output>): One<Input, Output> {
  return async (input = {}) => await session.run(await load(), input) as Output
}

function many<Input, Output>(session: Session, load: Load<Input, Output>): Many<Input, Output> {
  return async function* (input = {}) {
    yield* await session.run(await load(), input) as AsyncIterable<Output>
  }
}
