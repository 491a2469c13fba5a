/**
 * The library: every use case of the command line as a method of an open store.
 *
 * Guarantees: inputs are checked like anybody's (`INPUT_INVALID`); many stores, processes and calls at once are fine; what a method
 * resolves to is durable. Results are plain data; `toAtomJson` makes the JSON of an ATOM.
 */
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CreateBundleResult } from '../../exchange/bundle/create-bundle.js'
import type { FetchResult } from '../../exchange/sync/fetch.js'
import type { Operation } from '../../ops/operation.js'
import type { SyncedExport } from '../../ops/ports.js'
import type { FollowedTables } from '../../ops/read/follow-tables.js'
import type { ImportContextSyncResult } from '../../ops/transfer/context-sync/import-context-sync.js'
import type { ImportGitResult } from '../../ops/transfer/git/import-git.js'
import type { ExportKenlResult } from '../../ops/transfer/kenl/export-kenl.js'
import type { ExportOtelResult } from '../../ops/transfer/standards/export-otel.js'
import type { ExportProvResult } from '../../ops/transfer/standards/export-prov.js'
import type { ImportKenlResult } from '../../ops/transfer/kenl/import-kenl.js'
import type { ImportJsonlResult } from '../../ops/transfer/jsonl/import-jsonl.js'
import type { ImportTranscriptsResult } from '../../ops/transfer/transcripts/import-transcripts.js'
import type { AtomStore, Many, One, OpenStoreOptions } from './atom-store.js'
import type { AppContext } from '../context.js'
import { INSTALLATION } from '../installation.js'
import { openSession, type Session } from '../session.js'

