/**
 * The stores that this user has opened: one small file for each, named after its path, in the user's state folder. `recall --all-projects` looks there.
 *
 * Nothing depends on it: where it cannot be written, nothing is noted; a file that is deleted is a store that is not looked in until it is used again.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toDisplayText, utf8 } from '../../base/bytes.js'
import { sha256Hex } from '../../codec/hash.js'
import type { Environment } from '../context.js'
import { isStore } from '../folder.js'

/** Of what a full or foreign disk says. */
const NOT_WRITABLE: readonly string[] = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOENT', 'ENOTDIR']
/** What a name of a file may have, with the ending of one that is being written. */
const NAME_MAX_BYTES = 200
const ENDING = '.store'

/** Returns the folder of the notes; undefined where the environment has no home. */
function notesFolder(env: Environment): string | undefined {
  const { XDG_STATE_HOME: state, HOME: home } = env
  const base = state !== undefined && state.startsWith('/') ? state : home === undefined || home === '' ? undefined : join(home, '.local', 'state')
  return base === undefined ? undefined : join(base, 'atom', 'stores')
}

/** Notes a store, once. One look at the disk where it is known. */
export function noteStore(path: string, env: Environment): void {
  const folder = notesFolder(env)
  if (folder === undefined) return
  const file = join(folder, nameOf(path))
  if (existsSync(file)) return
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const temp = `${file}.${String(process.pid)}`
    writeFileSync(temp, `${path}\n`, { mode: 0o600 })
    renameSync(temp, file)
  } catch (error) {
    if (!NOT_WRITABLE.includes((error as { code?: string }).code ?? '')) throw error
  }
}

/** Every command asks for this name: a digest, which takes a third of a millisecond in a process that has just begun, is for long paths alone. */
function nameOf(path: string): string {
  const name = encodeURIComponent(toDisplayText(utf8(path)))
  return (name.length > NAME_MAX_BYTES ? sha256Hex(utf8(path)) : name) + ENDING
}

/** Returns the folders of the stores that were noted and are there, sorted. */
export function knownStores(env: Environment): readonly string[] {
  const folder = notesFolder(env)
  if (folder === undefined || !existsSync(folder)) return []
  const paths = readdirSync(folder).filter((name) => name.endsWith(ENDING)).map((name) => readFileSync(join(folder, name), 'utf8').replace(/\n$/, ''))
  return [...new Set(paths)].filter((path) => path.startsWith('/') && isStore(path)).sort()
}
