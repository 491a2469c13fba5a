/** Finds the folder of a store: ATOM_DIR, else by walking up like git, else the machine-wide one. A folder counts only with `format` in it. */
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { AtomError } from '../base/errors.js'
import type { AppContext, Environment } from './context.js'

export const FOLDER_NAME = '.atom'
export const FORMAT_VERSION = 1
const FORMAT_MAX_BYTES = 1_024
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

export function getFolder({ cwd, env }: Pick<AppContext, 'cwd' | 'env'>): StoreFolder | undefined {
  const named = env['ATOM_DIR']
  if (named !== undefined && named !== '') {
    const path = resolve(cwd, named)
    if (!isStore(path)) throw new AtomError('REPO_NOT_FOUND', `ATOM_DIR names no atom store: ${path}`, { data: { folder: path }, hint: 'atom init, or unset ATOM_DIR' })
    return storeFolder(path)
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const path = join(folder, FOLDER_NAME)
    if (isStore(path)) return storeFolder(path)
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

function storeFolder(path: string): StoreFolder {
  const real = realpathSync(path)
  // A machine-wide store says so in its format file; any other one belongs to the folder it lies in.
  return { path: real, root: readFormat(real).isUser ? undefined : dirname(real) }
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
  const file = join(path, 'format')
  try {
    const found = statSync(file, { throwIfNoEntry: false })
    return found?.isFile() === true && found.size <= FORMAT_MAX_BYTES ? readFileSync(file, 'utf8') : undefined
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
