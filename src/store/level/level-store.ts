/**
 * A store on LevelDB: the only door of `level`.
 *
 * Guarantees: a batch is atomic and, with `sync`, durable; `LEVEL_LOCKED` becomes `STORE_LOCKED`, damage becomes `STORE_CORRUPT`, a full disk `STORE_FULL`.
 * @NOTE one handle per folder and process: a second open of the same path in one process drops LevelDB's own lock (fcntl). `app/handles.ts` keeps count.
 */
import { Level } from 'level'
import { AtomError } from '../../base/errors.js'
import type { KeyRange, ScanOptions, Store, StoreRecord, WriteBatch } from '../types.js'

const CACHE_BYTES = 32 * 1_048_576
/** Of what is made or read in one go: hardly a block is asked for twice. */
const SMALL_CACHE_BYTES = 4 * 1_048_576
const BLOCK_BYTES = 16_384
/**
 * Twice LevelDB's own: recording in bulk spends half of its time on merging tables, and larger batches are merged less often. With 16 MiB it takes as much
 * processor time, and a content of 1 GiB has 60 MiB more resident: each buffer becomes one table, and those not merged yet are mapped into memory whole.
 */
const WRITE_BUFFER_BYTES = 8 * 1_048_576
/**
 * LevelDB maps every open table into memory and keeps 64 open at least: with these a walk over everything has 64 MiB resident. Larger
 * tables gain a few percent in bulk and break the bound of `verify`.
 */
const TABLE_BYTES = 1_048_576
const SCAN_LIST_RECORDS = 1_000
/** The least that LevelDB takes: 64 tables and what it needs itself. */
const MAX_OPEN_FILES = 74
const VIEW = { keyEncoding: 'view', valueEncoding: 'view' } as const

export interface LevelStoreOptions {
  readonly createIfMissing?: 'yes' | 'no'
  /** How much of what was read is kept in memory. `small`: where everything is made or read in one go. */
  readonly cache?: 'usual' | 'small'
}

type Database = Level<Uint8Array, Uint8Array>

export async function openLevelStore(folder: string, options: LevelStoreOptions = {}): Promise<Store> {
  const database: Database = new Level(folder, {
    ...VIEW,
    createIfMissing: options.createIfMissing === 'yes',
    cacheSize: options.cache === 'small' ? SMALL_CACHE_BYTES : CACHE_BYTES,
    blockSize: BLOCK_BYTES,
    maxOpenFiles: MAX_OPEN_FILES,
    maxFileSize: TABLE_BYTES,
    writeBufferSize: WRITE_BUFFER_BYTES,
  })
  try {
    await database.open()
  } catch (error) {
    throw translate(error, folder)
  }
  const guard = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    try {
      return await work()
    } catch (error) {
      throw translate(error, folder)
    }
  }
  const readers = new Set<Promise<void>>()
  return {
    getRecord(key) {
      try {
        const value = database.getSync(key)
        return value === undefined ? undefined : plain(value)
      } catch (error) {
        throw translate(error, folder)
      }
    },
    scan: (range, scanOptions) => scanLevel(database, readers, { folder, range, ...scanOptions }),
    write: (batch, durability) => guard(() => writeLevel(database, batch, durability)),
    compact: (range) => guard(async () => {
      // LevelDB keeps what a reader that began earlier may still ask for.
      await Promise.all(readers)
      await (database as unknown as Compactable).compactRange(range.gte, range.lt, VIEW)
    }),
    close: () => guard(() => database.close()),
  }
}

/**
 * Has LevelDB put together again what it can of a damaged database: tables that can be read, and its logs. Nobody may have it open. It moves and
 * rewrites files: work on a copy. Throws `STORE_CORRUPT` where nothing can be made of it.
 */
export async function repairLevelStore(folder: string): Promise<void> {
  try {
    await (Level as unknown as Repairing).repair(folder)
  } catch (error) {
    const reason = (error as ForeignError).cause?.message ?? (error as ForeignError).message ?? ''
    throw new AtomError('STORE_CORRUPT', `the store cannot be put together again: ${reason}`, { data: { folder, reason }, cause: error, hint: 'atom recover --from REMOTE' })
  }
}

