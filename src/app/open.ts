/** Opens a store and wires what use cases need: the only place that knows which database and which worktree are underneath. */
import { join } from 'node:path'
import { createWorktree } from '../exchange/worktree/worktree.js'
import { createTrailIndex } from '../index/trail-index.js'
import type { Repo } from '../ops/repo.js'
import { createWriter } from '../refs/transaction.js'
import { objectsOf } from '../store/objects.js'
import type { AppContext } from './context.js'
import { homeFolder, type StoreFolder } from './folder.js'
import { openHandle } from './handles.js'
import { detectIdentity } from './identity.js'
import { createClock, createRandom } from './node-ports.js'

export interface OpenRepo extends Repo {
  readonly folder: StoreFolder
  [Symbol.asyncDispose](): Promise<void>
}

/** Opens the store in a folder, waiting for its lock at most ATOM_LOCK_TIMEOUT_MS. */
export async function openRepo(folder: StoreFolder, context: AppContext, options: { readonly createIfMissing?: 'yes' | 'no' } = {}): Promise<OpenRepo> {
  const clock = createClock(context.env)
  const handle = await openHandle(join(folder.path, 'store'), { ...context, ...options })
  const { store } = handle
  return {
    folder,
    store,
    objects: objectsOf(store),
    index: createTrailIndex(store),
    writer: createWriter({ store, clock }),
    worktree: createWorktree({ root: folder.root, home: homeFolder(context.env), cwd: context.cwd, storeFolder: folder.path }),
    clock,
    random: createRandom(context.env),
    reporter: context.reporter,
    identity: detectIdentity(context.env, undefined),
    signal: context.signal,
    [Symbol.asyncDispose]: () => handle.release(),
  }
}
