/** Staged records over saved ones: what a transaction reads. Nothing reaches the base until the caller writes `batch()`. */
import { compareBytes } from '../base/bytes.js'
import { binaryKey } from './binary-key.js'
import type { KeyRange, RecordReader, ScanOptions, StoreRecord, WriteBatch } from './types.js'

export interface Overlay extends RecordReader {
  put(key: Uint8Array, value: Uint8Array): void
  delete(key: Uint8Array): void
  /** Takes over what another overlay on top of this one staged; that one MUST NOT be used afterwards. */
  absorb(above: Overlay): void
  /** The staged records by `binaryKey`. MUST NOT be changed by the caller. */
  staged(): ReadonlyMap<string, StagedRecord>
  batch(): WriteBatch
  readonly sizeBytes: number
}

/** A record to put, or without a value the key of one to delete. */
export type StagedRecord = readonly [key: Uint8Array, value: Uint8Array | undefined]

export function createOverlay(base: RecordReader): Overlay {
  let records = new Map<string, StagedRecord>()
  let sizeBytes = 0
  const stage = (key: Uint8Array, value: Uint8Array | undefined): void => {
    records.set(binaryKey(key), [key, value])
    sizeBytes += key.length + (value?.length ?? 0)
  }
  return {
    getRecord(key) {
      const record = records.get(binaryKey(key))
      return record === undefined ? base.getRecord(key) : record[1]
    },
    scan: (range, options) => scanOverlay(base, records, { range, ...options }),
    put: (key, value) => { stage(key, value) },
    delete: (key) => { stage(key, undefined) },
    absorb(above) {
      if (records.size === 0) {
        records = above.staged() as Map<string, StagedRecord>
        sizeBytes = above.sizeBytes
        return
      }
      for (const [text, record] of above.staged()) {
        records.set(text, record)
        sizeBytes += record[0].length + (record[1]?.length ?? 0)
      }
    },
    staged: () => records,
    batch() {
      const puts: StoreRecord[] = []
      const deletes: Uint8Array[] = []
      for (const record of records.values()) {
        if (isPut(record)) puts.push(record)
        else deletes.push(record[0])
      }
      return { puts, deletes }
    },
    get sizeBytes() {
      return sizeBytes
    },
  }
}

const SCAN_LIST_RECORDS = 1_000

type OverlayScan = ScanOptions & { readonly range: KeyRange }

async function* scanOverlay(base: RecordReader, records: ReadonlyMap<string, StagedRecord>, scan: OverlayScan): AsyncIterable<readonly StoreRecord[]> {
  const sign = scan.order === 'descending' ? -1 : 1
  // As it is now: what is staged while somebody scans is not seen.
  const above = [...records.values()]
    .filter(([key]) => compareBytes(key, scan.range.gte) >= 0 && compareBytes(key, scan.range.lt) < 0)
    .sort((left, right) => sign * compareBytes(left[0], right[0]))
  const hidden = new Set(above.map(([key]) => binaryKey(key)))
  let left = scan.limit ?? Number.POSITIVE_INFINITY
  let next = 0
  function* take(list: readonly StoreRecord[]): Iterable<readonly StoreRecord[]> {
    const taken = list.slice(0, left)
    left -= taken.length
    for (let index = 0; index < taken.length; index += SCAN_LIST_RECORDS) yield taken.slice(index, index + SCAN_LIST_RECORDS)
  }
  if (left <= 0) return
  for await (const list of base.scan(scan.range, scan.order === undefined ? {} : { order: scan.order })) {
    const merged: StoreRecord[] = []
    for (const record of list) {
      for (let staged = above[next]; staged !== undefined && sign * compareBytes(staged[0], record[0]) < 0; staged = above[++next]) pushStaged(merged, staged)
      if (hidden.has(binaryKey(record[0]))) continue
      merged.push(record)
    }
    yield* take(merged)
    if (left <= 0) return
  }
  const rest: StoreRecord[] = []
  for (let staged = above[next]; staged !== undefined; staged = above[++next]) pushStaged(rest, staged)
  yield* take(rest)
}

function pushStaged(list: StoreRecord[], record: StagedRecord): void {
  if (isPut(record)) list.push(record)
}

function isPut(record: StagedRecord): record is StoreRecord {
  return record[1] !== undefined
}