interface Repairing { repair(folder: string): Promise<void> }

/** What `level` exports in Node beyond its declared interface. */
interface Compactable { compactRange(start: Uint8Array, end: Uint8Array, options: { keyEncoding: string }): Promise<void> }

async function writeLevel(database: Database, batch: WriteBatch, durability: 'sync' | 'buffered'): Promise<void> {
  // A chained batch is three times as fast as an array of operations.
  const chained = database.batch()
  for (const key of batch.deletes) chained.del(key)
  for (const [key, value] of batch.puts) chained.put(key, value)
  await chained.write({ sync: durability === 'sync' } as object)
}

type LevelScan = ScanOptions & { readonly range: KeyRange; readonly folder: string }

async function* scanLevel(database: Database, readers: Set<Promise<void>>, scan: LevelScan): AsyncIterable<readonly StoreRecord[]> {
  const iterator = database.iterator({
    gte: scan.range.gte, lt: scan.range.lt, reverse: scan.order === 'descending', limit: scan.limit ?? -1, fillCache: false, highWaterMarkBytes: 262_144,
  } as object)
  let leave = (): void => undefined
  const reading = new Promise<void>((resolve) => { leave = resolve })
  readers.add(reading)
  let next: Promise<[Uint8Array, Uint8Array][]> | undefined
  try {
    next = iterator.nextv(SCAN_LIST_RECORDS)
    for (let list = await next; list.length > 0; list = await next) {
      next = iterator.nextv(SCAN_LIST_RECORDS)
      // It may fail while the reader is busy with this list; it is told when it asks for the next.
      next.catch(ignoreRead)
      yield list.map(toPlain)
    }
  } catch (error) {
    throw translate(error, scan.folder)
  } finally {
    await next?.catch(ignoreRead)
    await iterator.close().finally(() => {
      readers.delete(reading)
      leave()
    })
  }
}

/** Returns what is a Buffer here as the plain type, in which `slice` copies. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Changes the pair in place: it is nobody else's, and there are millions of them. */
function toPlain(record: [Uint8Array, Uint8Array]): StoreRecord {
  record[0] = plain(record[0])
  record[1] = plain(record[1])
  return record
}

/** A read-ahead that nobody waits for any more may fail: the reader has left. */
function ignoreRead(): void {
  return undefined
}

interface ForeignError { readonly code?: string; readonly message?: string; readonly cause?: ForeignError }

function translate(error: unknown, folder: string): unknown {
  const foreign = error as ForeignError
  const codes = [foreign.code, foreign.cause?.code]
  const reason = foreign.cause?.message ?? foreign.message ?? String(error)
  if (codes.includes('LEVEL_LOCKED')) {
    return new AtomError('STORE_LOCKED', `the store is in use by another process: ${folder}`, { data: { folder, waitedMs: 0 }, cause: error, hint: 'try again, or raise ATOM_LOCK_TIMEOUT_MS' })
  }
  if (/no space left|enospc|disk quota/i.test(reason)) {
    return new AtomError('STORE_FULL', `the disk is full: ${folder}`, { data: { folder }, cause: error, hint: 'nothing was recorded; free some room and try again' })
  }
  if (/input\/output error/i.test(reason)) {
    return new AtomError('STORE_CORRUPT', `the disk failed: ${reason}`, { data: { folder, reason }, cause: error, hint: 'look at the disk (dmesg), then: atom doctor' })
  }
  if (codes.includes('LEVEL_CORRUPTION') || /corrupt|checksum|does not exist|missing files|bad record|truncated|invalid argument/i.test(reason)) {
    return new AtomError('STORE_CORRUPT', `the store is damaged: ${reason}`, { data: { folder, reason }, cause: error, hint: 'atom doctor' })
  }
  if ((codes.includes('LEVEL_DATABASE_NOT_OPEN') && foreign.cause !== undefined) || /^io error/i.test(reason)) {
    return new AtomError('STORE_CORRUPT', `the store cannot be read: ${reason}`, { data: { folder, reason }, cause: error, hint: 'atom doctor' })
  }
  return error
}
