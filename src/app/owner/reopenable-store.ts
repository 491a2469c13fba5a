/**
 * A store that may be closed and opened again underneath, between two steps of a stream. Reading and writing need it open; a scan that was
 * interrupted goes on behind the last record it gave.
 */
import { concatBytes } from '../../base/bytes.js'
import type { KeyRange, ScanOptions, Store, StoreRecord } from '../../store/types.js'

/** Returns the store over whatever `current` is at the moment. */
export function reopenable(current: () => Store | undefined): Store {
  const open = (): Store => {
    const store = current()
    if (store === undefined) throw new TypeError('the store is closed: a stream worked on between two of its items')
    return store
  }
  return {
    getRecord: (key) => open().getRecord(key),
    scan: (range, options) => scanOn(open, { range, ...options }),
    write: (batch, durability) => open().write(batch, durability),
    compact: (range) => open().compact(range),
    // Who opened it closes it.
    close: () => Promise.resolve(),
  }
}

async function* scanOn(open: () => Store, scan: ScanOptions & { readonly range: KeyRange }): AsyncGenerator<readonly StoreRecord[]> {
  let { range } = scan
  let left = scan.limit ?? Infinity
  while (left > 0) {
    const store = open()
    let isCut = false
    for await (const list of store.scan(range, { ...(scan.order && { order: scan.order }), ...(left !== Infinity && { limit: left }) })) {
      yield list
      left -= list.length
      const last = list[list.length - 1]?.[0]
      if (last !== undefined) range = scan.order === 'descending' ? { gte: range.gte, lt: last } : { gte: concatBytes([last, Uint8Array.of(0)]), lt: range.lt }
      isCut = open() !== store
      if (isCut) break
    }
    if (!isCut) return
  }
}
