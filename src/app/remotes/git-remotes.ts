/** Opens git repositories as remotes: which git, which way there, where the mirror lies, and who we are to the host. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AtomError, isAtomError } from '../../base/errors.js'
import { hashByHost } from '../../codec/hash.js'
import { openGitRemote } from '../../exchange/git/git-remote.js'
import type { Credentials } from '../../exchange/git/http-request.js'
import { openHttpTransport } from '../../exchange/git/http-transport.js'
import { openIsomorphicReader } from '../../exchange/git/isomorphic-reader.js'
import { repositoryOf, type MirrorPlace } from '../../exchange/git/mirror-folder.js'
import { openSystemReader, type SystemGit } from '../../exchange/git/system-reader.js'
import { openSystemTransport } from '../../exchange/git/system-transport.js'
import type { GitTransport } from '../../exchange/git/transport.js'
import type { Remote, RemoteContext } from '../../exchange/remote.js'
import { byteLines, feed, findGit, follow } from '../../git/process.js'
import type { Store } from '../../store/types.js'
import type { AppContext, Environment } from '../context.js'
import { lockTimeoutMs, openGuarded } from '../handles.js'

export interface GitRemoteContext extends RemoteContext, Pick<AppContext, 'cwd' | 'env'> {
  /** The folder of the mirrors; without it, a temporary one. */
  readonly mirrors?: string
}

/** What a URL of a git remote names, as git takes it. */
export interface GitPlace {
  readonly scheme: 'file' | 'ssh' | 'https' | 'http'
  readonly url: string
  /** Where it is a folder on this machine. */
  readonly path?: string
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Reads `git+file:PATH`, `git+ssh://HOST/PATH`, `git+https://HOST/PATH`; throws `USAGE`. Plain http is for this machine alone: it would carry who we are in the clear. */
export function parseGitUrl(url: string, cwd: string): GitPlace {
  const rest = url.replace(/^git\+/, '')
  if (rest.startsWith('file:')) {
    const path = rest.startsWith('file://') ? fileURLToPath(rest) : resolve(cwd, rest.slice('file:'.length))
    return { scheme: 'file', url: path, path }
  }
  const scheme = /^(ssh|https|http):\/\/(?!-)[^/]/.exec(rest)?.[1]
  const host = scheme === undefined ? '' : getHostname(rest)
  if (scheme === undefined || host === undefined || host === '') throw new AtomError('USAGE', `not the URL of a git repository: ${url}`, { data: { value: url }, hint: 'git+file:PATH, git+ssh://HOST/PATH or git+https://HOST/PATH' })
  if (scheme === 'http' && !LOOPBACK.test(host)) throw new AtomError('USAGE', `http without s is for this machine alone: ${url}`, { data: { value: url }, hint: url.replace('git+http:', 'git+https:') })
  return { scheme: scheme as GitPlace['scheme'], url: rest.replace(/\/+$/, '') }
}

function getHostname(url: string): string | undefined {
  try {
    return new URL(url).hostname
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

/** What ssh and curl need of this machine to reach the host; nothing that changes what git does. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'SSH_AUTH_SOCK', 'GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_SSL_CAINFO', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'http_proxy', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY', 'all_proxy', 'ALL_PROXY']

/** Opens a git repository as a remote. */
export async function openGitUrl(url: string, context: GitRemoteContext): Promise<Remote> {
  const place = parseGitUrl(url, context.cwd)
  // git's ids are made by it too.
  hashByHost()
  const git = await findGit(context.env)
  const mirror = await placeMirror(url, context)
  const system = git === undefined ? undefined : systemGit(git, place, context)
  const at: MirrorPlace = {
    folder: mirror.folder,
    openStore: (folder) => openIndex(folder, context),
    openReader: (folder) => (system === undefined ? openIsomorphicReader(folder) : openSystemReader(system, folder)),
  }
  const transport = system === undefined ? withoutGit({ url, place, at, context }) : withGit({ url, place, at, context }, system)
  try {
    const remote = await openGitRemote(transport, at, context)
    return {
      ...remote,
      async [Symbol.asyncDispose]() {
        await remote[Symbol.asyncDispose]()
        await mirror.clear()
      },
    }
  } catch (error) {
    await mirror.clear()
    throw error
  }
}

interface Opening { readonly url: string; readonly place: GitPlace; readonly at: MirrorPlace; readonly context: GitRemoteContext }

function systemGit(git: string, place: GitPlace, { env, signal }: GitRemoteContext): SystemGit {
  const passed = Object.fromEntries(PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])))
  return { git, signal, env: { GIT_SSH_COMMAND: 'ssh -o BatchMode=yes', ...passed, GIT_ALLOW_PROTOCOL: place.scheme } }
}

