/** Makes a store that holds what a remote has. Until all of it was judged and is durable, the folder does not count as a store: a clone that is cut off left nothing. */
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { utf8 } from '../../base/bytes.js'
import { STORE_ID_BYTES } from '../../base/limits.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import type { Remote, RemoteState } from '../../exchange/remote.js'
import { fetchInto, headOf, type FetchResult } from '../../exchange/sync/fetch.js'
import { stageInStore } from '../../exchange/sync/staging.js'
import { checkout, type CheckoutResult } from '../../ops/files/checkout.js'
import { tipTree } from '../../ops/context.js'
import type { TrackedPath } from '../../ops/ports.js'
import type { Repo } from '../../ops/repo.js'
import { HEADS } from '../../refs/name.js'
import { pointAt, resolveRef } from '../../refs/ref.js'
import type { RefEdit } from '../../refs/transaction.js'
import { getBody } from '../../store/body.js'
import { getObjectAs, META } from '../../store/objects.js'
import { walkTree } from '../../tree/read.js'
import { writeSetting } from '../settings/config.js'
import type { AppContext } from '../context.js'
import { FOLDER_NAME, FORMAT_VERSION, isStore } from '../folder.js'
import { checkFree, finishFolder, makeFolder } from '../init.js'
import { keepTrailLog } from '../keep-trail-log.js'
import { openRepo } from '../open.js'
import { claimStore } from '../owner/guard.js'
import { checkUrl, openUrl } from './remotes.js'

export interface CloneInput {
  readonly url: string
  /** Default: the last part of the URL. */
  readonly folder?: string | undefined
  /** What the remote is called from then on; default: `origin`. */
  readonly remote?: string | undefined
  /** The branch to begin with instead of the remote's own. */
  readonly branch?: string | undefined
}

export interface CloneResult {
  /** The store's folder. */
  readonly folder: string
  readonly root: string
  readonly url: string
  readonly branch: string
  readonly fetched: FetchResult
  /** The files that were laid out, of scope `project` alone. */
  readonly files: CheckoutResult['files']
  /** Tracked paths that belong elsewhere, and were not. */
  readonly outside: readonly TrackedPath[]
}

export async function cloneStore(input: CloneInput, context: AppContext): Promise<CloneResult> {
  const url = checkUrl(input.url, context.cwd)
  const root = resolve(context.cwd, input.folder ?? folderName(url))
  const path = join(root, FOLDER_NAME)
  // What a clone that was killed left there is no obstacle.
  const held = existsSync(root) ? readdirSync(root).filter((name) => name !== FOLDER_NAME || isStore(path)) : []
  if (held.length > 0) throw new AtomError('REPO_EXISTS', `the folder is not empty: ${root}`, { data: { folder: root }, hint: 'give another one: atom clone URL DIR' })
  await using remote = await openUrl(input.url, context)
  // Asked before anything is made: most mistakes show here.
  const state = await remote.refs()
  const head = chooseHead(state, remote, input.branch)
  const made = await mkdir(root, { recursive: true })
  clearAway(path)
  makeFolder(path)
  const repo = await openRepo({ path, root }, context, { createIfMissing: 'yes' })
  try {
    await using _open = repo
    return await fill(repo, { path, root, url, name: input.remote ?? 'origin', remote, head })
  } catch (error) {
    // Nobody else is in there: the store was ours.
    if (!isStore(path)) await rm(made ?? path, { recursive: true, force: true })
    throw error
  }
}

/** Throws `STORE_LOCKED` where another clone is at work. */
function clearAway(path: string): void {
  if (existsSync(join(path, 'run')) && !isStore(path)) {
    const guard = claimStore(join(path, 'run'), path)
    try {
      guard.seize()
    } finally {
      guard.release()
    }
  }
  checkFree(path)
}

interface Filling { readonly path: string; readonly root: string; readonly url: string; readonly name: string; readonly remote: Remote; readonly head: string }

async function fill(repo: Repo, { path, root, url, name, remote, head }: Filling): Promise<CloneResult> {
  await repo.store.write({ puts: [[META.format, Uint8Array.of(FORMAT_VERSION)], [META.store, repo.random.bytes(STORE_ID_BYTES)]], deletes: [] }, 'sync')
  const fetched = await takeAll(repo, { name, remote, head })
  await repo.store.write({ puts: [[META.project, utf8(projectOf(repo, head) ?? basename(root))]], deletes: [] }, 'sync')
  finishFolder(path, root)
  await writeSetting({ key: `remote.${name}.url`, value: url, file: join(path, 'config.toml') })
  const { files } = await (checkout.run(repo, checkout.check({})) as Promise<CheckoutResult>)
  await keepTrailLog(path, repo)
  return { folder: path, root, url, branch: head.slice(HEADS.length), fetched, files, outside: outsideOf(repo, head) }
}

/** What belongs under ~ or / is only ever written with leave. */
function outsideOf(repo: Repo, head: string): readonly TrackedPath[] {
  return [...walkTree(repo.objects, tipTree({ ...repo.store, ...repo.objects }, head))].map(({ path }) => path).filter((path) => !path.startsWith('project/'))
}

function folderName(url: string): string {
  const name = basename(url.replace(/[/\\]+$/, '')).replace(/\.(?:git|atom)$/, '')
  return name === '' ? 'trail' : name
}

function chooseHead(state: RemoteState, { location }: Remote, branch: string | undefined): string {
  if (branch !== undefined && !state.refs.has(HEADS + branch)) throw new AtomError('REF_NOT_FOUND', `${location} has no branch ${branch}`, { data: { name: branch } })
  const head = branch === undefined ? headOf(state)?.ref : HEADS + branch
  if (head === undefined) throw new AtomError('REF_NOT_FOUND', `${location} is not there, or has no branch: there is nothing to clone`, { data: { name: 'main' }, hint: `atom init, then: atom remote add origin ${location}, and push` })
  return head
}

interface Taking { readonly name: string; readonly remote: Remote; readonly head: string }

/** Every branch of the remote becomes one here, so that the trail has the same root; the remote's own are remembered as ever. */
async function takeAll(repo: Repo, { name, remote, head }: Taking): Promise<FetchResult> {
  await using staging = stageInStore(repo.store)
  const landing = (state: RemoteState): readonly RefEdit[] => [
    { ref: 'HEAD', expected: undefined, next: { is: 'symbolic', ref: head } },
    ...[...state.refs].filter(([ref]) => ref.startsWith(HEADS)).map(([ref, id]: readonly [string, ObjectId]): RefEdit => ({ ref, expected: undefined, next: pointAt(id) })),
  ]
  return await fetchInto(repo, { name, remote, staging, rewound: 'refuse', command: 'clone', landing })
}

function projectOf(repo: Repo, head: string): string | undefined {
  const tip = resolveRef(repo.store, head)
  const header = tip === undefined ? undefined : getObjectAs(repo.objects, tip, 'atom')
  const seq = tip === undefined ? undefined : repo.index.getSeq(digestOf(tip))
  return header === undefined || seq === undefined ? undefined : getBody(repo.objects, header.body)?.project
}
