/**
 * Keeps `.atom/trail.log` up with the store: one line for each ATOM, in order of arrival.
 *
 * Its cursor is its own last line: what arrived after that ATOM is appended, each slice in one write. A torn last line is cut off first. Where the last
 * line names no ATOM of this store (it was rewound, or somebody wrote into the log) no line is taken back, since that one is evidence: the log is read
 * through, and what has no line yet gets one. Called with the store open, so no other process appends meanwhile.
 */
import { closeSync, constants, createReadStream, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { AtomError } from '../../base/errors.js'
import { SeqSet } from '../../history/graph/seq-set.js'
import type { TrailIndex } from '../../index/trail-index.js'
import type { Follower } from '../../ops/ports.js'
import { readLogState } from '../../refs/log-state.js'
import { objectsOf } from '../../store/objects.js'
import type { RecordReader } from '../../store/types.js'
import { getTitle } from '../../trail/record.js'
import { formatTrailLine, getLineObject } from './line.js'

export interface TrailLogSource {
  readonly store: RecordReader
  readonly index: TrailIndex
}

export const TRAIL_LOG = 'trail.log'
const SLICE_LINES = 500
/** More than the longest line there is; nearly all are shorter than half of the other. */
const TAIL_BYTES = 32_768
const SHORT_TAIL_BYTES = 1_024
const NEWLINE = 10

/** Returns the log in a store's folder as a follower. */
export function createTrailLog(folder: string): Follower {
  return {
    name: TRAIL_LOG,
    async follow(source) {
      const added = await followTrailLog(folder, source)
      return { how: added === 0 ? 'current' : 'caught-up', added, removed: 0 }
    },
    async rebuild(source) {
      await rewriteTrailLog(folder, source)
      return { how: 'rebuilt', added: readLogState(source.store).atoms, removed: 0 }
    },
  }
}

/** Appends what is missing to the log in a store's folder. Reads one line and writes one, in the usual case. Returns how many lines it wrote. */
export async function followTrailLog(folder: string, source: TrailLogSource): Promise<number> {
  const file = join(folder, TRAIL_LOG)
  for (let added = 0; ;) {
    const next = appendSlice(file, source)
    if (next.is === 'lost') return added + await appendMissing(file, source)
    added += next.added
    if (next.is === 'done') return added
    await pause()
  }
}

/** Makes the log again from what the store holds, beside its place, and moves it there whole: after something was forgotten, or by `doctor`. */
export async function rewriteTrailLog(folder: string, { store, index }: TrailLogSource): Promise<void> {
  const file = join(folder, TRAIL_LOG)
  // One name: what a program left that was killed is written over.
  const fresh = `${file}.new`
  const descriptor = openPlain(fresh, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC)
  try {
    const { atoms } = readLogState(store)
    for (let seq = 0; seq < atoms; seq += SLICE_LINES) {
      writeAll(descriptor, linesOf({ store, index }, seq, Math.min(atoms, seq + SLICE_LINES)))
      if (seq > 0) await pause()
    }
    fsyncSync(descriptor)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  } finally {
    closeSync(descriptor)
  }
  renameSync(fresh, file)
}

/** Opens a file that is one: a link or a pipe in its place would have us write elsewhere, or wait for ever. */
function openPlain(file: string, flags: number): number {
  const descriptor = openSync(file, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600)
  if (fstatSync(descriptor).isFile()) return descriptor
  closeSync(descriptor)
  throw new AtomError('FILE_UNWRITABLE', `this is no plain file: ${file}`, { data: { path: file, reason: 'no plain file' }, hint: 'move it away: atom doctor --reindex makes it again' })
}

/** One slice from the last line on, with nothing in between: whoever else appends in this process sees a whole line. */
function appendSlice(file: string, source: TrailLogSource): { readonly is: 'done' | 'more' | 'lost'; readonly added: number } {
  const { atoms } = readLogState(source.store)
  const descriptor = openPlain(file, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND)
  try {
    const from = nextSeq(descriptor, source.index)
    if (from === undefined || from > atoms) return { is: 'lost', added: 0 }
    const to = Math.min(atoms, from + SLICE_LINES)
    if (to > from) writeAll(descriptor, linesOf(source, from, to))
    return { is: to === atoms ? 'done' : 'more', added: to - from }
  } finally {
    closeSync(descriptor)
  }
}

/** Returns the number of the first ATOM that has no line yet; undefined when the last line names none. Cuts off a torn one. */
function nextSeq(descriptor: number, index: TrailIndex): number | undefined {
  const sizeBytes = fstatSync(descriptor).size
  if (sizeBytes === 0) return 0
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

/** Appends a line for each ATOM that the log does not name anywhere. */
async function appendMissing(file: string, { store, index }: TrailLogSource): Promise<number> {
  const known = new SeqSet()
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const object = getLineObject(line)
    const seq = object === undefined ? undefined : index.getSeq(object)
    if (seq !== undefined) known.add(seq)
  }
  const { atoms } = readLogState(store)
  const descriptor = openPlain(file, constants.O_WRONLY | constants.O_APPEND)
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

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at)
}

function pause(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve) })
}
