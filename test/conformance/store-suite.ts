/**
 * What every store must do, as a function that runs on any of them. What one cannot do is left out through `supports`, with a reason.
 */
import { afterEach, describe, expect, it } from 'vitest'
import { compareBytes } from '../../src/base/bytes.js'
import type { RecordReader, ScanOptions, Store, StoreRecord } from '../../src/store/types.js'

export interface StoreSubject {
  readonly name: string
  /** Returns an empty store. Stores left open are closed by the suite. */
  make(): Promise<Store>
  /** Closes a store and opens it again over the same records. */
  reopen?(store: Store): Promise<Store>
  /** What this store does not do → why. */
  readonly supports?: { readonly closing?: string; readonly repeatedKeys?: string }
}

const key = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes)
const ALL = { gte: key(0), lt: key(255, 255, 255, 255, 255) }

export async function scanAll(reader: RecordReader, range = ALL, options: ScanOptions = {}): Promise<StoreRecord[]> {
  const records: StoreRecord[] = []
  for await (const list of reader.scan(range, options)) {
    expect(list.length).toBeGreaterThan(0)
    expect(list.length).toBeLessThanOrEqual(1_000)
    records.push(...list)
  }
  return records
}

export const keysOf = (records: readonly StoreRecord[]): number[][] => records.map(([bytes]) => [...bytes])

