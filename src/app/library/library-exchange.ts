/** The library's calls that make a store from another copy, or need none. */
import { AtomError } from '../../base/errors.js'
import type { BundleVerifyResult, ExpectedRef } from '../../exchange/bundle/verify-bundle.js'
import type { Scope } from '../../ops/ports.js'
import type { CloneResult } from '../remotes/clone.js'
import type { OpenStoreOptions } from './atom-store.js'
import { libraryContext } from './library.js'
import type { RecoverResult } from '../recover/recover.js'

type Who = Pick<OpenStoreOptions, 'agent' | 'env' | 'signal' | 'onWarning'>

export interface CloneStoreOptions extends Who {
  /** What the remote is called; default: `origin`. */
  readonly remote?: string
  /** The branch to begin with instead of the remote's own. */
  readonly branch?: string
}

/** Makes a store in a new or empty folder that holds what a remote has. */
export async function cloneStore(url: string, folder: string, options: CloneStoreOptions = {}): Promise<CloneResult> {
  const clone = await import('../remotes/clone.js')
  const { remote, branch } = options
  return await clone.cloneStore({ url, folder, remote, branch }, libraryContext('.', options))
}

export interface RecoverStoreOptions extends Who {
  /** A remote by name, or a URL, a folder, a bundle file. */
  readonly from: string
  /** Lays out tracked files that are not there; default: not. */
  readonly files?: boolean
  readonly scopes?: readonly Scope[]
  /** Overwrites files that differ. */
  readonly force?: boolean
  /** Whose operation log goes on, where a remote has several. */
  readonly log?: string
}

/** Brings the store of a folder back from a remote; a damaged one is moved aside. */
export async function recoverStore(folder: string, options: RecoverStoreOptions): Promise<RecoverResult> {
  const { from, files = false, scopes = [], force = false, log } = options
  if (typeof from !== 'string' || from === '') throw new AtomError('INPUT_INVALID', 'from must be a remote, by name or URL', { data: { field: 'from' } })
  const recover = await import('../recover/recover.js')
  return await recover.recoverStore({ from, files, scopes, force, log, which: 'project' }, libraryContext(folder, options))
}

/** Judges a bundle file by itself, without a store. */
export async function verifyBundle(file: string, options: Who & { readonly expect?: readonly ExpectedRef[] } = {}): Promise<BundleVerifyResult> {
  const { verifyBundleFile } = await import('../remotes/bundles.js')
  return await verifyBundleFile(file, options.expect ?? [], libraryContext('.', options))
}
