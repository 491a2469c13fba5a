/** Staged records over saved ones: what a transaction reads. Nothing reaches the base until the caller writes `batch()`. */
import { compareBytes } from '../base/bytes.js'
import { binaryKey } from './binary-key.js'
import type { KeyRange, RecordReader, ScanOptions, StoreRecord, WriteBatch } from './types.js'

export interface Overlay extends RecordReader {
  put(key: Uint8Array, value: Uint8Array): void
  delete(key: Uint8Array): void
  /** Takes over what another overlay on top of this one staged. */
  absorb(above: Overlay): void
  staged(): Iterable<StagedRecord>
  batch(): WriteBatch
  readonly sizeBytes: number
}

interface StagedRecord { readonly key: Uint8Array; readonly value: Uint8Array | undefined }

export function createOverlay(base: RecordReader): Overlay {
  const records = new Map<string, StagedRecord>()
  let sizeBytes = 0
  const stage = (record: StagedRecord): void => {
    records.set(binaryKey(record.key), record)
    sizeBytes += record.key.length + (record.value?.length ?? 0)
  }
  return {
    getRecord(key) {
      const record = records.get(binaryKey(key))
      return record === undefined ? base.getRecord(key) : record.value
    },
    scan: (range, options) => scanOverlay(base, records, { range, ...options }),
    put: (key, value) => { stage({ key, value }) },
    delete: (key) => { stage({ key, value: undefined }) },
    absorb(above) {
      for (const record of above.staged()) stage(record)
    },
    staged: () => records.values(),
    batch() {
      const puts: StoreRecord[] = []
      const deletes: Uint8Array[] = []
      for (const { key, value } of records.values()) {
        if (value === undefined) deletes.push(key)
        else puts.push([key, value])
      }
      return { puts, deletes }
    },
    get sizeBytes() {
      return sizeBytes
    },
  }
}

type OverlayScan = ScanOptions & { readonly range: KeyRange }

async function* scanOverlay(base: RecordReader, records: ReadonlyMap<string, StagedRecord>, scan: OverlayScan): AsyncIterable<readonly StoreRecord[]> {
  const sign = scan.order === 'descending' ? -1 : 1
  const above = [...records.values()]
    .filter(({ key }) => compareBytes(key, scan.range.gte) >= 0 && compareBytes(key, scan.range.lt) < 0)
    .sort((left, right) => sign * compareBytes(left.key, right.key))
  let left = scan.limit ?? Number.POSITIVE_INFINITY
  let next = 0
  const take = (list: StoreRecord[]): StoreRecord[] => {
    const taken = list.slice(0, left)
    left -= taken.length
    return taken
  }
  for await (const list of base.scan(scan.range, scan.order === undefined ? {} : { order: scan.order })) {
    const merged: StoreRecord[] = []
    for (const record of list) {
      for (let staged = above[next]; staged !== undefined && sign * compareBytes(staged.key, record[0]) < 0; staged = above[++next]) pushStaged(merged, staged)
      if (records.has(binaryKey(record[0]))) continue
      merged.push(record)
    }
    if (merged.length > 0) yield take(merged)
    if (left <= 0) return
  }
  const rest: StoreRecord[] = []
  for (let staged = above[next]; staged !== undefined; staged = above[++next]) pushStaged(rest, staged)
  if (rest.length > 0) yield take(rest)
}

function pushStaged(list: StoreRecord[], { key, value }: StagedRecord): void {
  if (value !== undefined) list.push([key, value])
}
