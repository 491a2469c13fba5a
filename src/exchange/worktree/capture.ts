/**
 * Reads files into objects, each once: what was hashed is what is stored. A file that changes while it is read is read again.
 *
 * Refuses pipes, sockets, devices; follows no symbolic link; holds at most one batch of a large file in memory.
 */
import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, type BigIntStats } from 'node:fs'
import { AtomError } from '../../base/errors.js'
import { concatBytes } from '../../base/bytes.js'
import { BATCH_MAX_BYTES, CHUNK_BYTES } from '../../base/limits.js'
import type { SealedObject } from '../../object/seal.js'
import { SYMLINK_MODE, type TreeEntry } from '../../object/tree.js'
import type { CapturedFile } from '../../ops/ports.js'
import { createContentBuilder, sealContent, type SealedContent } from '../../store/content.js'
import { createLook, getStat, unreadable, type Found } from './look.js'
import type { Place, Places } from './places.js'
import { encodeFileRecord, kindText, modeOf } from './stat-record.js'

export type Ahead = (objects: readonly SealedObject[]) => Promise<void>

const ATTEMPTS = 5
const SIZELESS_BYTES = 4_096
/** The last two are undefined on Windows, which counts as 0: opening follows links there, but the file was looked at before, and the inode is compared. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Returns the file or symlink at a place, or undefined where there is none (a folder counts as none). Throws `FILE_UNREADABLE`, `PATH_INVALID`. */
export async function captureFile(places: Places, place: Place, ahead: Ahead): Promise<CapturedFile | undefined> {
  const reason = places.getProtection(place)
  if (reason !== undefined) throw new AtomError('PATH_INVALID', `cannot record ${places.display(place.path)}: ${reason}`, { data: { path: places.display(place.path), reason } })
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = createLook().find(place)
    if (found.is !== 'there' || found.stat.isDirectory()) return undefined
    const read = await readFound(found, ahead)
    if (read === undefined) continue
    const entry: TreeEntry = { mode: read.mode, link: read.content.id }
    return { path: place.path, entry, objects: read.content.objects, layout: { path: place.path, bytes: encodeFileRecord(entry, read.stat, read.seenMs) } }
  }
  throw unreadableFor(places.display(place.path), 'it keeps changing while it is read')
}

/** Returns what a file holds without keeping it: the entry that a capture would give; undefined when it changed meanwhile. */
export async function readEntry(found: Extract<Found, { is: 'there' }>): Promise<ReadEntry | undefined> {
  const read = await readFound(found, () => Promise.resolve())
  return read === undefined ? undefined : { entry: { mode: read.mode, link: read.content.id }, stat: read.stat, seenMs: read.seenMs }
}

export interface ReadEntry {
  readonly entry: TreeEntry
  readonly stat: BigIntStats
  /** Before the first byte was read. */
  readonly seenMs: number
}

interface ReadFile extends Omit<ReadEntry, 'entry'> { readonly content: SealedContent; readonly mode: TreeEntry['mode'] }

/** Returns the content of what was found, or undefined when it is not the same any more. */
async function readFound({ file, stat }: Extract<Found, { is: 'there' }>, ahead: Ahead): Promise<ReadFile | undefined> {
  const mode = modeOf(stat)
  const seenMs = Date.now()
  if (mode === undefined) throw unreadableFor(file, `it is ${kindText(stat)}`)
  if (mode === SYMLINK_MODE) return readLink(file, stat, seenMs)
  const handle = open(file)
  if (handle === undefined) return undefined
  try {
    const before = fstatSync(handle, { bigint: true })
    if (!before.isFile() || before.ino !== stat.ino || before.dev !== stat.dev) return undefined
    const content = before.size <= BigInt(CHUNK_BYTES) ? sealSmall(handle, Number(before.size)) : await sealLarge(handle, ahead)
    const after = fstatSync(handle, { bigint: true })
    if (content === undefined || !isSame(before, after)) return undefined
    return { content, mode: modeOf(after) ?? mode, stat: after, seenMs }
  } catch (error) {
    throw unreadable(file, error)
  } finally {
    closeSync(handle)
  }
}

function readLink(file: string, stat: BigIntStats, seenMs: number): ReadFile | undefined {
  try {
    const target = new Uint8Array(readlinkSync(file, { encoding: 'buffer' }))
    const after = getStat(file)
    return after === undefined || !isSame(stat, after) ? undefined : { content: sealContent(target), mode: SYMLINK_MODE, stat: after, seenMs }
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ENOENT' || code === 'EINVAL') return undefined
    throw unreadable(file, error)
  }
}

function open(file: string): number | undefined {
  try {
    return openSync(file, OPEN_FLAGS)
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR') return undefined
    throw unreadable(file, error)
  }
}

function isSame(before: BigIntStats, after: BigIntStats): boolean {
  return before.mtimeNs === after.mtimeNs && before.ctimeNs === after.ctimeNs && before.size === after.size && before.ino === after.ino
}

/** Returns the content of a file of at most 1 MiB, or undefined when it grew beyond. Files that tell no size (of /proc) are read to their end. */
function sealSmall(handle: number, sizeBytes: number): SealedContent | undefined {
  let bytes: Uint8Array = new Uint8Array(sizeBytes === 0 ? SIZELESS_BYTES : sizeBytes + 1)
  for (let length = 0; ;) {
    const count = readSync(handle, bytes, length, bytes.length - length, length)
    if (count === 0) return sealContent(bytes.slice(0, length))
    length += count
    if (length > CHUNK_BYTES) return undefined
    if (length === bytes.length) bytes = concatBytes([bytes, new Uint8Array(bytes.length)])
  }
}

async function sealLarge(handle: number, ahead: Ahead): Promise<SealedContent> {
  const builder = createContentBuilder()
  let batch: SealedObject[] = []
  for (let offset = 0; ;) {
    const bytes = new Uint8Array(CHUNK_BYTES)
    const count = readSync(handle, bytes, 0, bytes.length, offset)
    if (count === 0) break
    offset += count
    batch.push(...builder.add(bytes.subarray(0, count)))
    if (batch.length * CHUNK_BYTES < BATCH_MAX_BYTES) continue
    await ahead(batch)
    batch = []
  }
  const { id, objects } = builder.end()
  const last = objects.slice(-1)
  const chunks = [...batch, ...objects.slice(0, -1)]
  if (chunks.length > 0) await ahead(chunks)
  return { id, objects: last }
}

function unreadableFor(path: string, reason: string): AtomError<'FILE_UNREADABLE'> {
  return new AtomError('FILE_UNREADABLE', `cannot read ${path}: ${reason}`, { data: { path, reason } })
}
