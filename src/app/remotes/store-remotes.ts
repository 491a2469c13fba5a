/** Opens another store on this machine as a remote. */
import type { Remote, RemoteContext } from '../../exchange/remote.js'
import { storeRemote } from '../../exchange/store-remote.js'
import type { AppContext } from '../context.js'
import { findFolder } from '../folder.js'
import { openRepo } from '../open.js'

/** Others may use it meanwhile, as they may any store that a command has open. Throws `STORE_OWNER` for one of somebody else. */
export async function openStoreRemote(path: string, location: string, context: RemoteContext & Pick<AppContext, 'cwd' | 'env'>): Promise<Remote> {
  const { ATOM_WORK_TREE: _tree, ...env } = context.env
  const folder = findFolder({ cwd: path, env: { ...env, ATOM_DIR: path } })
  const repo = await openRepo(folder, { ...context, env })
  return storeRemote({ store: repo.store, objects: repo.objects, location, [Symbol.asyncDispose]: () => repo[Symbol.asyncDispose]() })
}
