/** Which remotes there are, and which adapter opens which URL: the only place that knows. */
import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AtomError } from '../../base/errors.js'
import type { Remote, RemoteContext } from '../../exchange/remote.js'
import { fetchFrom, type FetchInput, type FetchResult } from '../../exchange/sync/fetch.js'
import type { OpenedRemote, OpenRemote } from '../../exchange/sync/opened-remote.js'
import { pushTo, type PushInput, type PushResult } from '../../exchange/sync/push.js'
import { showRemote, type ShowRemoteInput, type ShowRemoteResult } from '../../exchange/sync/show-remote.js'
import type { Operation } from '../../ops/operation.js'
import { readConfig } from '../settings/config.js'
import type { AppContext } from '../context.js'
import { parseD1Url } from './d1-url.js'
import { findFolder, FOLDER_NAME, isStore } from '../folder.js'
import { parseHttpUrl } from './http-url.js'
import { openScratchStore } from '../scratch-store.js'

interface RemoteKind {
  readonly scheme: string
  /** How such a URL is written: for hints. */
  readonly form: string
  open(url: string, context: OpeningContext): Promise<Remote>
}

export interface OpeningContext extends RemoteContext, Pick<AppContext, 'cwd' | 'env'> {
  /** Where what is derived from remotes may be kept; without it, it is kept as long as the remote is open. */
  readonly mirrors?: string
  /** The URLs of all remotes in the settings, where this one was chosen among them and not typed. */
  readonly among?: readonly string[]
}

/** To add a kind of remote: one line. */
const KINDS: readonly RemoteKind[] = [
  { scheme: 'file', form: 'PATH, file:PATH (a folder, a bundle or another store)', open: openPath },
  { scheme: 'git+file', form: 'git+file:PATH', open: openGit },
  { scheme: 'git+ssh', form: 'git+ssh://HOST/PATH', open: openGit },
  { scheme: 'git+https', form: 'git+https://HOST/PATH', open: openGit },
  { scheme: 'git+http', form: 'git+http://localhost/PATH', open: openGit },
  { scheme: 'd1', form: 'd1:ACCOUNT/DATABASE', open: openD1 },
  { scheme: 'https', form: 'https://HOST/PATH (a Worker, or atom serve)', open: openHttp },
  { scheme: 'http', form: 'http://localhost:PORT', open: openHttp },
]

const URL_SCHEME = /^([a-z][a-z0-9+.-]+):/

/** A file is a bundle, and a folder with a store is that store: both can only be read. Anything else is a folder of a remote's own. */
async function openPath(url: string, context: OpeningContext): Promise<Remote> {
  if (isBundleUrl(url, context.cwd)) {
    const { openBundleRemote } = await import('./bundles.js')
    return await openBundleRemote(folderPath(url, context.cwd), context)
  }
  const store = storeAt(folderPath(url, context.cwd))
  if (store !== undefined) {
    const { openStoreRemote } = await import('./store-remotes.js')
    return await openStoreRemote(store, url, context)
  }
  const { openFolderRemote } = await import('../../exchange/folder/folder-remote.js')
  return openFolderRemote({ path: folderPath(url, context.cwd), location: url }, context)
}

/** Returns the store's folder where a path names one, or the project around it. */
function storeAt(path: string): string | undefined {
  return [path, join(path, FOLDER_NAME)].find(isStore)
}

/** Tells whether a URL names a file: a bundle. */
export function isBundleUrl(url: string, cwd: string): boolean {
  return kindOf(url).scheme === 'file' && statSync(folderPath(url, cwd), { throwIfNoEntry: false })?.isFile() === true
}

async function openGit(url: string, context: OpeningContext): Promise<Remote> {
  const { openGitUrl } = await import('./git-remotes.js')
  return openGitUrl(url, context)
}

async function openD1(url: string, context: OpeningContext): Promise<Remote> {
  const { openD1Url } = await import('./d1-remotes.js')
  return openD1Url(url, context)
}

async function openHttp(url: string, context: OpeningContext): Promise<Remote> {
  const { openHttpUrl } = await import('./http-remotes.js')
  return openHttpUrl(url, context)
}

function folderPath(url: string, cwd: string): string {
  if (url.startsWith('file://')) return fileURLToPath(url)
  return resolve(cwd, url.replace(/^file:/, ''))
}

/** Opens a URL or path; throws `UNSUPPORTED` for a kind that this program does not know. */
export function openUrl(url: string, context: OpeningContext): Promise<Remote> {
  return kindOf(url).open(url, context)
}

