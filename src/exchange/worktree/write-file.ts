/**
 * Puts one file in place of what is there: a temp file in the same folder, then a rename, so that interrupted anywhere the file is whole, old or new.
 *
 * Follows no symbolic link: parents are looked at before the temp file is made and again before the rename. Keeps the permissions of the file that
 * it replaces, so that a private one stays private; never sets setuid.
 */
import { closeSync, fchmodSync, fchownSync, fstatSync, mkdirSync, openSync, readdirSync, renameSync, rmdirSync, symlinkSync, unlinkSync, writeSync, type BigIntStats } from 'node:fs'
import { dirname, join } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { concatBytes } from '../../base/bytes.js'
import { EXECUTABLE_MODE, SYMLINK_MODE, type EntryMode } from '../../object/tree.js'
import { createLook, getStat, REASONS, type Found } from './look.js'
import type { Place } from './places.js'
import { isAbandoned, makeTempName } from './temp-name.js'

export interface FileContent {
  readonly mode: EntryMode
  readonly chunks: Iterable<Uint8Array>
}

export interface WriteOptions {
  /** As people see the path. */
  readonly shown: string
  /** Called with what is there just before it is replaced; throws to keep it. */
  check?(found: Found): void
}

export interface ReplacedFile {
  readonly file: string
  /** As it is afterwards; undefined when somebody replaced it at once. */
  readonly stat: BigIntStats | undefined
}

/** Writes a file or symlink. */
export function replaceFile(place: Place, content: FileContent, options: WriteOptions): ReplacedFile {
  return translated(options.shown, () => {
    const look = createLook()
    const there = look.findFolder(place)
    const folder = isFolder(there) ? there : makeParents(place, options)
    const temp = join(folder.file, makeTempName())
    try {
      const found = look.find(place)
      const written = content.mode === SYMLINK_MODE ? writeLink(temp, content) : writeContent(temp, content, found.is === 'there' ? found.stat : undefined)
      const target = findAgain(place, folder, options)
      options.check?.(target)
      if (target.is === 'there' && target.stat.isDirectory()) removeEmptyFolders(target.file)
      renameSync(temp, target.file)
      const stat = getStat(target.file)
      const isAsWritten = stat?.ino === written.ino && stat.size === written.size && stat.mtimeNs === written.mtimeNs
      return { file: target.file, stat: isAsWritten ? stat : undefined }
    } catch (error) {
      removeIfThere(temp)
      throw error
    }
  })
}

/** Removes a file or symlink and the folders that it leaves empty, up to the scope's folder and not the one we stand in. */
export function removeFile(place: Place, options: WriteOptions & { readonly cwd: string }): void {
  translated(options.shown, () => {
    const found = createLook().find(place)
    if (found.is !== 'there' || found.stat.isDirectory()) return
    options.check?.(found)
    unlinkSync(found.file)
    removeEmptyParents(place, found.file, options.cwd)
  })
}

function removeEmptyParents(place: Place, file: string, cwd: string): void {
  let folder = dirname(file)
  for (let depth = place.segments.length - 1; depth > 0 && folder !== cwd && !cwd.startsWith(`${folder}/`); depth--) {
    try {
      rmdirSync(folder)
    } catch (error) {
      // Not empty, a mount point, or not ours to remove: it stays.
      if (['ENOTEMPTY', 'EEXIST', 'EBUSY', 'EACCES', 'EPERM', 'EROFS', 'ENOENT'].includes((error as { code?: string }).code ?? '')) return
      throw error
    }
    folder = dirname(folder)
  }
}

/** Renames a file or folder; parents of the new place are made, those of the old one that stay empty go. */
export function moveFile({ from, to }: { readonly from: Place; readonly to: Place }, options: WriteOptions & { readonly over: 'replace' | 'refuse'; readonly cwd: string }): void {
  translated(options.shown, () => {
    const folder = makeParents(to, options)
    const target = findAgain(to, folder, options)
    const source = createLook().find(from)
    if (source.is !== 'there') throw unwritable(options.shown, 'what should be moved there is gone')
    if (target.is === 'there' && (options.over === 'refuse' || !target.stat.isFile())) throw unwritable(options.shown, 'something is there')
    renameSync(source.file, target.file)
    removeEmptyParents(from, source.file, options.cwd)
  })
}

