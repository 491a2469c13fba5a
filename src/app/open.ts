/** Opens a store for work that is no use case: making one, repairing one. Use cases run through `run.ts` and `session.ts`. */
import { realpathSync } from 'node:fs'
import type { Repo } from '../ops/repo.js'
import type { LevelStoreOptions } from '../store/level/level-store.js'
import type { AppContext } from './context.js'
import type { StoreFolder } from './folder.js'
import { residencyOf } from './owner/residency.js'
import { repoOn } from './repo-on.js'

export interface OpenRepo extends Repo {
  readonly folder: StoreFolder
  [Symbol.asyncDispose](): Promise<void>
}

/** Opens the store in a folder, waiting for its lock at most ATOM_LOCK_TIMEOUT_MS. An owner elsewhere is asked to let go of it. */
export async function openRepo(folder: StoreFolder, context: AppContext, level: LevelStoreOptions = {}): Promise<OpenRepo> {
  const residency = residencyOf({ ...folder, path: realpathSync(folder.path) })
  await residency.sit({ context, owner: 'insist', serve: 'soon', level })
  return { folder, ...repoOn(residency, context), [Symbol.asyncDispose]: async () => { await residency.leave('own', 0) } }
}
