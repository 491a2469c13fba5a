import { describe, expect, it } from 'vitest'
import { reopenable } from '../../../src/app/owner/reopenable-store.js'
import { createMemoryStore } from '../../../src/store/memory-store.js'
import type { Store, StoreRecord } from '../../../src/store/types.js'

/** A store of 3,000 records that ends every scan when it is "closed", as LevelDB does. */
async function cuttable(): Promise<{ readonly view: Store; cut(): void; close(): void }> {
  const memory = createMemoryStore()
  await memory.write({ puts: Array.from({ length: 3_000 }, (_, index): StoreRecord => [key(index), Uint8Array.of(1)]), deletes: [] }, 'sync')
  let open: Store | undefined = { ...memory }
  return { view: reopenable(() => open), cut: () => { open = { ...memory } }, close: () => { open = undefined } }
}

const key = (index: number): Uint8Array => Uint8Array.of(index >> 8, index & 255)
const ALL = { gte: key(0), lt: Uint8Array.of(255) }

describe('a store that is closed and opened underneath', () => {
  it.each([['ascending', 0, undefined], ['descending', 2_999, undefined], ['ascending', 0, 1_500], ['descending', 2_999, 2_500]] as const)('goes on with a scan behind the last record: %s from %i, limit %s', async (order, first, limit) => {
    const { view, cut } = await cuttable()
    const seen: number[] = []
    for await (const list of view.scan(ALL, { order, ...(limit !== undefined && { limit }) })) {
      for (const [at] of list) seen.push(((at[0] ?? 0) << 8) | (at[1] ?? 0))
      cut()
    }
    expect(seen).toEqual(Array.from({ length: limit ?? 3_000 }, (_, index) => (order === 'ascending' ? first + index : first - index)))
  })

  it('says so when it is used while closed', async () => {
    const { view, close } = await cuttable()
    expect(view.getRecord(key(1))).toEqual(Uint8Array.of(1))
    close()
    expect(() => view.getRecord(key(1))).toThrow(/closed/)
  })
})
