/** What a store offers to a program: every use case of the command line as a method. `docs/api.md` says more of each. */
import type { Operation } from '../../ops/operation.js'
import type { VerifyResult } from '../../history/verify/check.js'
import type { FsckResult } from '../../history/verify/fsck.js'
import type { AddInput, AddResult } from '../../ops/record/add.js'
import type { BranchItem } from '../../ops/fork/branch-item.js'
import type { JsonMap } from '../../ops/transfer/jsonl/jsonl-form.js'
import type { AtomRecord } from '../../trail/record.js'
import type { LogEntry } from '../../ops/look/log-entry.js'
import type { LogInput } from '../../ops/look/log-input.js'
import type { ChangedFiles, RmInput } from '../../ops/record/rm.js'
import type { BisectLog, BisectMarkInput, BisectReplayInput, BisectReport, BisectStartInput } from '../../ops/search/bisect.js'
import type { BlameInput, BlameLine } from '../../ops/look/blame.js'
import type { BranchCreateInput, BranchDeleteInput, BranchListInput, BranchRenameInput } from '../../ops/fork/branch.js'
import type { CatFileInput, CatFileResult } from '../../ops/prove/cat-file.js'
import type { CheckoutInput, CheckoutResult } from '../../ops/files/checkout.js'
import type { CommitInput } from '../../ops/record/commit.js'
import type { DiffInput, DiffResult } from '../../ops/look/diff.js'
import type { ExportJsonlInput } from '../../ops/transfer/jsonl/export-jsonl.js'
import type { ForgetInput, ForgetResult } from '../../ops/keep/forget.js'
import type { ForkInput, ForkResult } from '../../ops/fork/fork.js'
import type { GcInput, GcResult } from '../../ops/keep/gc.js'
import type { GrepInput, GrepMatch } from '../../ops/look/grep.js'
import type { InfluenceInput, InfluenceStep } from '../../ops/look/influence.js'
import type { LsTreeInput, TreeItem } from '../../ops/prove/ls-tree.js'
import type { MergeInput, MergeResult } from '../../ops/fork/merge.js'
import type { AbortInput, AbortResult, ContinueInput, ContinueResult } from '../../ops/fork/merge-end.js'
import type { MvInput } from '../../ops/record/mv.js'
import type { OpItem, OpLogInput, ReflogInput, ReflogItem } from '../../ops/undo/op-log.js'
import type { OpPruneInput, OpPruneResult } from '../../ops/keep/op-prune.js'
import type { Overview } from '../../ops/look/overview.js'
import type { PickInput, PickResult } from '../../ops/fork/pick.js'
import type { ReindexResult } from '../../ops/keep/reindex.js'
import type { ReplayInput, ReplayStep } from '../../ops/undo/replay.js'
import type { ResetInput, ResetResult } from '../../ops/undo/reset.js'
import type { RestoreInput, RestoreResult } from '../../ops/files/restore.js'
import type { RecallAnswer, RecallInput } from '../../ops/read/recall.js'
import type { RevParseInput, RevParseItem } from '../../ops/prove/rev-parse.js'
import type { RunBefore, RunInput } from '../../ops/record/run-command.js'
import type { ShowInput, ShowItem } from '../../ops/look/show.js'
import type { StatsInput, StatsResult } from '../../ops/look/stats.js'
import type { StatusInput, StatusResult } from '../../ops/look/status.js'
import type { TagCreateInput, TagDeleteInput, TagItem, TagListInput } from '../../ops/fork/tag.js'
import type { UndoInput, UndoResult } from '../../ops/undo/undo.js'
import type { VerifyInput } from '../../ops/prove/verify.js'
import type { ImportGitResult } from '../../ops/transfer/git/import-git.js'
import type { ExportKenlResult, KenlFormat } from '../../ops/transfer/kenl/export-kenl.js'
import type { ExportOtelResult } from '../../ops/transfer/standards/export-otel.js'
import type { ExportProvResult } from '../../ops/transfer/standards/export-prov.js'
import type { ImportKenlResult } from '../../ops/transfer/kenl/import-kenl.js'
import type { SyncedExport } from '../../ops/ports.js'
import type { ImportContextSyncResult } from '../../ops/transfer/context-sync/import-context-sync.js'
import type { ImportJsonlResult } from '../../ops/transfer/jsonl/import-jsonl.js'
import type { ImportTranscriptsResult } from '../../ops/transfer/transcripts/import-transcripts.js'
import type { TranscriptAgentName } from '../../ops/transfer/transcripts/transcript-agents.js'
import type { CreateBundleInput, CreateBundleResult } from '../../exchange/bundle/create-bundle.js'
import type { FetchInput, FetchResult } from '../../exchange/sync/fetch.js'
import type { PushInput, PushResult } from '../../exchange/sync/push.js'
import type { Setting } from '../settings/config.js'
import type { Environment } from '../context.js'
import type { Diagnosis } from '../doctor/doctor.js'
import type { DrillResult } from '../recover/drill.js'
import type { PullInput, PullResult } from '../remotes/pull.js'
import type { NamedRemote } from '../remotes/remotes.js'
import type { ServeOptions, Serving } from '../serving/serve.js'
import type { SqlParameters, SqlRows } from '../data/sql.js'

