/** Every use case by name, loaded when asked for: what a process that has the store can do for others. */
import type { Operation } from './operation.js'

type AnyOperation = Operation<unknown, unknown>

/** To add a use case: one line, its name and where it is. Streams and results MUST be plain data (`app/owner/wire.ts` says what that is). */
const LOADERS: Readonly<Record<string, () => Promise<unknown>>> = {
  'add': async () => (await import('./record/add.js')).add,
  'bisect.log': async () => (await import('./search/bisect.js')).bisectLog,
  'bisect.mark': async () => (await import('./search/bisect.js')).bisectMark,
  'bisect.next': async () => (await import('./search/bisect.js')).bisectNext,
  'bisect.replay': async () => (await import('./search/bisect.js')).bisectReplay,
  'bisect.reset': async () => (await import('./search/bisect.js')).bisectReset,
  'bisect.source': async () => (await import('./search/bisect.js')).bisectSource,
  'bisect.start': async () => (await import('./search/bisect.js')).bisectStart,
  'bisect.suspects': async () => (await import('./search/bisect.js')).bisectSuspects,
  'blame': async () => (await import('./look/blame.js')).blame,
  'branch.create': async () => (await import('./fork/branch.js')).branchCreate,
  'branch.delete': async () => (await import('./fork/branch.js')).branchDelete,
  'branch.list': async () => (await import('./fork/branch.js')).branchList,
  'branch.rename': async () => (await import('./fork/branch.js')).branchRename,
  'cat-file': async () => (await import('./prove/cat-file.js')).catFile,
  'checkout': async () => (await import('./files/checkout.js')).checkout,
  'commit': async () => (await import('./record/commit.js')).commit,
  'diff': async () => (await import('./look/diff.js')).diff,
  'export.context-sync': async () => (await import('./read/export-context-sync.js')).exportContextSync,
  'export.jsonl': async () => (await import('./transfer/jsonl/export-jsonl.js')).exportJsonl,
  'export.tables': async () => (await import('./read/export-tables.js')).exportTables,
  'forget': async () => (await import('./keep/forget.js')).forget,
  'fork': async () => (await import('./fork/fork.js')).fork,
  'fsck': async () => (await import('./prove/fsck.js')).fsck,
  'gc': async () => (await import('./keep/gc.js')).gc,
  'grep': async () => (await import('./look/grep.js')).grep,
  'impact': async () => (await import('./look/influence.js')).impact,
  'log': async () => (await import('./look/log.js')).log,
  'ls-tree': async () => (await import('./prove/ls-tree.js')).lsTree,
  'merge': async () => (await import('./fork/merge.js')).merge,
  'merge.abort': async () => (await import('./fork/merge-end.js')).abortIntegration,
  'merge.continue': async () => (await import('./fork/merge-end.js')).continueIntegration,
  'mv': async () => (await import('./record/mv.js')).mv,
  'op.log': async () => (await import('./undo/op-log.js')).opLog,
  'op.prune': async () => (await import('./keep/op-prune.js')).opPrune,
  'overview': async () => (await import('./look/overview.js')).overview,
  'pick': async () => (await import('./fork/pick.js')).pick,
  'pick.rest': async () => (await import('./fork/pick.js')).pickRest,
  'queued': async () => (await import('./look/queued.js')).queued,
  'recall': async () => (await import('./read/recall.js')).recall,
  'reflog': async () => (await import('./undo/op-log.js')).reflog,
  'replay.steps': async () => (await import('./undo/replay.js')).replay,
  'reset': async () => (await import('./undo/reset.js')).reset,
  'restore': async () => (await import('./files/restore.js')).restore,
  'rev-parse': async () => (await import('./prove/rev-parse.js')).revParse,
  'rm': async () => (await import('./record/rm.js')).rm,
  'run.begin': async () => (await import('./record/run-command.js')).runBegin,
  'run.end': async () => (await import('./record/run-command.js')).runEnd,
  'scratch.compare': async () => (await import('./files/scratch.js')).scratchCompare,
  'scratch.lay-out': async () => (await import('./files/scratch.js')).scratchLayOut,
  'show': async () => (await import('./look/show.js')).show,
  'stats': async () => (await import('./look/stats.js')).stats,
  'status': async () => (await import('./look/status.js')).status,
  'tables.follow': async () => (await import('./read/follow-tables.js')).followTables,
  'tag.create': async () => (await import('./fork/tag.js')).tagCreate,
  'tag.delete': async () => (await import('./fork/tag.js')).tagDelete,
  'tag.list': async () => (await import('./fork/tag.js')).tagList,
  'undo': async () => (await import('./undo/undo.js')).undo,
  'verify': async () => (await import('./prove/verify.js')).verify,
  'why': async () => (await import('./look/influence.js')).why,
}

/** Returns the names of all use cases that can be handed over, sorted. */
export function operationNames(): readonly string[] {
  return Object.keys(LOADERS).sort()
}

export async function findOperation(name: string): Promise<AnyOperation | undefined> {
  return Object.hasOwn(LOADERS, name) ? await LOADERS[name]?.() as AnyOperation : undefined
}
