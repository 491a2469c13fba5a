/** Wires what use cases need around an open store: the only place that knows which worktree and which ports are underneath. */
import { countSpooled } from '../capture/spool.js'
import { createWorktree } from '../exchange/worktree/worktree.js'
import type { Repo } from '../ops/repo.js'
import { objectsOf } from '../store/objects.js'
import type { AppContext } from './context.js'
import { getWorkTree, homeFolder } from './folder.js'
import { detectIdentity } from './settings/identity.js'
import { createClock, createRandom } from './node-ports.js'
import type { Residency } from './owner/types.js'
import { createSideFiles } from './side-files.js'
import { readPushState } from './sending/push-state.js'
import { CONFIGURED_PUSH } from './settings/settings.js'
import { createViews } from './data/views.js'

function isSeeded({ env }: AppContext): boolean {
  return (env['ATOM_RANDOM_SEED'] ?? '') !== ''
}

/** Returns the repository as one caller sees it: its folder, clock and identity over the store that all share. */
export function repoOn(residency: Residency, context: AppContext, request?: string): Repo {
  const { folder, store, index } = residency
  const root = folder.root === undefined ? undefined : getWorkTree(context) ?? folder.root
  const clock = createClock(context.env)
  return {
    store, index, clock,
    objects: objectsOf(store),
    writer: residency.writer.callBy({ clock, ...(request !== undefined && { request }) }),
    worktree: createWorktree({ root, home: homeFolder(context.env), cwd: context.cwd, storeFolder: folder.path, reporter: context.reporter }),
    random: isSeeded(context) ? createRandom(context.env) : residency.random,
    reporter: context.reporter,
    identity: detectIdentity(context.env),
    sideFiles: createSideFiles(folder.path),
    views: createViews(folder.path),
    ...(context.env[CONFIGURED_PUSH] !== undefined && { outbox: { remotes: context.env[CONFIGURED_PUSH].split(','), trouble: () => readPushState(folder.path)?.message } }),
    spool: { count: () => countSpooled(folder.path), waiting: (work) => residency.withoutDrain(work) },
    ...(request !== undefined && { request }),
    signal: context.signal,
  }
}
