/** Every use case by name, loaded when asked for: what a process that has the store can do for others. */
import type { Operation } from './operation.js'

type AnyOperation = Operation<unknown, unknown>

/** To add a use case: one line, its name and where it is. Streams and results MUST be plain data (`app/owner/wire.ts` says what that is). */
const LOADERS: Readonly<Record<string, () => Promise<unknown>>> = {
  'add': async () => (await import('./add.js')).add,
  'bisect.log': async () => (await import('./bisect.js')).bisectLog,
  'bisect.mark': async () => (await import('./bisect.js')).bisectMark,
  'bisect.next': async () => (await import('./bisect.js')).bisectNext,
  'bisect.replay': async () => (await import('./bisect.js')).bisectReplay,
  'bisect.reset': async () => (await import('./bisect.js')).bisectReset,
  'bisect.source': async () => (await import('./bisect.js')).bisectSource,
  'bisect.start': async () => (await import('./bisect.js')).bisectStart,
  'bisect.suspects': async () => (await import('./bisect.js')).bisectSuspects,
  'blame': async () => (await import('./blame.js')).blame,
  'branch.create': async () => (await import('./branch.js')).branchCreate,
  'branch.delete': async () => (await import('./branch.js')).branchDelete,
  'branch.list': async () => (await import('./branch.js')).branchList,
  'branch.rename': async () => (await import('./branch.js')).branchRename,
  'cat-file': async () => (await import('./cat-file.js')).catFile,
  'checkout': async () => (await import('./checkout.js')).checkout,
  'commit': async () => (await import('./commit.js')).commit,
  'diff': async () => (await import('./diff.js')).diff,
  'export.jsonl': async () => (await import('./export-jsonl.js')).exportJsonl,
  'forget': async () => (await import('./forget.js')).forget,
  'fork': async () => (await import('./fork.js')).fork,
  'fsck': async () => (await import('./fsck.js')).fsck,
  'gc': async () => (await import('./gc.js')).gc,
  'grep': async () => (await import('./grep.js')).grep,
  'impact': async () => (await import('./influence.js')).impact,
  'log': async () => (await import('./log.js')).log,
  'ls-tree': async () => (await import('./ls-tree.js')).lsTree,
  'merge': async () => (await import('./merge.js')).merge,
  'merge.abort': async () => (await import('./merge-end.js')).abortIntegration,
  'merge.continue': async () => (await import('./merge-end.js')).continueIntegration,
  'mv': async () => (await import('./mv.js')).mv,
  'op.log': async () => (await import('./op-log.js')).opLog,
  'op.prune': async () => (await import('./op-prune.js')).opPrune,
  'overview': async () => (await import('./overview.js')).overview,
  'pick': async () => (await import('./pick.js')).pick,
  'pick.rest': async () => (await import('./pick.js')).pickRest,
  'reflog': async () => (await import('./op-log.js')).reflog,
  'replay.steps': async () => (await import('./replay.js')).replay,
  'reset': async () => (await import('./reset.js')).reset,
  'restore': async () => (await import('./restore.js')).restore,
  'rev-parse': async () => (await import('./rev-parse.js')).revParse,
  'rm': async () => (await import('./rm.js')).rm,
  'run.begin': async () => (await import('./run-command.js')).runBegin,
  'run.end': async () => (await import('./run-command.js')).runEnd,
  'scratch.compare': async () => (await import('./scratch.js')).scratchCompare,
  'scratch.lay-out': async () => (await import('./scratch.js')).scratchLayOut,
  'show': async () => (await import('./show.js')).show,
  'stats': async () => (await import('./stats.js')).stats,
  'status': async () => (await import('./status.js')).status,
  'tag.create': async () => (await import('./tag.js')).tagCreate,
  'tag.delete': async () => (await import('./tag.js')).tagDelete,
  'tag.list': async () => (await import('./tag.js')).tagList,
  'undo': async () => (await import('./undo.js')).undo,
  'verify': async () => (await import('./verify.js')).verify,
  'why': async () => (await import('./influence.js')).why,
}

/** Returns the names of all use cases that can be handed over, sorted. */
export function operationNames(): readonly string[] {
  return Object.keys(LOADERS).sort()
}

export async function findOperation(name: string): Promise<AnyOperation | undefined> {
  return Object.hasOwn(LOADERS, name) ? await LOADERS[name]?.() as AnyOperation : undefined
}
