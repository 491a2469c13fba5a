/** A store in memory, stricter than LevelDB: it copies on put and get, refuses a key twice in a batch, and use after close. */
import { compareBytes } from '../base/bytes.js'
import { binaryKey } from './binary-key.js'
import type { KeyRange, ScanOptions, Store, StoreRecord, WriteBatch } from './types.js'

const SCAN_LIST_RECORDS = 1_000

export function createMemoryStore(): Store {
  const records = new Map<string, StoreRecord>()
  let sorted: StoreRecord[] | undefined
  let isOpen = true
  const checkOpen = (): void => {
    if (!isOpen) throw new TypeError('the store is closed')
  }
  return {
    getRecord(key) {
      checkOpen()
      return records.get(binaryKey(key))?.[1].slice()
    },
    async* scan(range: KeyRange, options: ScanOptions = {}) {
      checkOpen()
      sorted ??= [...records.values()].sort((left, right) => compareBytes(left[0], right[0]))
      const found = sorted.filter(([key]) => compareBytes(key, range.gte) >= 0 && compareBytes(key, range.lt) < 0)
      if (options.order === 'descending') found.reverse()
      const limited = found.slice(0, options.limit)
      for (let index = 0; index < limited.length; index += SCAN_LIST_RECORDS) {
        yield limited.slice(index, index + SCAN_LIST_RECORDS).map(([key, value]): StoreRecord => [key.slice(), value.slice()])
      }
    },
    async write(batch: WriteBatch) {
      checkOpen()
      checkDistinct(batch)
      sorted = undefined
      for (const key of batch.deletes) records.delete(binaryKey(key))
      for (const [key, value] of batch.puts) records.set(binaryKey(key), [key.slice(), value.slice()])
    },
    async compact() {
      checkOpen()
    },
    async close() {
      isOpen = false
    },
  }
}

function checkDistinct(batch: WriteBatch): void {
  const keys = new Set<string>()
  for (const key of [...batch.deletes, ...batch.puts.map(([put]) => put)]) {
    const text = binaryKey(key)
    if (keys.has(text)) throw new TypeError('a key stands twice in a batch')
    keys.add(text)
  }
}
