/**
 * Finds the folder of a store: ATOM_DIR, else by walking up like git, else the machine-wide one. A folder counts only with `format` in it.
 *
 * The project is the folder that a store lies in. One that `init` made elsewhere (ATOM_DIR) says in its file `root` which project is its own;
 * ATOM_WORK_TREE goes before both, as GIT_WORK_TREE does.
 */
import { readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { AtomError } from '../base/errors.js'
import type { AppContext, Environment } from './context.js'

export const FOLDER_NAME = '.atom'
export const FORMAT_VERSION = 1
const FORMAT_MAX_BYTES = 1_024
const ROOT_FILE = 'root'
const ROOT_MAX_BYTES = 65_536
/** What a path that leads to no file of ours may answer. */
const NOT_THERE: readonly string[] = ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG']

export interface StoreFolder {
  /** Absolute, symlinks resolved. */
  readonly path: string
  /** The project's root; undefined for the machine-wide store. */
  readonly root: string | undefined
}

/** Returns the store's folder; throws `REPO_NOT_FOUND`, `STORE_OWNER` or `FORMAT_NEWER`. */
export function findFolder(context: Pick<AppContext, 'cwd' | 'env'>): StoreFolder {
  const found = getFolder(context)
  if (found === undefined) throw new AtomError('REPO_NOT_FOUND', `no atom store here or above: ${context.cwd}`, { data: { folder: context.cwd }, hint: 'atom init' })
  checkOwner(found.path, context.env)
  return found
}

export function getFolder(context: Pick<AppContext, 'cwd' | 'env'>): StoreFolder | undefined {
  const { cwd, env } = context
  const named = env['ATOM_DIR']
  if (named !== undefined && named !== '') {
    const path = resolve(cwd, named)
    if (!isStore(path)) throw new AtomError('REPO_NOT_FOUND', `ATOM_DIR names no atom store: ${path}`, { data: { folder: path }, hint: 'atom init, or unset ATOM_DIR' })
    return storeFolder(path, context)
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const path = join(folder, FOLDER_NAME)
    if (isStore(path)) return storeFolder(path, context)
    if (dirname(folder) === folder) break
  }
  const user = userFolder(env)
  return isStore(user) ? { path: realpathSync(user), root: undefined } : undefined
}

/** Returns the folder of the machine-wide store, whether it exists or not. */
export function userFolder(env: Environment): string {
  const data = env['XDG_DATA_HOME']
  return join(data !== undefined && data.startsWith('/') ? data : join(homeFolder(env), '.local', 'share'), 'atom')
}

export function homeFolder(env: Environment): string {
  const home = env['HOME']
  return home === undefined || home === '' ? homedir() : home
}

function storeFolder(path: string, context: Pick<AppContext, 'cwd' | 'env'>): StoreFolder {
  const real = realpathSync(path)
  // A machine-wide store says so in its format file.
  return { path: real, root: readFormat(real).isUser ? undefined : getWorkTree(context) ?? readRoot(real) ?? dirname(real) }
}

/** Returns the project's root that ATOM_WORK_TREE names, symlinks resolved; throws `REPO_NOT_FOUND` where it names no folder. */
export function getWorkTree({ cwd, env }: Pick<AppContext, 'cwd' | 'env'>): string | undefined {
  const named = env['ATOM_WORK_TREE']
  if (named === undefined || named === '') return undefined
  const path = resolve(cwd, named)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new AtomError('REPO_NOT_FOUND', `ATOM_WORK_TREE names no folder: ${path}`, { data: { folder: path }, hint: 'make the folder, or unset ATOM_WORK_TREE' })
  }
  return realpathSync(path)
}

/** Which project a store that lies elsewhere belongs to. It counts for the very folder that `init` made: whoever sends a store along must not say where files are written. */
interface RootRecord {
  readonly root: string
  readonly store: string
  readonly inode: number
  /** A number of the file system is given again; together with the time when the folder was made it is not. */
  readonly bornMs: number
}

function birthOf(path: string): Pick<RootRecord, 'inode' | 'bornMs'> {
  const { ino, birthtimeMs } = statSync(path)
  return { inode: ino, bornMs: birthtimeMs }
}

/** Notes the project of a store that does not lie in its root. */
export function writeRoot(path: string, root: string): void {
  const store = realpathSync(path)
  const record: RootRecord = { root: realpathSync(root), store, ...birthOf(store) }
  if (record.root !== dirname(store)) writeFileSync(join(store, ROOT_FILE), `${JSON.stringify(record)}\n`, { mode: 0o600, flush: true })
}