/** Opens the store of a folder, found as the command line finds it. Throws `REPO_NOT_FOUND`. */
export async function openStore(folder: string, options: OpenStoreOptions = {}): Promise<AtomStore> {
  const context = libraryContext(folder, options)
  const session = await openSession(context, options.owner === undefined ? {} : { owner: options.owner })
  return {
    folder: session.folder,
    add: one(session, async () => (await import('../../ops/record/add.js')).add),
    commit: one(session, async () => (await import('../../ops/record/commit.js')).commit),
    runBegin: one(session, async () => (await import('../../ops/record/run-command.js')).runBegin),
    runEnd: one(session, async () => (await import('../../ops/record/run-command.js')).runEnd),
    rm: one(session, async () => (await import('../../ops/record/rm.js')).rm),
    mv: one(session, async () => (await import('../../ops/record/mv.js')).mv),
    overview: one(session, async () => (await import('../../ops/look/overview.js')).overview),
    status: one(session, async () => (await import('../../ops/look/status.js')).status),
    log: many(session, async () => (await import('../../ops/look/log.js')).log),
    show: many(session, async () => (await import('../../ops/look/show.js')).show),
    diff: one(session, async () => (await import('../../ops/look/diff.js')).diff),
    blame: many(session, async () => (await import('../../ops/look/blame.js')).blame),
    grep: many(session, async () => (await import('../../ops/look/grep.js')).grep),
    why: many(session, async () => (await import('../../ops/look/influence.js')).why),
    impact: many(session, async () => (await import('../../ops/look/influence.js')).impact),
    stats: one(session, async () => (await import('../../ops/look/stats.js')).stats),
    branches: many(session, async () => (await import('../../ops/fork/branch.js')).branchList),
    createBranch: one(session, async () => (await import('../../ops/fork/branch.js')).branchCreate),
    deleteBranch: one(session, async () => (await import('../../ops/fork/branch.js')).branchDelete),
    renameBranch: one(session, async () => (await import('../../ops/fork/branch.js')).branchRename),
    tags: many(session, async () => (await import('../../ops/fork/tag.js')).tagList),
    createTag: one(session, async () => (await import('../../ops/fork/tag.js')).tagCreate),
    deleteTag: one(session, async () => (await import('../../ops/fork/tag.js')).tagDelete),
    fork: one(session, async () => (await import('../../ops/fork/fork.js')).fork),
    checkout: one(session, async () => (await import('../../ops/files/checkout.js')).checkout),
    restore: one(session, async () => (await import('../../ops/files/restore.js')).restore),
    merge: one(session, async () => (await import('../../ops/fork/merge.js')).merge),
    mergeContinue: one(session, async () => (await import('../../ops/fork/merge-end.js')).continueIntegration),
    mergeAbort: one(session, async () => (await import('../../ops/fork/merge-end.js')).abortIntegration),
    pick: many(session, async () => (await import('../../ops/fork/pick.js')).pick),
    reset: one(session, async () => (await import('../../ops/undo/reset.js')).reset),
    undo: one(session, async () => (await import('../../ops/undo/undo.js')).undo),
    operations: many(session, async () => (await import('../../ops/undo/op-log.js')).opLog),
    reflog: many(session, async () => (await import('../../ops/undo/op-log.js')).reflog),
    pruneOperations: one(session, async () => (await import('../../ops/keep/op-prune.js')).opPrune),
    replay: many(session, async () => (await import('../../ops/undo/replay.js')).replay),
    bisectStart: one(session, async () => (await import('../../ops/search/bisect.js')).bisectStart),
    bisectMark: one(session, async () => (await import('../../ops/search/bisect.js')).bisectMark),
    bisectNext: one(session, async () => (await import('../../ops/search/bisect.js')).bisectNext),
    bisectLog: one(session, async () => (await import('../../ops/search/bisect.js')).bisectLog),
    bisectReplay: one(session, async () => (await import('../../ops/search/bisect.js')).bisectReplay),
    bisectSuspects: many(session, async () => (await import('../../ops/search/bisect.js')).bisectSuspects),
    bisectReset: one(session, async () => (await import('../../ops/search/bisect.js')).bisectReset),
    verify: one(session, async () => (await import('../../ops/prove/verify.js')).verify),
    fsck: one(session, async () => (await import('../../ops/prove/fsck.js')).fsck),
    catFile: one(session, async () => (await import('../../ops/prove/cat-file.js')).catFile),
    lsTree: many(session, async () => (await import('../../ops/prove/ls-tree.js')).lsTree),
    revParse: many(session, async () => (await import('../../ops/prove/rev-parse.js')).revParse),
    gc: one(session, async () => (await import('../../ops/keep/gc.js')).gc),
    forget: one(session, async () => (await import('../../ops/keep/forget.js')).forget),
    exportJsonl: many(session, async () => (await import('../../ops/transfer/jsonl/export-jsonl.js')).exportJsonl),
    async exportKenl(file, { format = 'F1', revisions = [], force = false } = {}) {
      const { exportKenlTo } = await import('../data/new-file.js')
      return await session.run(exportKenlTo({ file, force }, context), { format, revisions }) as ExportKenlResult
    },
    async exportProv(file, { revisions = [], force = false } = {}) {
      const { exportProvTo } = await import('../data/new-file.js')
      return await session.run(exportProvTo({ file, force }, context), { revisions }) as ExportProvResult
    },
    async exportOtel(file, { revisions = [], force = false } = {}) {
      const { exportOtelTo } = await import('../data/new-file.js')
      return await session.run(exportOtelTo({ file, force }, context), { revisions }) as ExportOtelResult
    },
    async importGit(repository, given = {}) {
      const { importGitFor } = await import('../data/sources.js')
      return await session.run(importGitFor(context), { repository, ...given }) as ImportGitResult
    },
    async importJsonl(lines) {
      const { importJsonlFrom } = await import('../data/sources.js')
      return await session.run(importJsonlFrom('-', { cwd: folder, stdin: () => lines }), {}) as ImportJsonlResult
    },
    async importKenl(paths, given = {}) {
      const { importKenlFor } = await import('../data/sources.js')
      return await session.run(importKenlFor(context), { paths, ...given }) as ImportKenlResult
    },
    async exportContextSync(given) {
      return await session.run((await import('../../ops/read/export-context-sync.js')).exportContextSync, { ...given, file: resolve(folder, given.file) }) as SyncedExport
    },
    async importContextSync(file, given = {}) {
      const { importContextSyncFor } = await import('../data/sources.js')
      return await session.run(importContextSyncFor(context), { file, ...given }) as ImportContextSyncResult
    },
    async importTranscripts(source, { paths = [], branch, open } = {}) {
      const { importTranscriptsFor } = await import('../data/sources.js')
      return await session.run(importTranscriptsFor({ ...context, cwd: folder }), { source, paths, branch, open }) as ImportTranscriptsResult
    },
    recall: many(session, async () => (await import('../../ops/read/recall.js')).recall),
    async sql(query, parameters = []) {
      const [{ querySql }, { followTables }] = await Promise.all([import('../data/sql.js'), import('../../ops/read/follow-tables.js')])
      return querySql({ query, parameters }, async () => await session.run(followTables, {}) as FollowedTables)
    },
    async *diagnose() {
      const root = fileURLToPath(INSTALLATION)
      yield* (await import('../doctor/doctor.js')).diagnose(context, { file: join(root, 'bin/atom.js'), root })
    },
    async reindex() {
      return await (await import('../doctor/doctor.js')).mendIndexes(context)
    },
    async settings() {
      return (await (await import('../settings/config.js')).readConfig(context.env, session.folder)).all()
    },
    async changeSetting(key, value) {
      await (await import('../settings/config.js')).writeSetting({ key, value, file: join(session.folder, 'config.toml') })
    },
    async remotes() {
      return await (await import('../remotes/remotes.js')).listRemotes(context)
    },
    async addRemote(name, url) {
      return await (await import('../remotes/remote-settings.js')).addRemote({ name, url }, context)
    },
    async removeRemote(name) {
      return await (await import('../remotes/remote-settings.js')).removeRemote(name, context)
    },
    push: one(session, async () => (await import('../remotes/remotes.js')).pushFor(context)),
    fetch: one(session, async () => (await import('../remotes/remotes.js')).fetchFor(context)),
    async pull(given = {}) {
      const [{ pull }, { fetchFor }] = await Promise.all([import('../remotes/pull.js'), import('../remotes/remotes.js')])
      return await pull({ fetch: fetchFor(context), run: (operation, input) => session.run(operation, input) }, given)
    },
    async serve(given = {}) {
      return await (await import('../serving/serve.js')).serveStore(given, context)
    },
    async createBundle(file, given = {}) {
      return await session.run((await import('../remotes/bundles.js')).createBundleAt(file, context), given) as CreateBundleResult
    },
    async unbundle(file, name = 'bundle') {
      return await session.run((await import('../remotes/bundles.js')).unbundleFrom(file, name, context), { force: true }) as FetchResult
    },
    async drill(remotes = []) {
      return await (await import('../recover/drill.js')).drill({ remotes }, context)
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
  // Asking the module loader again takes as long as making an object.
  let loaded: Operation<Input, Output> | undefined
  return async (input = {}) => await session.run(loaded ??= await load(), input) as Output
}

function many<Input, Output>(session: Session, load: Load<Input, Output>): Many<Input, Output> {
  return async function* (input = {}) {
    yield* await session.run(await load(), input) as AsyncIterable<Output>
  }
}