/** What a caller gives: everything is optional for the compiler, and checked at run time (`INPUT_INVALID` names the field). */
export type Given<Input> = { readonly [Key in keyof Input]?: Input[Key] | undefined }
export type One<Input, Output> = (input?: Given<Input>) => Promise<Output>
export type Many<Input, Output> = (input?: Given<Input>) => AsyncIterable<Output>

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
  /** Notes how the tracked files lie, before a command runs. */
  readonly runBegin: One<Record<never, never>, RunBefore>
  /** Records what a command did since `runBegin`. */
  readonly runEnd: One<RunInput, AddResult>
  /** Removes tracked files and records that. */
  readonly rm: One<RmInput, ChangedFiles>
  /** Renames a tracked file and records that. */
  readonly mv: One<MvInput, ChangedFiles>
  /** Tells where you are: the branch, the last ATOMs. */
  readonly overview: One<Record<never, never>, Overview>
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
  /** Ends a merge, revert or cherry-pick whose conflicts are resolved. */
  readonly mergeContinue: One<ContinueInput, ContinueResult>
  /** Gives it up and puts every file back. */
  readonly mergeAbort: One<AbortInput, AbortResult>
  /** Brings the change of ATOMs onto the branch, or puts it back (`kind`). */
  readonly pick: Many<PickInput, PickResult>
  /** Moves the branch. */
  readonly reset: One<ResetInput, ResetResult>
  /** Takes an operation back. */
  readonly undo: One<UndoInput, UndoResult>
  /** Yields the operation log, newest first. */
  readonly operations: Many<OpLogInput, OpItem>
  /** Yields where a ref has been, newest first. */
  readonly reflog: Many<ReflogInput, ReflogItem>
  /** Drops old operations. */
  readonly pruneOperations: One<OpPruneInput, OpPruneResult>
  /** Yields the steps between two ATOMs, oldest first. */
  readonly replay: Many<ReplayInput, ReplayStep>
  /** Starts a search for the break. */
  readonly bisectStart: One<BisectStartInput, BisectReport>
  /** Says what a candidate was; returns the next. */
  readonly bisectMark: One<BisectMarkInput, BisectReport>
  /** Tells the candidate again. */
  readonly bisectNext: One<Record<never, never>, BisectReport>
  /** Tells what was marked, as commands. */
  readonly bisectLog: One<Record<never, never>, BisectLog>
  /** Starts a search from what was marked in another one. */
  readonly bisectReplay: One<BisectReplayInput, BisectReport>
  /** Yields the ATOMs of which one is the break. */
  readonly bisectSuspects: Many<Record<never, never>, AtomRecord>
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
  /** Writes the trail into a file as KENL's log or table; the file is there whole or not at all. */
  exportKenl(file: string, options?: { readonly format?: KenlFormat; readonly revisions?: readonly string[]; readonly force?: boolean }): Promise<ExportKenlResult>
  /** Writes the trail into a file as W3C PROV, in PROV-JSON. */
  exportProv(file: string, options?: { readonly revisions?: readonly string[]; readonly force?: boolean }): Promise<ExportProvResult>
  /** Writes the trail into a file as OpenTelemetry traces, in OTLP/JSON. */
  exportOtel(file: string, options?: { readonly revisions?: readonly string[]; readonly force?: boolean }): Promise<ExportOtelResult>
  /** Takes a git repository over, commit by commit. */
  importGit(repository: string, options?: { readonly rev?: string; readonly branch?: string }): Promise<ImportGitResult>
  /** Takes JSON lines over. */
  importJsonl(lines: AsyncIterable<Uint8Array>): Promise<ImportJsonlResult>
  /** Takes over what KENL and its siblings wrote: logs, decisions, databases. */
  importKenl(paths: readonly string[], options?: { readonly timeZone?: string; readonly branch?: string }): Promise<ImportKenlResult>
  /** Writes the trail into a database that context-sync's servers recall from. */
  exportContextSync(options: { readonly file: string; readonly paths?: { readonly [project: string]: string }; readonly dryRun?: boolean }): Promise<SyncedExport>
  /** Takes over what context-sync servers wrote. */
  importContextSync(file: string, options?: { readonly branch?: string; readonly exported?: boolean; readonly dryRun?: boolean }): Promise<ImportContextSyncResult>
  /** Takes an agent's sessions over; without paths those of this project, where the agent keeps them. */
  importTranscripts(source: TranscriptAgentName, options?: { readonly paths?: readonly string[]; readonly branch?: string; readonly open?: boolean }): Promise<ImportTranscriptsResult>
  /** Yields the ATOMs that answer a question in plain words, best first. */
  readonly recall: Many<RecallInput, RecallAnswer>
  /** Runs one query over the tables of the trail, which are brought up to date first. It can only read. */
  sql(query: string, parameters?: SqlParameters): Promise<SqlRows>
  /** Yields what is in order and what is not, each with what mends it. */
  diagnose(): AsyncIterable<Diagnosis>
  /** Makes every index, and trail.log, again from the objects and the operation log. */
  reindex(): Promise<ReindexResult>
  /** Tells the settings that count here, each with where it comes from. */
  settings(): Promise<readonly Setting[]>
  /** Changes a setting of this store; undefined removes it. */
  changeSetting(key: string, value: string | undefined): Promise<void>
  /** Lists the remotes. */
  remotes(): Promise<readonly NamedRemote[]>
  /** Adds a remote; nothing is sent. */
  addRemote(name: string, url: string): Promise<NamedRemote>
  /** Removes a remote and what is remembered of it. */
  removeRemote(name: string): Promise<NamedRemote>
  /** Sends what a remote lacks. */
  readonly push: One<PushInput, PushResult>
  /** Takes what a remote has and this store lacks; moves no branch of this store. */
  readonly fetch: One<FetchInput, FetchResult>
  /** Fetches, then merges what the remote has on the branch. */
  pull(input?: Given<PullInput>): Promise<PullResult>
  /** Lets the store be read, and with `pushes: 'taken'` pushed to, across HTTP on this machine, until it is disposed of. */
  serve(options?: ServeOptions): Promise<Serving>
  /** Writes the trail, or a part of it, to one file. */
  createBundle(file: string, options?: Given<CreateBundleInput>): Promise<CreateBundleResult>
  /** Takes what a bundle has and this store lacks, remembered as `name/BRANCH`. */
  unbundle(file: string, name?: string): Promise<FetchResult>
  /** Rehearses a recovery from each remote, or from those named, and records the result. */
  drill(remotes?: readonly string[]): Promise<DrillResult>
  /** Runs a use case of your own. */
  run<Input, Output>(operation: Operation<Input, Output>, input: unknown): Promise<Output | AsyncIterable<Output>>
  /** Finishes what is under way and lets go of the store. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
