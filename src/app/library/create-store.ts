/** `createStore`: what `atom init` does, for the library. */
import { initStore, type InitInput, type InitResult } from '../init.js'
import type { OpenStoreOptions } from './atom-store.js'
import { libraryContext } from './library.js'

export interface CreateStoreOptions extends Pick<OpenStoreOptions, 'agent' | 'env'>, Pick<InitInput, 'project' | 'branch' | 'title'> {}

/** Makes a store in a folder, with its INIT ATOM. Throws `REPO_EXISTS`. */
export function createStore(folder: string, options: CreateStoreOptions = {}): Promise<InitResult> {
  const { project, branch, title } = options
  return initStore({ ...(project !== undefined && { project }), ...(branch !== undefined && { branch }), ...(title !== undefined && { title }) }, libraryContext(folder, { ...(options.agent !== undefined && { agent: options.agent }), ...(options.env !== undefined && { env: options.env }) }))
}