function kindOf(url: string): RemoteKind {
  const scheme = URL_SCHEME.exec(url)?.[1] ?? 'file'
  const kind = KINDS.find((known) => known.scheme === scheme)
  if (kind !== undefined) return kind
  throw new AtomError('UNSUPPORTED', `there is no remote of the kind ${scheme}:`, { data: { what: `${scheme}:` }, hint: `there are ${KINDS.map(({ form }) => form).join(', ')}` })
}

/**
 * Checks a URL that is to be kept in the settings, and returns it as it can be used from any folder: paths become absolute. Throws `UNSUPPORTED`, and `USAGE` for one with a
 * password in it: settings hold no secrets.
 */
export function checkUrl(url: string, cwd: string): string {
  if (kindOf(url).open === openHttp) return parseHttpUrl(url)
  if (kindOf(url).scheme === 'd1') parseD1Url(url)
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/@]*:[^/@]*@/.test(url)) {
    throw new AtomError('USAGE', 'a password in a URL would be kept where others may read it', { data: {}, hint: 'leave it out: the remote asks the environment, or your own settings' })
  }
  const [, scheme, path] = /^(git\+file:)(?!\/\/)(.*)$/.exec(url) ?? []
  if (scheme !== undefined && path !== undefined) return scheme + resolve(cwd, path)
  return URL_SCHEME.test(url) ? url : resolve(cwd, url)
}

export interface NamedRemote {
  readonly name: string
  readonly url: string
}

/** Returns the remotes in the settings, sorted by name. */
export function listRemotes(context: Pick<AppContext, 'cwd' | 'env'>): Promise<readonly NamedRemote[]> {
  return remotesIn(findFolder(context).path, context.env)
}

/** Returns those of a store's folder, damaged or not; the user's own alone where there is none. */
export async function remotesIn(folder: string | undefined, env: AppContext['env']): Promise<readonly NamedRemote[]> {
  const config = await readConfig(env, folder)
  return config.all().flatMap(({ key, value }) => {
    const name = /^remote\.(.+)\.url$/.exec(key)?.[1]
    return name === undefined ? [] : [{ name, url: String(value) }]
  })
}

/** Returns what opens remotes for where the caller stands. */
export function openerFor(context: Pick<AppContext, 'cwd' | 'env'>): OpenRemote {
  return async (wanted, remoteContext) => {
    const remotes = await listRemotes(context)
    const { name, url } = chooseRemote(remotes, wanted)
    const among = name === undefined ? {} : { among: remotes.map((remote) => remote.url) }
    return { name, remote: await openUrl(url, { ...remoteContext, ...among, cwd: context.cwd, env: context.env, mirrors: join(findFolder(context).path, 'git') }) } satisfies OpenedRemote
  }
}

/** Returns the remote that a name or URL means; without one the only remote, or `origin`. Throws `REMOTE_NOT_FOUND`. */
export function chooseRemote(remotes: readonly NamedRemote[], wanted: string | undefined): { readonly name: string | undefined; readonly url: string } {
  const [only, second] = remotes
  if (wanted === undefined && only !== undefined && second === undefined) return only
  const found = remotes.find(({ name }) => name === (wanted ?? 'origin'))
  if (found !== undefined) return found
  // What has a colon or a slash, or is a folder's dots, is no name.
  if (wanted !== undefined && (/[:/\\]/.test(wanted) || /^\.{1,2}$/.test(wanted))) return { name: undefined, url: wanted }
  const names = remotes.map(({ name }) => name).join(', ')
  throw new AtomError('REMOTE_NOT_FOUND', wanted === undefined && remotes.length > 0 ? `which remote? None of them is called origin: ${names}` : `there is no remote ${wanted ?? 'yet'}`, {
    data: { name: wanted ?? 'origin' }, hint: remotes.length > 0 ? `there are: ${names}` : 'atom remote add NAME URL',
  })
}

/** Returns `push` for where the caller stands. */
export function pushFor(context: Pick<AppContext, 'cwd' | 'env'>): Operation<PushInput, PushResult> {
  return pushTo(openerFor(context))
}

export function fetchFor(context: Pick<AppContext, 'cwd' | 'env'>): Operation<FetchInput, FetchResult> {
  return fetchFrom({ open: openerFor(context), openScratch: () => openScratchStore(findFolder(context).path) })
}

export function showRemoteFor(context: Pick<AppContext, 'cwd' | 'env'>): Operation<ShowRemoteInput, ShowRemoteResult> {
  return showRemote(openerFor(context))
}
