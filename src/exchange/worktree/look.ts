/** Looks at tracked paths on disk, following no symbolic link below the scope's folder. One look is one moment: it remembers the folders it saw. */
import { lstatSync, readdirSync, type BigIntStats } from 'node:fs'
import { join } from 'node:path'
import { AtomError } from '../../base/errors.js'
import type { Place } from './places.js'

export type Found =
  | { readonly is: 'there'; readonly file: string; readonly stat: BigIntStats }
  /** `file` is where it would lie; its parents may be missing too. */
  | { readonly is: 'absent'; readonly file: string }
  /** Something that is no folder stands where a parent belongs: at the first `depth` segments. */
  | { readonly is: 'blocked'; readonly by: string; readonly depth: number; readonly what: 'symlink' | 'file' }

export interface Look {
  find(place: Place): Found
  /** Returns the parent's folder as it was seen. */
  findFolder(place: Place): Found
}

export function createLook(): Look {
  const folders = new Map<string, Found>()
  const names = new Map<string, ReadonlyMap<string, string>>()
  const child = (folder: string, name: string): Found => {
    const file = join(folder, name)
    const stat = getStat(file)
    if (stat !== undefined) return { is: 'there', file, stat }
    // A name that came from disk was made NFC; the disk may still hold it decomposed.
    const raw = isAscii(name) ? undefined : decomposedNames(folder, names).get(name)
    const rawStat = raw === undefined ? undefined : getStat(join(folder, raw))
    return raw === undefined || rawStat === undefined ? { is: 'absent', file } : { is: 'there', file: join(folder, raw), stat: rawStat }
  }
  const folderAt = (root: string, segments: readonly string[]): Found => {
    const key = `${root}\0${segments.join('/')}`
    const known = folders.get(key)
    if (known !== undefined) return known
    const found = segments.length === 0 ? seeRoot(root) : below(root, segments)
    folders.set(key, found)
    return found
  }
  const below = (root: string, segments: readonly string[]): Found => {
    const parent = folderAt(root, segments.slice(0, -1))
    const name = segments[segments.length - 1] ?? ''
    if (parent.is === 'blocked') return parent
    if (parent.is === 'absent') return { is: 'absent', file: join(parent.file, name) }
    if (parent.stat.isDirectory()) return child(parent.file, name)
    return { is: 'blocked', by: parent.file, depth: segments.length - 1, what: parent.stat.isSymbolicLink() ? 'symlink' : 'file' }
  }
  return {
    find: ({ folder, segments }) => (segments.length === 0 ? folderAt(folder, []) : below(folder, segments)),
    findFolder: ({ folder, segments }) => folderAt(folder, segments.slice(0, -1)),
  }
}

function seeRoot(root: string): Found {
  const stat = getStat(root)
  return stat === undefined ? { is: 'absent', file: root } : { is: 'there', file: root, stat }
}

/** Returns the stat data of a path itself, or undefined when nothing is there. Throws `FILE_UNREADABLE`. */
export function getStat(file: string): BigIntStats | undefined {
  try {
    return lstatSync(file, { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ENOENT') return undefined
    throw unreadable(file, error)
  }
}

/** Returns a failed system call as `FILE_UNREADABLE`, and what else went wrong meanwhile (a full store, say) as it is. */
export function unreadable(file: string, error: unknown): unknown {
  const { code, syscall } = error as { code?: string; syscall?: string }
  if (code === undefined || syscall === undefined) return error
  const reason = REASONS[code] ?? code
  return new AtomError('FILE_UNREADABLE', `cannot read ${file}: ${reason}`, { data: { path: file, reason }, cause: error })
}

export const REASONS: { readonly [code: string]: string | undefined } = {
  EACCES: 'permission denied', EPERM: 'not permitted', EROFS: 'the file system is read-only', ELOOP: 'it is or became a symbolic link', EIO: 'the disk reports an error',
  ENOSPC: 'no space is left on the disk', EDQUOT: 'the disk quota is used up', EFBIG: 'it is too large for the file system', EMFILE: 'too many files are open', ENAMETOOLONG: 'its name is too long',
  ENOTDIR: 'a part of its path is no folder', EISDIR: 'it is a folder', EINVAL: 'the file system does not take its name', EILSEQ: 'the file system does not take its name', ENXIO: 'it is no regular file',
}

function isAscii(name: string): boolean {
  // eslint-disable-next-line no-control-regex -- all of ASCII
  return /^[\x00-\x7f]*$/.test(name)
}

/** Returns, of the names in a folder that are not NFC, what each is in NFC. */
function decomposedNames(folder: string, known: Map<string, ReadonlyMap<string, string>>): ReadonlyMap<string, string> {
  const seen = known.get(folder)
  if (seen !== undefined) return seen
  const found = new Map(readNames(folder).filter((name) => name.normalize('NFC') !== name).map((name) => [name.normalize('NFC'), name]))
  known.set(folder, found)
  return found
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    throw unreadable(folder, error)
  }
}
