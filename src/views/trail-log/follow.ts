/**
 * Keeps `.atom/trail.log` up with the store: one line for each ATOM, in order of arrival. A log that is full gets a number, and the next one begins.
 *
 * Its cursor is its own last line: what arrived after that ATOM is appended, each slice in one write. A torn last line is cut off first. Where the last
 * line names no ATOM of this store (it was rewound, or somebody wrote into the log) no line is taken back, since that one is evidence: the log is read
 * through, and what has no line yet gets one. Called with the store open, so no other process appends meanwhile.
 */
import { closeSync, constants, createReadStream, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { AtomError } from '../../base/errors.js'
import { SeqSet } from '../../history/graph/seq-set.js'
import { createTrailIndex, type TrailIndex } from '../../index/trail-index.js'
import type { Follower } from '../../ops/ports.js'
import { readLogState } from '../../refs/log-state.js'
import { objectsOf } from '../../store/objects.js'
import type { RecordReader } from '../../store/types.js'
import { getTitle } from '../../trail/record.js'
import { beginNextLog, clearUnfinishedLogs, fullLog, fullLogs, replaceLogs, TRAIL_LOG, TRAIL_LOG_MAX_BYTES, trailLogFiles } from './files.js'
import { formatTrailLine, getLineObject } from './line.js'

export interface TrailLogSource {
  readonly store: RecordReader
  readonly index: TrailIndex
}

export interface TrailLogOptions {
  /** A log of this size is full. */
  readonly maxBytes?: number
}

const SLICE_LINES = 500
/** More than the longest line there is; nearly all are shorter than half of the other. */
const TAIL_BYTES = 32_768
const SHORT_TAIL_BYTES = 1_024
const NEWLINE = 10

/** Returns the log in a store's folder as a follower. */
export function createTrailLog(folder: string, options: TrailLogOptions = {}): Follower {
  return {
    name: TRAIL_LOG,
    async follow(source) {
      const added = await followTrailLog(folder, source, options)
      return { how: added === 0 ? 'current' : 'caught-up', added, removed: 0 }
    },
    async rebuild(source) {
      await rewriteTrailLog(folder, source, options)
      return { how: 'rebuilt', added: readLogState(source.store).atoms, removed: 0 }
    },
  }
}

/** Appends what is missing to the log in a store's folder. Reads one line and writes one, in the usual case. Returns how many lines it wrote. */
export async function followTrailLog(folder: string, source: TrailLogSource, { maxBytes = TRAIL_LOG_MAX_BYTES }: TrailLogOptions = {}): Promise<number> {
  for (let added = 0; ;) {
    const next = appendSlice(folder, source)
    if (next.is === 'lost') return added + await appendMissing(folder, source)
    added += next.added
    if (next.sizeBytes >= maxBytes) beginNextLog(folder)
    if (next.is === 'done') return added
    await pause()
  }
}

/** Makes the logs again from what the store holds, beside their places, and moves them there whole: after something was forgotten, or by `doctor`. */
export async function rewriteTrailLog(folder: string, { store }: Pick<TrailLogSource, 'store'>, { maxBytes = TRAIL_LOG_MAX_BYTES }: TrailLogOptions = {}): Promise<void> {
  clearUnfinishedLogs(folder)
  const fresh: string[] = []
  try {
    const { atoms } = readLogState(store)
    for (let seq = 0; seq < atoms || fresh.length === 0;) {
      const path = `${fullLog(folder, fresh.length + 1)}.new`
      fresh.push(path)
      seq = await writeLog(path, store, { from: seq, to: atoms, maxBytes })
    }
  } catch (error) {
    clearUnfinishedLogs(folder)
    throw error
  }
  replaceLogs(folder, fresh)
}

/** Writes lines into a new log until it is full. Returns the number of the first ATOM that has none yet. */
async function writeLog(path: string, store: RecordReader, { from, to, maxBytes }: { readonly from: number; readonly to: number; readonly maxBytes: number }): Promise<number> {
  const descriptor = openPlain(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC)
  try {
    let seq = from
    for (let sizeBytes = 0; seq < to && sizeBytes < maxBytes;) {
      const end = Math.min(to, seq + SLICE_LINES)
      if (seq > from) await pause()
      // An index of its own for each slice: what one remembers of a walk over everything is of no use to anybody.
      sizeBytes += writeAll(descriptor, linesOf({ store, index: createTrailIndex(store) }, seq, end))
      seq = end
    }
    fsyncSync(descriptor)
    return seq
  } finally {
    closeSync(descriptor)
  }
}

/** Opens a file that is one: a link or a pipe in its place would have us write elsewhere, or wait for ever. */
function openPlain(file: string, flags: number): number {
  const descriptor = openSync(file, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600)
  if (fstatSync(descriptor).isFile()) return descriptor
  closeSync(descriptor)
  throw new AtomError('FILE_UNWRITABLE', `this is no plain file: ${file}`, { data: { path: file, reason: 'no plain file' }, hint: 'move it away: atom doctor --reindex makes it again' })
}

/** One slice from the last line on, with nothing in between: whoever else appends in this process sees a whole line. */
function appendSlice(folder: string, source: TrailLogSource): { readonly is: 'done' | 'more' | 'lost'; readonly added: number; readonly sizeBytes: number } {
  const { atoms } = readLogState(source.store)
  const descriptor = openPlain(join(folder, TRAIL_LOG), constants.O_RDWR | constants.O_CREAT | constants.O_APPEND)
  try {
    const sizeBytes = fstatSync(descriptor).size
    const from = sizeBytes === 0 ? seqAfterFull(folder, source.index) : nextSeq(descriptor, source.index, sizeBytes)
    if (from === undefined || from > atoms) return { is: 'lost', added: 0, sizeBytes }
    const to = Math.min(atoms, from + SLICE_LINES)
    const written = to > from ? writeAll(descriptor, linesOf(source, from, to)) : 0
    return { is: to === atoms ? 'done' : 'more', added: to - from, sizeBytes: sizeBytes + written }
  } finally {
    closeSync(descriptor)
  }
}

/** Returns where a log that has just begun goes on: after the last line of the full one before it. */
function seqAfterFull(folder: string, index: TrailIndex): number | undefined {
  const last = fullLogs(folder).at(-1)
  if (last === undefined) return 0
  const descriptor = openPlain(fullLog(folder, last), constants.O_RDWR)
  try {
    const sizeBytes = fstatSync(descriptor).size
    return sizeBytes === 0 ? undefined : nextSeq(descriptor, index, sizeBytes)
  } finally {
    closeSync(descriptor)
  }
}

/** Returns the number of the first ATOM that has no line yet; undefined when the last line names none. Cuts off a torn one. */
function nextSeq(descriptor: number, index: TrailIndex, sizeBytes: number): number | undefined {
  const { tail, start, end } = readTail(descriptor, sizeBytes)
  const isWholeFile = tail.length === sizeBytes
  if (end < 0) {
    // Longer than any line of ours: somebody else's, and it gets an end.
    if (isWholeFile) ftruncateSync(descriptor, 0)
    else writeSync(descriptor, '\n')
    return isWholeFile ? 0 : undefined
  }
  if (end < tail.length - 1) ftruncateSync(descriptor, sizeBytes - tail.length + end + 1)
  if (start < 0 && !isWholeFile) return undefined
  const object = getLineObject(tail.toString('utf8', start + 1, end))
  const seq = object === undefined ? undefined : index.getSeq(object)
  return seq === undefined ? undefined : seq + 1
}

interface Tail { readonly tail: Buffer; readonly start: number; readonly end: number }

/** Reads the end of the log: its last whole line lies between the line ends at `start` and `end`, where they were found. */
function readTail(descriptor: number, sizeBytes: number): Tail {
  const short = readEnd(descriptor, sizeBytes, SHORT_TAIL_BYTES)
  return short.start >= 0 || sizeBytes <= SHORT_TAIL_BYTES ? short : readEnd(descriptor, sizeBytes, TAIL_BYTES)
}

function readEnd(descriptor: number, sizeBytes: number, lengthBytes: number): Tail {
  const tail = Buffer.alloc(Math.min(lengthBytes, sizeBytes))
  readSync(descriptor, tail, 0, tail.length, sizeBytes - tail.length)
  const end = tail.lastIndexOf(NEWLINE)
  return { tail, start: end <= 0 ? -1 : tail.lastIndexOf(NEWLINE, end - 1), end }
}

/** Appends a line for each ATOM that no log names. */
async function appendMissing(folder: string, { store, index }: TrailLogSource): Promise<number> {
  const known = new SeqSet()
  for (const file of trailLogFiles(folder)) {
    for await (const line of createInterface({ input: createReadStream(file) })) {
      const object = getLineObject(line)
      const seq = object === undefined ? undefined : index.getSeq(object)
      if (seq !== undefined) known.add(seq)
    }
  }
  const { atoms } = readLogState(store)
  const descriptor = openPlain(join(folder, TRAIL_LOG), constants.O_WRONLY | constants.O_APPEND)
  try {
    for (let seq = 0; seq < atoms; seq++) if (!known.has(seq)) writeAll(descriptor, linesOf({ store, index }, seq, seq + 1))
    return atoms - known.size
  } finally {
    closeSync(descriptor)
  }
}

function linesOf({ store, index }: TrailLogSource, from: number, to: number): string {
  const objects = objectsOf(store)
  let lines = ''
  for (let seq = from; seq < to; seq++) {
    const { timeMs, digest, atomId, agent, operation } = index.node(seq)
    // A vacant number: gc dropped its ATOM.
    if (atomId === '') continue
    lines += formatTrailLine({ timeMs, object: digest, atomId, agent, operation, title: getTitle({ objects, index }, seq) })
  }
  return lines
}

/** Returns how many bytes it wrote. */
function writeAll(descriptor: number, text: string): number {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at)
  return bytes.length
}

function pause(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve) })
}
