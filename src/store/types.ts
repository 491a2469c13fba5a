/**
 * What the rest of the house knows of a store: an ordered map of records, read one by one or in ranges, written in atomic batches.
 *
 * Two implementations, one conformance suite: `memory-store.ts` and `level/`. Records are opaque here; `keys.ts` says what lies where.
 */
import type { ObjectId } from '../codec/object-id.js'

export type StoreRecord = readonly [key: Uint8Array, value: Uint8Array]

/** A half-open range of keys, bytewise. */
export interface KeyRange {
  readonly gte: Uint8Array
  readonly lt: Uint8Array
}

export interface ScanOptions {
  readonly order?: 'ascending' | 'descending'
  /** Records at most, default: all. */
  readonly limit?: number
}

export interface RecordReader {
  /** Returns the value of a key, or undefined. The bytes MUST NOT be changed by the caller. */
  getRecord(key: Uint8Array): Uint8Array | undefined
  /**
   * Yields the records of a range in order, in lists of at most 1,000. The range is as it was when the first list was asked for.
   * Callers that stop early MUST leave through `return` (a `break` does).
   */
  scan(range: KeyRange, options?: ScanOptions): AsyncIterable<readonly StoreRecord[]>
}

/** A set of changes that happen together or not at all. A key stands in it once. */
export interface WriteBatch {
  readonly puts: readonly StoreRecord[]
  readonly deletes: readonly Uint8Array[]
}

export interface Store extends RecordReader {
  /**
   * Applies a batch atomically. With `sync` it has reached the disk when the promise resolves; LevelDB does not sync a log that it rotates out,
   * so nothing that a ref depends on may be written without.
   */
  write(batch: WriteBatch, durability: 'sync' | 'buffered'): Promise<void>
  /** Merges what was written and drops what was overwritten, in one range of keys. Waits for scans under way: a caller MUST NOT be in one itself. */
  compact(range: KeyRange): Promise<void>
  close(): Promise<void>
}

/** Where the bytes of objects come from. */
export interface ObjectReader {
  /** Returns the bytes of an object, or undefined. MUST NOT be changed by the caller. */
  getObject(id: ObjectId): Uint8Array | undefined
}
