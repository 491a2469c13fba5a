/**
 * The library: every use case of the command line as a method of an open store.
 *
 * Guarantees: inputs are checked like anybody's (`INPUT_INVALID`); many stores, processes and calls at once are fine; what a method
 * resolves to is durable. Results are plain data; `toAtomJson` makes the JSON of an ATOM.
 */
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Operation } from '../ops/operation.js'
import type { ImportGitResult } from '../ops/import-git.js'
import type { ImportJsonlResult } from '../ops/import-jsonl.js'
import type { AtomStore, Many, One, OpenStoreOptions } from './atom-store.js'
import type { AppContext } from './context.js'
import { openSession, type Session } from './session.js'

/** Opens the store of a folder, found as the command line finds it. Throws `REPO_NOT_FOUND`. */
export async function openStore(folder: string, options: OpenStoreOptions = {}): Promise<AtomStore> {
  const context = libraryContext(folder, options)
  const session = await openSession(context, options.owner === undefined ? {} : { owner: options.owner })
  return {
    folder: session.folder,
    add: one(session, async () => (await import('../ops/add.js')).add),
    commit: one(session, async () => (await import('../ops/commit.js')).commit),
    runBegin: one(session, async () => (await import('../ops/run-command.js')).runBegin),
    runEnd: one(session, async () => (await import('../ops/run-command.js')).runEnd),
    rm: one(session, async () => (await import('../ops/rm.js')).rm),
    mv: one(session, async () => (await import('../ops/mv.js')).mv),
    overview: one(session, async () => (await import('../ops/overview.js')).overview),
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
    mergeContinue: one(session, async () => (await import('../ops/merge-end.js')).continueIntegration),
    mergeAbort: one(session, async () => (await import('../ops/merge-end.js')).abortIntegration),
    pick: many(session, async () => (await import('../ops/pick.js')).pick),
    reset: one(session, async () => (await import('../ops/reset.js')).reset),
    undo: one(session, async () => (await import('../ops/undo.js')).undo),
    operations: many(session, async () => (await import('../ops/op-log.js')).opLog),
    reflog: many(session, async () => (await import('../ops/op-log.js')).reflog),
    pruneOperations: one(session, async () => (await import('../ops/op-prune.js')).opPrune),
    replay: many(session, async () => (await import('../ops/replay.js')).replay),
    bisectStart: one(session, async () => (await import('../ops/bisect.js')).bisectStart),
    bisectMark: one(session, async () => (await import('../ops/bisect.js')).bisectMark),
    bisectNext: one(session, async () => (await import('../ops/bisect.js')).bisectNext),
    bisectLog: one(session, async () => (await import('../ops/bisect.js')).bisectLog),
    bisectReplay: one(session, async () => (await import('../ops/bisect.js')).bisectReplay),
    bisectSuspects: many(session, async () => (await import('../ops/bisect.js')).bisectSuspects),
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
    async *diagnose() {
      const root = fileURLToPath(new URL('../..', import.meta.url))
      yield* (await import('./doctor.js')).diagnose(context, { file: join(root, 'bin/atom.js'), root })
    },
    async reindex() {
      return await (await import('./doctor.js')).mendIndexes(context)
    },
    async settings() {
      return (await (await import('./config.js')).readConfig(context.env, session.folder)).all()
    },
    async changeSetting(key, value) {
      await (await import('./config.js')).writeSetting({ key, value, file: join(session.folder, 'config.toml') })
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
