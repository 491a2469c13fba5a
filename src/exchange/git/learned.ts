/**
 * What was learned since a remote was opened, in a file: whoever reads all of a history is given it from there, without a question to git or the index for each object.
 *
 * Written parents first, and in each commit what is owned before its owner; given from the end, so owners come first and the newest before all. A commit's entries are followed by one that says
 * what it stands for, what its parents stand for, and how long it is.
 */
import { open, rm, type FileHandle } from 'node:fs/promises'
import { idBytes, idFromBytes, writeIdBytes, type ObjectId } from '../../codec/object-id.js'

/** `large`: a `file` object whose chunks are in git alone. */
export type EntryKind = 'whole' | 'large'

export interface LearnedObject {
  readonly id: ObjectId
  readonly bytes: Uint8Array
  readonly kind: EntryKind
}

export interface Learned extends AsyncDisposable {
  /** Keeps an object of the commit that is being read. */
  add(id: ObjectId, bytes: Uint8Array, kind: EntryKind): void
  /** Ends the commit. `id` is what it stands for; undefined: for nothing, and what was kept with it is never given. */
  close(id: ObjectId | undefined, parents: readonly ObjectId[]): void
  /** Tells whether so much waits that it has to be written. */
  readonly isFull: boolean
  write(): Promise<void>
  readonly isEmpty: boolean
  /** Forgets everything. */
  clear(): Promise<void>
  /**
   * Yields what commits that stand for `ids`, and those before them, brought with them. Stops at commits that stand for what `isHere` knows. Returns what it came to and has no commit of.
   */
  give(ids: readonly ObjectId[], isHere: (id: ObjectId) => boolean): AsyncGenerator<LearnedObject, readonly ObjectId[]>
}

const KINDS = ['whole', 'large', 'commit'] as const
const ID_BYTES = 33
/** Behind the bytes of an entry: id, kind, length. */
const FOOT_BYTES = ID_BYTES + 1 + 4
const LENGTH_BYTES = 6
const BLOCK_BYTES = 1_048_576
const NOTHING = new Uint8Array(ID_BYTES)

interface Entry {
  readonly id: Uint8Array
  readonly kind: (typeof KINDS)[number]
  readonly bytes: Uint8Array
  /** Where in the file it begins. */
  readonly start: number
}

export function createLearned(path: string): Learned {
  let file: FileHandle | undefined
  let block = Buffer.allocUnsafe(BLOCK_BYTES)
  /** In the block, and in the file before it. */
  let waiting = 0
  let written = 0
  let commitStart = 0

  const make = (lengthBytes: number): number => {
    const start = waiting
    waiting += lengthBytes + FOOT_BYTES
    if (waiting > block.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * block.length, waiting))
      block.copy(larger, 0, 0, start)
      block = larger
    }
    block.writeUInt32BE(lengthBytes, waiting - 4)
    return start
  }
  const readAt = async (start: number, end: number): Promise<Buffer> => {
    const bytes = Buffer.allocUnsafe(end - start)
    const inFile = Math.max(0, Math.min(end, written) - start)
    for (let done = 0; done < inFile;) {
      const { bytesRead } = await (file as FileHandle).read(bytes, done, inFile - done, start + done)
      if (bytesRead === 0) throw new Error(`${path} was cut off while it was read`)
      done += bytesRead
    }
    if (end > written) block.copy(bytes, inFile, start + inFile - written, end - written)
    return bytes
  }
  const clear = async (): Promise<void> => {
    waiting = written = commitStart = 0
    await file?.close()
    file = undefined
    await rm(path, { force: true })
  }
  return {
    add(id, bytes, kind) {
      const start = make(bytes.length)
      block.set(bytes, start)
      writeIdBytes(id, block, start + bytes.length)
      block[waiting - 5] = KINDS.indexOf(kind)
    },
    close(id, parents) {
      const sizeBytes = written + waiting - commitStart
      const start = make(LENGTH_BYTES + parents.length * ID_BYTES)
      block.writeUIntBE(sizeBytes, start, LENGTH_BYTES)
      parents.forEach((parent, at) => { writeIdBytes(parent, block, start + LENGTH_BYTES + at * ID_BYTES) })
      block.set(id === undefined ? NOTHING : idBytes(id), waiting - FOOT_BYTES)
      block[waiting - 5] = KINDS.indexOf('commit')
      commitStart = written + waiting
    },
    get isFull() {
      return waiting >= BLOCK_BYTES
    },
    async write() {
      file ??= await open(path, 'w+', 0o600)
      for (let done = 0; done < waiting;) done += (await file.write(block, done, waiting - done, written + done)).bytesWritten
      written += waiting
      waiting = 0
    },
    get isEmpty() {
      return written + waiting === 0
    },
    clear,
    async* give(ids, isHere) {
      const wanted = new Set(ids)
      const end = written + waiting
      const reader = createBackReader(readAt, end)
      for (let at = end; at > 0 && wanted.size > 0;) {
        const commit = await reader.before(at)
        const start = commit.start - Buffer.from(commit.bytes.buffer, commit.bytes.byteOffset, LENGTH_BYTES).readUIntBE(0, LENGTH_BYTES)
        at = start
        const id = idFromBytes(commit.id)
        if (!wanted.delete(id) || isHere(id)) continue
        for (let offset = LENGTH_BYTES; offset < commit.bytes.length; offset += ID_BYTES) wanted.add(idFromBytes(commit.bytes.subarray(offset, offset + ID_BYTES)))
        for (let entryEnd = commit.start; entryEnd > start;) {
          const entry = reader.getBefore(entryEnd) ?? await reader.before(entryEnd)
          entryEnd = entry.start
          if (entry.kind !== 'commit') yield { id: idFromBytes(entry.id), bytes: new Uint8Array(entry.bytes), kind: entry.kind }
        }
      }
      return [...wanted]
    },
    [Symbol.asyncDispose]: clear,
  }
}

interface BackReader {
  /** Returns the entry that ends there, if it has been read. */
  getBefore(end: number): Entry | undefined
  before(end: number): Promise<Entry>
}

/** Reads a file from its end, block by block. */
function createBackReader(readAt: (start: number, end: number) => Promise<Buffer>, size: number): BackReader {
  let block: Buffer = Buffer.alloc(0)
  let blockStart = size
  const getBefore = (end: number): Entry | undefined => {
    const foot = end - FOOT_BYTES - blockStart
    if (foot < 0) return undefined
    const start = foot - block.readUInt32BE(foot + ID_BYTES + 1)
    if (start < 0) return undefined
    return { id: block.subarray(foot, foot + ID_BYTES), kind: KINDS[block[foot + ID_BYTES] ?? 0] ?? 'commit', bytes: block.subarray(start, foot), start: blockStart + start }
  }
  return {
    getBefore,
    async before(end) {
      for (let sizeBytes = BLOCK_BYTES; ; sizeBytes *= 2) {
        const entry = getBefore(end)
        if (entry !== undefined) return entry
        blockStart = Math.max(0, end - sizeBytes)
        block = await readAt(blockStart, end)
      }
    },
  }
}