export function storeSuite(subject: StoreSubject): void {
  const open: Store[] = []
  const make = async (puts: readonly StoreRecord[] = []): Promise<Store> => {
    let store = await subject.make()
    if (puts.length > 0) await store.write({ puts, deletes: [] }, 'sync')
    if (subject.reopen !== undefined) store = await subject.reopen(store)
    open.push(store)
    return store
  }
  afterEach(async () => {
    for (const store of open.splice(0)) await store.close()
  })

  describe(`the store suite on ${subject.name}`, () => {
    it('is empty at first', async () => {
      const store = await make()
      expect(store.getRecord(key(1))).toBeUndefined()
      expect(await scanAll(store)).toEqual([])
    })

    it('gives back what was put, the last of several, and nothing of what was deleted', async () => {
      const store = await make([[key(1), key(10)], [key(2), key(20)]])
      await store.write({ puts: [[key(1), key(11)], [key(3), key(30)]], deletes: [key(2)] }, 'buffered')
      expect(store.getRecord(key(1))).toEqual(key(11))
      expect(store.getRecord(key(2))).toBeUndefined()
      expect(keysOf(await scanAll(store))).toEqual([[1], [3]])
      await store.write({ puts: [[key(2), key(21)]], deletes: [key(1), key(9)] }, 'sync')
      expect(keysOf(await scanAll(store))).toEqual([[2], [3]])
    })

    it('takes an empty batch, and the same batch twice', async () => {
      const store = await make()
      await store.write({ puts: [], deletes: [] }, 'sync')
      for (let twice = 0; twice < 2; twice++) await store.write({ puts: [[key(5), key(5)]], deletes: [key(6)] }, 'sync')
      expect(await scanAll(store)).toEqual([[key(5), key(5)]])
    })

    it('holds empty values and tells them from absent ones', async () => {
      const store = await make([[key(7), key()]])
      expect(store.getRecord(key(7))).toEqual(key())
      expect(store.getRecord(key(8))).toBeUndefined()
      expect(await scanAll(store)).toEqual([[key(7), key()]])
    })

    it('orders keys bytewise, a prefix before what it begins, up to 0xff', async () => {
      const keys = [[0], [0, 0], [0, 255], [1], [1, 127], [1, 128], [1, 255, 0], [1, 255, 255], [127], [128], [254, 255], [255], [255, 0], [255, 255]]
      const shuffled = [...keys].sort((left, right) => ((left[0] ?? 0) * 37 + left.length) % 11 - ((right[0] ?? 0) * 37 + right.length) % 11)
      const store = await make(shuffled.map((bytes) => [key(...bytes), key(...bytes)]))
      expect(keysOf(await scanAll(store))).toEqual(keys)
      expect(keysOf(await scanAll(store, ALL, { order: 'descending' }))).toEqual([...keys].reverse())
      for (const bytes of keys) expect(store.getRecord(key(...bytes))).toEqual(key(...bytes))
    })

    it('scans half-open ranges', async () => {
      const store = await make([1, 2, 3, 4].map((byte) => [key(byte), key(byte)]))
      expect(keysOf(await scanAll(store, { gte: key(2), lt: key(4) }))).toEqual([[2], [3]])
      expect(keysOf(await scanAll(store, { gte: key(2, 0), lt: key(4, 0) }))).toEqual([[3], [4]])
      expect(await scanAll(store, { gte: key(3), lt: key(3) })).toEqual([])
      expect(await scanAll(store, { gte: key(4), lt: key(1) })).toEqual([])
    })

    it('stops at a limit in either direction', async () => {
      const store = await make(Array.from({ length: 2_500 }, (_, index): StoreRecord => [key(index >> 8, index & 255), key()]))
      expect(keysOf(await scanAll(store, ALL, { limit: 3 }))).toEqual([[0, 0], [0, 1], [0, 2]])
      expect(keysOf(await scanAll(store, ALL, { limit: 2, order: 'descending' }))).toEqual([[9, 195], [9, 194]])
      expect(await scanAll(store, ALL, { limit: 0 })).toEqual([])
      expect(await scanAll(store, ALL, { limit: 1_001 })).toHaveLength(1_001)
      expect(await scanAll(store, ALL, { limit: 9_999 })).toHaveLength(2_500)
    })

    it('shows a scan the range as it was when it began', async () => {
      const store = await make(Array.from({ length: 3_000 }, (_, index): StoreRecord => [key(1, index >> 8, index & 255), key(0)]))
      const seen: StoreRecord[] = []
      for await (const list of store.scan(ALL)) {
        if (seen.length === 0) await store.write({ puts: [[key(1, 0, 5, 5), key(9)], [key(1, 11, 100), key(9)]], deletes: [key(1, 11, 101)] }, 'sync')
        seen.push(...list)
      }
      expect(seen).toHaveLength(3_000)
      expect(seen.every(([, value]) => value[0] === 0)).toBe(true)
      expect(await scanAll(store)).toHaveLength(3_000)
      expect(store.getRecord(key(1, 11, 100))).toEqual(key(9))
    })

    it('lets go of a scan that is left early, or that is never begun', async () => {
      const store = await make(Array.from({ length: 3_000 }, (_, index): StoreRecord => [key(index >> 8, index & 255), key(1)]))
      for (let times = 0; times < 50; times++) {
        for await (const list of store.scan(ALL)) if (list.length > 0) break
        store.scan(ALL)
      }
      await expect((async () => { for await (const list of store.scan(ALL)) throw new RangeError(String(list.length)) })()).rejects.toThrow(RangeError)
      await store.write({ puts: [[key(99), key()]], deletes: [] }, 'sync')
      expect(store.getRecord(key(99))).toEqual(key())
    })

    it('runs two scans side by side', async () => {
      const store = await make([1, 2, 3].map((byte) => [key(byte), key(byte)]))
      const pairs: number[] = []
      for await (const outer of store.scan(ALL)) for (const [left] of outer) for await (const inner of store.scan(ALL)) for (const [right] of inner) pairs.push((left[0] ?? 0) * 10 + (right[0] ?? 0))
      expect(pairs).toEqual([11, 12, 13, 21, 22, 23, 31, 32, 33])
    })

    it('does not hand out, nor keep, bytes that others can change', async () => {
      const [given, value] = [key(1), key(2)]
      const store = await make()
      await store.write({ puts: [[given, value]], deletes: [] }, 'sync')
      value[0] = 77
      given[0] = 77
      expect(store.getRecord(key(1))).toEqual(key(2))
      const taken = store.getRecord(key(1)) as Uint8Array
      taken[0] = 66
      expect(store.getRecord(key(1))).toEqual(key(2))
    })

    it('holds values of 1 MiB', async () => {
      const value = new Uint8Array(1_048_576).map((_, index) => index * 7)
      const store = await make([[key(1), value], [key(2), value.subarray(1)]])
      expect(compareBytes(store.getRecord(key(1)) as Uint8Array, value)).toBe(0)
      const [first, second] = await scanAll(store)
      expect(compareBytes(first?.[1] as Uint8Array, value)).toBe(0)
      expect(second?.[1]).toHaveLength(1_048_575)
    })

    it('keeps every record through a compaction', async () => {
      const puts = Array.from({ length: 500 }, (_, index): StoreRecord => [key(3, index >> 8, index & 255), key(index & 255)])
      const store = await make(puts)
      await store.write({ puts: [], deletes: puts.slice(0, 250).map(([bytes]) => bytes) }, 'sync')
      await store.compact({ gte: key(3), lt: key(4) })
      expect(await scanAll(store)).toEqual(puts.slice(250))
    })

    it('writes many batches at once without losing one', async () => {
      const store = await make()
      await Promise.all(Array.from({ length: 64 }, (_, index) => store.write({ puts: [[key(index), key(index)]], deletes: [] }, index % 2 === 0 ? 'sync' : 'buffered')))
      expect(await scanAll(store)).toHaveLength(64)
    })

    const closing = subject.supports?.closing
    it.skipIf(closing !== undefined)(`refuses everything once it is closed, and may be closed twice${closing === undefined ? '' : ` (left out: ${closing})`}`, async () => {
      const store = await make([[key(1), key(1)]])
      await store.close()
      await store.close()
      expect(() => store.getRecord(key(1))).toThrow()
      await expect(store.write({ puts: [], deletes: [key(1)] }, 'sync')).rejects.toThrow()
      await expect(scanAll(store)).rejects.toThrow()
    })

    const repeatedKeys = subject.supports?.repeatedKeys
    it.skipIf(repeatedKeys !== undefined)(`refuses a key that stands twice in a batch, and changes nothing${repeatedKeys === undefined ? '' : ` (left out: ${repeatedKeys})`}`, async () => {
      const store = await make([[key(1), key(1)]])
      await expect(store.write({ puts: [[key(1), key(2)], [key(2), key(2)]], deletes: [key(1)] }, 'sync')).rejects.toThrow(TypeError)
      expect(await scanAll(store)).toEqual([[key(1), key(1)]])
    })
  })
}