/** Returns the project that a store was made for, if it lies elsewhere; throws `CONFIG_INVALID` where the store was moved since. */
function readRoot(path: string): string | undefined {
  const file = join(path, ROOT_FILE)
  const text = readSmall(file, ROOT_MAX_BYTES)
  if (text === undefined) return undefined
  const { root, store, inode, bornMs } = parseRoot(text, file)
  const birth = birthOf(path)
  if (store === path && inode === birth.inode && bornMs === birth.bornMs) return root
  throw new AtomError('CONFIG_INVALID', `this store was made for the project ${root} and has been moved or copied since: ${path}`, {
    data: { file, reason: 'it was written for another folder' }, hint: `name its project: ATOM_WORK_TREE=DIR, or delete ${file} to take the folder that it lies in`,
  })
}

function parseRoot(text: string, file: string): RootRecord {
  try {
    const { root, store, inode, bornMs } = JSON.parse(text) as { readonly [key: string]: unknown }
    if (typeof root === 'string' && typeof store === 'string' && typeof inode === 'number' && typeof bornMs === 'number') return { root, store, inode, bornMs }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new AtomError('CONFIG_INVALID', `the file that names the project cannot be read: ${file}`, { data: { file, reason: 'not what init writes' }, hint: `name the project: ATOM_WORK_TREE=DIR, or delete ${file} to take the folder that the store lies in` })
}

/** Tells whether a folder is a store: `.atom` is used by other programs too. */
export function isStore(path: string): boolean {
  return readFormatText(path)?.startsWith('atom ') === true
}

/** Returns the format of a store; throws `FORMAT_NEWER` for what this program cannot read. */
export function readFormat(path: string): { readonly version: number; readonly isUser: boolean } {
  const text = readFormatText(path) ?? ''
  const [, digits = '', kind] = /^atom (\d+)(?: (user))?\s*$/.exec(text) ?? []
  const version = Number(digits)
  if (digits === '') throw new AtomError('CONFIG_INVALID', `the format file cannot be read: ${join(path, 'format')}`, { data: { file: join(path, 'format'), reason: 'not `atom N`' } })
  if (version > FORMAT_VERSION) {
    throw new AtomError('FORMAT_NEWER', `this store has format ${String(version)}, and this program reads up to ${String(FORMAT_VERSION)}`, { data: { found: version, known: FORMAT_VERSION }, hint: 'install a newer atom' })
  }
  return { version, isUser: kind === 'user' }
}

function readFormatText(path: string): string | undefined {
  return readSmall(join(path, 'format'), FORMAT_MAX_BYTES)
}

/** Returns the text of a file that is there and not longer than it may be. */
function readSmall(file: string, maxBytes: number): string | undefined {
  try {
    const found = statSync(file, { throwIfNoEntry: false })
    return found?.isFile() === true && found.size <= maxBytes ? readFileSync(file, 'utf8') : undefined
  } catch (error) {
    if (NOT_THERE.includes((error as { code?: string }).code ?? '')) return undefined
    throw error
  }
}

/** Refuses a store of somebody else: its settings and contents could be a trap. */
function checkOwner(path: string, env: Environment): void {
  const user = process.getuid?.()
  if (user === undefined) return
  const owner = statSync(path).uid
  if (owner === user || isSafe(path, env)) return
  throw new AtomError('STORE_OWNER', `this store belongs to somebody else: ${path}`, { data: { folder: path, owner, user }, hint: `atom config --user safe.directory ${JSON.stringify(path)}` })
}

/** Tells whether the user's own config names a folder in `safe.directory`. Read with a pattern: this is asked before any parser is loaded. */
function isSafe(path: string, env: Environment): boolean {
  try {
    const text = readFileSync(userConfigFile(env), 'utf8')
    const section = /^\[safe\]\s*$([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(text)?.[1] ?? ''
    return [...section.matchAll(/"((?:[^"\\]|\\.)*)"/g)].some(([, quoted]) => quoted === '*' || JSON.parse(`"${quoted ?? ''}"`) === path)
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return false
    throw error
  }
}

export function userConfigFile(env: Environment): string {
  const config = env['XDG_CONFIG_HOME']
  return join(config !== undefined && config.startsWith('/') ? config : join(homeFolder(env), '.config'), 'atom', 'config.toml')
}
