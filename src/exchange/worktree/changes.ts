/** Compares the disk with a tree: by remembered stat data first, by reading only where these prove nothing. */
import { setImmediate } from 'node:timers/promises'
import { compareText } from '../../base/bytes.js'
import type { ObjectId } from '../../codec/object-id.js'
import { SYMLINK_MODE, type TreeEntry } from '../../object/tree.js'
import type { ChangesOptions, LayoutRecord, LocalChange, LocalChangeKind, TrackedPath } from '../../ops/ports.js'
import { worktreeKey } from '../../store/keys.js'
import type { ObjectReader, RecordReader } from '../../store/types.js'
import { changeKind } from '../../tree/diff.js'
import { walkPath, type PathEntry } from '../../tree/read.js'
import { readEntry } from './capture.js'
import { listFiles, type ListContext } from './list.js'
import { createLook, type Found } from './look.js'
import { encodeFileRecord, getFileRecord, isProven, modeOf } from './stat-record.js'

/** Files looked at before others get their turn. */
const SLICE = 512

/** Returns what differs on disk from a tree, sorted by path. */
export async function findChanges(context: ListContext, source: RecordReader & ObjectReader, { tree, options }: { readonly tree: ObjectId; readonly options: ChangesOptions }): Promise<readonly LocalChange[]> {
  const changes: LocalChange[] = []
  const remembered: LayoutRecord[] = []
  const tracked = trackedAt(source, tree, options.paths ?? [''])
  const look = createLook()
  let count = 0
  for (const entry of tracked.values()) {
    if (++count % SLICE === 0) await setImmediate()
    const place = context.places.getPlace(entry.path)
    if (place === undefined || context.places.getProtection(place) !== undefined) continue
    const state = await readDisk(source, { path: entry.path, found: look.find(place), wanted: entry })
    if (state.refreshed !== undefined) remembered.push({ path: entry.path, bytes: state.refreshed })
    const change = localKind(entry, state)
    if (change !== undefined) changes.push({ path: entry.path, change })
  }
  if (isWorthRemembering(remembered)) options.remember?.(remembered)
  if (options.untracked === 'show') changes.push(...await findUntracked(context, tracked, options.paths ?? ['project']))
  return changes.sort((left, right) => compareText(left.path, right.path))
}

function trackedAt(source: ObjectReader, tree: ObjectId, paths: readonly TrackedPath[]): ReadonlyMap<TrackedPath, PathEntry> {
  const tracked = new Map<TrackedPath, PathEntry>()
  for (const path of paths) for (const entry of walkPath(source, tree, path)) tracked.set(entry.path, entry)
  return tracked
}

async function findUntracked(context: ListContext, tracked: ReadonlyMap<TrackedPath, unknown>, paths: readonly TrackedPath[]): Promise<LocalChange[]> {
  const found = new Set<TrackedPath>()
  for (const path of paths) {
    const place = context.places.getPlace(path)
    if (place === undefined) continue
    for (const file of await listFiles(context, place)) if (!tracked.has(file.path) && !tracked.has(file.diskPath)) found.add(file.path)
  }
  return [...found].map((path) => ({ path, change: 'untracked' }))
}

/** Fewer files, or less to read, are read again as quickly as they are remembered. */
const WORTH_FILES = 64
const WORTH_BYTES = 4_194_304

function isWorthRemembering(records: readonly LayoutRecord[]): boolean {
  const sizeBytes = records.reduce((sum, { bytes }) => sum + Number(getFileRecord(bytes)?.sizeBytes ?? 0n), 0)
  return records.length >= WORTH_FILES || sizeBytes >= WORTH_BYTES
}

/** What lies at a path now. */
export type DiskState =
  | { readonly is: 'file'; readonly entry: TreeEntry; readonly record: Uint8Array; readonly refreshed?: Uint8Array }
  /** A file that surely does not hold what was asked about; its content was not read, or could not be. */
  | { readonly is: 'other-file'; readonly isSymlink: boolean; readonly refreshed?: undefined }
  | { readonly is: 'absent' | 'folder' | 'special' | 'blocked'; readonly refreshed?: undefined }

export interface DiskQuestion {
  readonly path: TrackedPath
  readonly found: Found
  /** Where given, a file that surely differs from it is not read. */
  readonly wanted?: TreeEntry
}

/** Returns what lies at a path, read only where the remembered stat data prove nothing. */
export async function readDisk(source: RecordReader, { path, found, wanted }: DiskQuestion): Promise<DiskState> {
  if (found.is !== 'there') return { is: found.is }
  const mode = modeOf(found.stat)
  if (mode === undefined) return { is: found.stat.isDirectory() ? 'folder' : 'special' }
  const bytes = source.getRecord(worktreeKey(path))
  const record = getFileRecord(bytes)
  if (bytes !== undefined && record !== undefined && isProven(record, found.stat)) return { is: 'file', entry: record.entry, record: bytes }
  const other: DiskState = { is: 'other-file', isSymlink: mode === SYMLINK_MODE }
  if (wanted !== undefined && (mode === SYMLINK_MODE) !== (wanted.mode === SYMLINK_MODE)) return other
  if (wanted !== undefined && record?.entry.link === wanted.link && record.sizeBytes !== found.stat.size && found.stat.size > 0n) return other
  const read = await readOrNothing(found)
  if (read === undefined) return other
  const refreshed = encodeFileRecord(read.entry, read.stat, read.seenMs)
  return { is: 'file', entry: read.entry, record: refreshed, refreshed }
}

/** A file that cannot be read, or that changes meanwhile, is not what was laid out: recording it will say why. */
async function readOrNothing(found: Extract<Found, { is: 'there' }>): ReturnType<typeof readEntry> {
  try {
    return await readEntry(found)
  } catch (error) {
    if ((error as { code?: string }).code === 'FILE_UNREADABLE') return undefined
    throw error
  }
}

function localKind(wanted: TreeEntry, state: DiskState): LocalChangeKind | undefined {
  if (state.is === 'special') return 'type'
  if (state.is === 'other-file') return state.isSymlink === (wanted.mode === SYMLINK_MODE) ? 'modify' : 'type'
  if (state.is !== 'file') return 'delete'
  return changeKind({ before: { mode: wanted.mode, link: wanted.link }, after: state.entry }) as LocalChangeKind | undefined
}