/** Clears away what killed writers left in a folder. */
export function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) if (isAbandoned(name)) removeIfThere(join(folder, name))
}

type ThereFolder = Extract<Found, { is: 'there' }>

function isFolder(found: Found): found is ThereFolder {
  return found.is === 'there' && found.stat.isDirectory()
}

/** Returns the parent's folder, made where it is missing, one step at a time and never through a symbolic link. */
function makeParents(place: Place, { shown }: WriteOptions): ThereFolder {
  for (let depth = 0; depth < place.segments.length; depth++) {
    const found = createLook().find({ ...place, segments: place.segments.slice(0, depth) })
    if (found.is === 'blocked' || (found.is === 'there' && !found.stat.isDirectory())) throw unwritable(shown, `no folder is where its path needs one: ${found.is === 'blocked' ? found.by : found.file}`)
    if (found.is === 'absent') makeFolder(found.file, depth)
  }
  const folder = createLook().findFolder(place)
  if (!isFolder(folder)) throw unwritable(shown, 'its folder is gone or became a symbolic link')
  return folder
}

function makeFolder(folder: string, depth: number): void {
  try {
    mkdirSync(folder, { recursive: depth === 0 })
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error
  }
}

/** Looks at the file again, sure that its folder is the one that was found before. */
function findAgain(place: Place, folder: ThereFolder, { shown }: WriteOptions): Exclude<Found, { is: 'blocked' }> {
  const look = createLook()
  const again = look.findFolder(place)
  if (again.is !== 'there' || again.stat.ino !== folder.stat.ino || again.stat.dev !== folder.stat.dev) throw unwritable(shown, 'its folder was replaced meanwhile')
  const found = look.find(place)
  if (found.is === 'blocked') throw unwritable(shown, 'its folder was replaced meanwhile')
  return found
}

function writeContent(temp: string, { mode, chunks }: FileContent, old: BigIntStats | undefined): BigIntStats {
  const isKept = old?.isFile() === true
  const handle = openSync(temp, 'wx', isKept ? 0o600 : mode === EXECUTABLE_MODE ? 0o777 : 0o666)
  try {
    for (const chunk of chunks) writeAll(handle, chunk)
    if (isKept) keepPermissions(handle, { mode, old })
    return fstatSync(handle, { bigint: true })
  } finally {
    closeSync(handle)
  }
}

function writeAll(handle: number, chunk: Uint8Array): void {
  for (let offset = 0; offset < chunk.length;) offset += writeSync(handle, chunk, offset)
}

function keepPermissions(handle: number, { mode, old }: { readonly mode: EntryMode; readonly old: BigIntStats }): void {
  const permissions = Number(old.mode & 0o777n)
  if (process.getuid?.() === 0) fchownSync(handle, Number(old.uid), Number(old.gid))
  fchmodSync(handle, mode === EXECUTABLE_MODE ? permissions | ((permissions & 0o444) >> 2) : permissions & ~0o111)
}

function writeLink(temp: string, { chunks }: FileContent): BigIntStats {
  symlinkSync(Buffer.from(concatBytes([...chunks])), temp)
  const stat = getStat(temp)
  if (stat === undefined) throw unwritable(temp, 'it was removed meanwhile')
  return stat
}

/** Removes a folder that holds nothing but folders. */
function removeEmptyFolders(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) removeEmptyFolders(join(folder, entry.name))
  rmdirSync(folder)
}

function removeIfThere(file: string): void {
  try {
    unlinkSync(file)
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error
  }
}

function translated<Value>(shown: string, write: () => Value): Value {
  try {
    return write()
  } catch (error) {
    const { code } = error as { code?: string }
    if (error instanceof AtomError || code === undefined) throw error
    const reason = REASONS[code] ?? code
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new AtomError('STORE_FULL', `${shown} was not written: ${reason}`, { data: { folder: shown }, hint: 'make room, then repeat the command: what was written is whole', cause: error })
    }
    throw unwritable(shown, reason, error)
  }
}

export function unwritable(shown: string, reason: string, cause?: unknown): AtomError<'FILE_UNWRITABLE'> {
  return new AtomError('FILE_UNWRITABLE', `cannot write ${shown}: ${reason}`, { data: { path: shown, reason }, ...(cause !== undefined && { cause }) })
}
