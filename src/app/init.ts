/** Makes a store: the folder, the LevelDB, its id, and the INIT ATOM. Everything is there or nothing is. */
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { AtomError } from '../base/errors.js'
import { utf8 } from '../base/bytes.js'
import { SALT_BYTES, STORE_ID_BYTES } from '../base/limits.js'
import { stageDraft } from '../ops/record/record-draft.js'
import { checkRefName, fullRefName, HEADS } from '../refs/name.js'
import { META } from '../store/objects.js'
import { EMPTY_TREE } from '../tree/read.js'
import { readRecord, type AtomRecord } from '../trail/record.js'
import type { AppContext } from './context.js'
import { FOLDER_NAME, FORMAT_VERSION, getWorkTree, isStore, userFolder, writeRoot } from './folder.js'
import { keepTrailLog } from './keep-trail-log.js'
import { openRepo } from './open.js'

export interface InitInput {
  /** Default: the folder the caller stands in. */
  readonly folder?: string
  /** One for the machine, with scopes home and system. */
  readonly isUser?: boolean
  readonly project?: string
  readonly branch?: string
  readonly agent?: string
  readonly title?: string
}

export interface InitResult {
  readonly folder: string
  readonly project: string
  readonly branch: string
  readonly atom: AtomRecord
}

/** Makes a store. Throws `REPO_EXISTS` where one is, or where another program uses `.atom`. */
export async function initStore(input: InitInput, context: AppContext): Promise<InitResult> {
  const root = (input.folder === undefined ? getWorkTree(context) : undefined) ?? resolve(context.cwd, input.folder ?? '.')
  const named = context.env['ATOM_DIR']
  const path = named !== undefined && named !== '' ? resolve(context.cwd, named) : input.isUser === true ? userFolder(context.env) : join(root, FOLDER_NAME)
  checkFree(path)
  const ref = checkRefName(fullRefName(HEADS, input.branch ?? 'main'))
  const project = input.project ?? (input.isUser === true ? 'machine' : basename(root) || 'root')
  makeFolder(path)
  const folder = { path, root: input.isUser === true ? undefined : root }
  await using repo = await openRepo(folder, context, { createIfMissing: 'yes' })
  await repo.store.write({ puts: [[META.format, Uint8Array.of(FORMAT_VERSION)], [META.store, repo.random.bytes(STORE_ID_BYTES)], [META.project, utf8(project)]], deletes: [] }, 'sync')
  const agent = input.agent ?? repo.identity.agent
  const salt = repo.random.bytes(SALT_BYTES)
  const { value } = await repo.writer.transact({ agent, command: 'init' }, (tx) => {
    tx.edit({ ref: 'HEAD', expected: undefined, next: { is: 'symbolic', ref } })
    tx.put(EMPTY_TREE)
    const draft = { type: 'INIT', agent, influencedBy: [], body: { title: input.title ?? `Start of ${project}`, project }, files: new Map(), objects: [], layout: [] }
    return stageDraft(tx, draft, { ref, command: 'init', salt })
  })
  finishFolder(path, input.isUser === true ? undefined : root)
  await keepTrailLog(path, repo)
  return { folder: path, project, branch: ref.slice(HEADS.length), atom: readRecord(repo, value.seq) }
}

/** Throws `REPO_EXISTS` where a store or another program's folder is; clears away what was never finished. */
export function checkFree(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (isStore(path)) throw new AtomError('REPO_EXISTS', `there is a store already: ${path}`, { data: { folder: path }, hint: 'atom status' })
  const held = found.isDirectory() ? readdirSync(path) : [path]
  // What an init that was killed left behind may be cleared away: without `format` nothing in it was ever acknowledged.
  if (held.length === 0 || held.every((name) => ['store', 'spool', 'run', '.gitignore', 'format.new', 'root'].includes(name))) {
    rmSync(path, { recursive: true, force: true })
    return
  }
  throw new AtomError('REPO_EXISTS', `another program uses ${found.isDirectory() ? 'this folder' : 'this name'}: ${path}`, { data: { folder: path }, hint: 'keep the store elsewhere: ATOM_DIR=.atom-trail atom init (and set ATOM_DIR from then on)' })
}

/** Makes the folder of a store count, once everything in it is durable. `root` is the project's; undefined for the machine-wide store. */
export function finishFolder(path: string, root: string | undefined): void {
  if (root !== undefined) writeRoot(path, root)
  // The format file makes the folder count: it comes last.
  writeFileSync(join(path, 'format.new'), `atom ${String(FORMAT_VERSION)}${root === undefined ? ' user' : ''}\n`, { flush: true })
  renameSync(join(path, 'format.new'), join(path, 'format'))
  writeFileSync(join(path, 'config.toml'), '', { mode: 0o600 })
}

/** Makes the folder of a store, without `format`: it does not count yet. */
export function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  chmodSync(path, 0o700)
  for (const name of ['spool', 'run']) mkdirSync(join(path, name), { recursive: true, mode: 0o700 })
  writeFileSync(join(path, '.gitignore'), '*\n')
}