function withGit({ url, place, at, context }: Opening, system: SystemGit): GitTransport {
  const isHttp = place.scheme === 'https' || place.scheme === 'http'
  return openSystemTransport({
    system, folder: repositoryOf(at), url: place.url, location: url,
    ...(place.path !== undefined && { path: place.path }),
    ...(isHttp && { credentials: () => findCredentials(place.url, context, system.git) }),
  })
}

function withoutGit({ url, place, at, context }: Opening): GitTransport {
  if (place.scheme === 'file' || place.scheme === 'ssh') {
    throw new AtomError('UNSUPPORTED', `git+${place.scheme}: needs git, and there is none on the PATH`, { data: { what: `git+${place.scheme}:` }, hint: 'install git, or use git+https:' })
  }
  return openHttpTransport({
    url: place.url, location: url, signal: context.signal, folder: repositoryOf(at), reader: openIsomorphicReader(repositoryOf(at)),
    credentials: () => findCredentials(place.url, context, undefined),
  })
}

/** From the environment, else from what the user's own git knows. Kept nowhere. */
async function findCredentials(url: string, { env, signal }: GitRemoteContext, git: string | undefined): Promise<Credentials | undefined> {
  const token = env['ATOM_GIT_TOKEN']
  if (token !== undefined && token !== '') return { username: env['ATOM_GIT_USERNAME'] ?? 'x-access-token', password: token }
  return git === undefined ? undefined : askGit(url, { git, env, signal })
}

async function askGit(url: string, { git, env, signal }: { readonly git: string; readonly env: Environment; readonly signal: AbortSignal }): Promise<Credentials | undefined> {
  const { protocol, host, pathname } = new URL(url)
  // The user's settings count here, and only here: they say which helper knows the password.
  const running = follow(spawn(git, ['credential', 'fill'], { env: { ...env, GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', SSH_ASKPASS: '', LC_ALL: 'C' }, signal, cwd: '/' }))
  feed(running, [`protocol=${protocol.replace(':', '')}`, `host=${host}`, `path=${pathname.slice(1)}`, ''])
  const answer = new Map<string, string>()
  for await (const line of byteLines(running.child.stdout as AsyncIterable<Uint8Array>)) {
    const [, key = '', value = ''] = /^([a-z]+)=(.*)$/.exec(Buffer.from(line).toString('utf8')) ?? []
    answer.set(key, value)
  }
  const [username, password] = [answer.get('username'), answer.get('password')]
  return (await running.code) === 0 && username !== undefined && password !== undefined ? { username, password } : undefined
}

interface MirrorFolder {
  readonly folder: string
  /** Removes it where it was for this time only. */
  clear(): Promise<void>
}

async function placeMirror(url: string, { mirrors }: GitRemoteContext): Promise<MirrorFolder> {
  if (mirrors !== undefined) return { folder: join(mirrors, createHash('sha256').update(url).digest('hex').slice(0, 16)), clear: () => Promise.resolve() }
  const folder = await mkdtemp(join(tmpdir(), 'atom-mirror-'))
  return { folder: join(folder, 'mirror'), clear: () => rm(folder, { recursive: true, force: true }) }
}

const RETRY_MAX_MS = 9

/** Opens the index of a mirror; one that is in use elsewhere is waited for. */
async function openIndex(folder: string, context: GitRemoteContext): Promise<Store> {
  await mkdir(join(folder, 'run'), { recursive: true, mode: 0o700 })
  const timeoutMs = lockTimeoutMs(context)
  for (let waitedMs = 0; ;) {
    context.signal.throwIfAborted()
    try {
      return await openGuarded(folder, { createIfMissing: 'yes', cache: 'small' })
    } catch (error) {
      if (!isAtomError(error, 'STORE_LOCKED') || waitedMs >= timeoutMs) throw error
      const waitMs = 1 + (waitedMs % RETRY_MAX_MS)
      waitedMs += waitMs
      await new Promise((done) => { setTimeout(done, waitMs) })
    }
  }
}
