/** The files that paths name: a file itself, a folder's in an order that its listing has no part in. Symbolic links in folders are not followed. */
import type { Stats } from 'node:fs'
import { lstat, readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { compareText } from '../../base/bytes.js'
import { getTag } from './tag.js'

export interface FoundFile {
  readonly path: string
  /** As it was named, or below the folder that was. */
  readonly shown: string
  readonly sizeBytes: number
  /** `named`: by the user; `found`: in a folder of his, where it may be anything. */
  readonly how: 'named' | 'found'
}

/** Something that is not read, and why. */
export interface PassedOver {
  readonly shown: string
  readonly reason: string
}

const LEFT_OUT = new Set(['.git', 'node_modules', '.atom'])
const FOLDERS_DEEP_MAX = 64

/** Yields each file once, however many of the paths lead to it. Throws `SOURCE_UNREADABLE` for a path that is not there before it yields anything. */
export async function* findFiles(paths: readonly string[], cwd: string): AsyncIterable<FoundFile | PassedOver> {
  const starts = await Promise.all(paths.map(async (shown) => ({ shown, path: resolve(cwd, shown), stats: await statOf(shown, resolve(cwd, shown)) })))
  const seen = new Set<string>()
  const isNew = ({ dev, ino }: { readonly dev: number; readonly ino: number }): boolean => {
    const key = `${String(dev)}:${String(ino)}`
    return !seen.has(key) && seen.add(key).size > 0
  }
  for (const { shown, path, stats } of starts) {
    if (stats.isDirectory()) yield* walk({ path, shown, depth: 0 }, isNew)
    else if (!stats.isFile()) throw unreadable(shown, 'it is neither a file nor a folder')
    else if (isNew(stats)) yield { path, shown, sizeBytes: stats.size, how: 'named' }
  }
}

async function statOf(shown: string, path: string): Promise<Stats> {
  try {
    return await stat(path)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw unreadable(shown, code === 'ENOENT' ? 'there is no such file or folder' : code === 'ELOOP' ? 'its links lead round in a circle' : message, cause)
  }
}

export function unreadable(source: string, reason: string, cause?: unknown): AtomError<'SOURCE_UNREADABLE'> {
  return new AtomError('SOURCE_UNREADABLE', `cannot read ${source}: ${reason}`, { data: { source, reason }, hint: 'name the log, the folder of decisions or the database of KENL', cause })
}

interface Folder { readonly path: string; readonly shown: string; readonly depth: number }
type IsNew = (stats: { readonly dev: number; readonly ino: number }) => boolean

async function* walk(folder: Folder, isNew: IsNew): AsyncIterable<FoundFile | PassedOver> {
  if (folder.depth > FOLDERS_DEEP_MAX) {
    yield { shown: folder.shown, reason: `it lies more than ${String(FOLDERS_DEEP_MAX)} folders deep` }
    return
  }
  const names = await orReason(readdir(folder.path))
  if (typeof names === 'string') {
    yield { shown: folder.shown, reason: names }
    return
  }
  for (const name of names.filter((one) => !LEFT_OUT.has(one)).map((one) => [orderOf(one), one] as const).sort(([left], [right]) => compareText(left, right)).map(([, one]) => one)) {
    yield* entry({ path: join(folder.path, name), shown: `${folder.shown.replace(/\/$/, '')}/${name}`, depth: folder.depth + 1 }, isNew)
  }
}

async function* entry(place: Folder, isNew: IsNew): AsyncIterable<FoundFile | PassedOver> {
  const stats = await orReason(lstat(place.path))
  if (typeof stats === 'string') yield { shown: place.shown, reason: stats }
  else if (stats.isDirectory()) yield* walk(place, isNew)
  else if (!stats.isFile()) yield { shown: place.shown, reason: stats.isSymbolicLink() ? 'it is a symbolic link' : 'it is no plain file' }
  else if (isNew(stats)) yield { path: place.path, shown: place.shown, sizeBytes: stats.size, how: 'found' }
}

/** By day and number where a name has them, so that what comes later comes behind; by name before those. */
function orderOf(name: string): string {
  const tag = getTag(name.replace(/\.[a-z]+$/, ''))
  return tag?.day === undefined ? `0${name}` : `1${tag.day}${tag.number.padStart(20, '0')}${name}`
}

async function orReason<Value>(reading: Promise<Value>): Promise<Value | string> {
  try {
    return await reading
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    return message
  }
}
