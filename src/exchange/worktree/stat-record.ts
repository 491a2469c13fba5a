/**
 * What is remembered of a file that was read or written: its entry, and the stat data it had then. While the data still match, nobody needs to
 * read it again.
 *
 * git's rule for racy files: a change within the clock tick in which a file was looked at may leave its stat data as they were, so a record made
 * that close to the file's own time proves nothing.
 */
import type { BigIntStats } from 'node:fs'
import { idBytes, idFromBytes } from '../../codec/object-id.js'
import { EXECUTABLE_MODE, FILE_MODE, SYMLINK_MODE, type EntryMode, type TreeEntry } from '../../object/tree.js'

export interface FileRecord {
  readonly entry: TreeEntry
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  readonly sizeBytes: bigint
  readonly ino: bigint
  /** When the file was looked at, by this machine's clock. */
  readonly seenNs: bigint
}

const VERSION = 1
const RECORD_BYTES = 75
const MODES: readonly EntryMode[] = [FILE_MODE, EXECUTABLE_MODE, SYMLINK_MODE]
/** Longer than the tick of any kernel's file clock; whole seconds mean a file system that keeps no fractions, or only even seconds (FAT). */
const TICK_NS = 20_000_000n
const COARSE_TICK_NS = 2_100_000_000n
const SECOND_NS = 1_000_000_000n

/** Returns the record of a file. `seenMs` is a time before its content was read: what changes after it has later stat data, but for the tick it lies in. */
export function encodeFileRecord(entry: TreeEntry, stat: BigIntStats, seenMs: number): Uint8Array {
  const bytes = new Uint8Array(RECORD_BYTES)
  const view = new DataView(bytes.buffer)
  bytes[0] = VERSION
  bytes[1] = MODES.indexOf(entry.mode)
  bytes.set(idBytes(entry.link), 2)
  view.setBigInt64(35, stat.mtimeNs)
  view.setBigInt64(43, stat.ctimeNs)
  view.setBigInt64(51, stat.size)
  view.setBigInt64(59, BigInt.asIntN(64, stat.ino))
  view.setBigInt64(67, BigInt(seenMs) * 1_000_000n)
  return bytes
}

/** Returns the record in bytes, or undefined for anything else: a record is a cache, and one that cannot be read is as good as none. */
export function getFileRecord(bytes: Uint8Array | undefined): FileRecord | undefined {
  const mode = MODES[bytes?.[1] ?? -1]
  if (bytes?.length !== RECORD_BYTES || bytes[0] !== VERSION || mode === undefined) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return {
    entry: { mode, link: idFromBytes(bytes.subarray(2, 35)) },
    mtimeNs: view.getBigInt64(35), ctimeNs: view.getBigInt64(43), sizeBytes: view.getBigInt64(51), ino: view.getBigInt64(59), seenNs: view.getBigInt64(67),
  }
}

/** Tells whether a file's stat data prove that it still holds what the record says. */
export function isProven(record: FileRecord, stat: BigIntStats): boolean {
  return isSameStat(record, stat) && record.entry.mode === modeOf(stat) && !isRacy(record)
}

function isSameStat(record: FileRecord, stat: BigIntStats): boolean {
  return record.mtimeNs === stat.mtimeNs && record.ctimeNs === stat.ctimeNs && record.sizeBytes === stat.size && record.ino === BigInt.asIntN(64, stat.ino)
}

/** Tells whether the record was made within a tick of the file's own time. */
export function isRacy({ mtimeNs, ctimeNs, seenNs }: Pick<FileRecord, 'mtimeNs' | 'ctimeNs' | 'seenNs'>): boolean {
  const changedNs = mtimeNs > ctimeNs ? mtimeNs : ctimeNs
  return changedNs + (ctimeNs % SECOND_NS === 0n ? COARSE_TICK_NS : TICK_NS) >= seenNs
}

/** Returns the mode that a file's stat data mean in a tree; undefined for folders, devices, pipes and sockets. */
export function modeOf(stat: BigIntStats): EntryMode | undefined {
  if (stat.isSymbolicLink()) return SYMLINK_MODE
  if (!stat.isFile()) return undefined
  return (stat.mode & 0o100n) === 0n ? FILE_MODE : EXECUTABLE_MODE
}

/** Says what stands at a path that can be no tracked file. */
export function kindText(stat: BigIntStats): string {
  if (stat.isDirectory()) return 'a folder'
  if (stat.isFIFO()) return 'a named pipe'
  if (stat.isSocket()) return 'a socket'
  return stat.isBlockDevice() || stat.isCharacterDevice() ? 'a device' : 'no regular file'
}
