import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/store/memory-store.js'
import { createOverlay, type Overlay } from '../../src/store/overlay-store.js'
import type { Store, StoreRecord } from '../../src/store/types.js'
import { keysOf, scanAll, storeSuite } from '../conformance/store-suite.js'

const key = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes)
const ALL = { gte: key(0), lt: key(255, 255, 255, 255, 255) }

/** An overlay as a store: a batch is staged, half of its puts in the base, so that both sides of every merge are used. */
function asStore(base: Store, overlay: Overlay): Store {
  return {
    getRecord: (bytes) => overlay.getRecord(bytes)?.slice(),
    scan: (range, options) => overlay.scan(range, options),
    async write({ puts, deletes }) {
      const below = puts.filter(([bytes]) => (bytes.at(-1) ?? 0) % 2 === 0 && base.getRecord(bytes) === undefined && overlay.getRecord(bytes) === undefined && !wasStaged(overlay, bytes))
      for (const bytes of deletes) overlay.delete(bytes.slice())
      for (const [bytes, value] of puts) if (!below.some(([other]) => other === bytes)) overlay.put(bytes.slice(), value.slice())
      if (below.length > 0) await base.write({ puts: below, deletes: [] }, 'sync')
    },
    compact: (range) => base.compact(range),
    close: () => base.close(),
  }
}

function wasStaged(overlay: Overlay, bytes: Uint8Array): boolean {
  return overlay.batch().deletes.some((deleted) => String(deleted) === String(bytes))
}

storeSuite({
  name: 'an overlay over memory',
  async make() {
    const base = createMemoryStore()
    return asStore(base, createOverlay(base))
  },
  supports: { closing: 'an overlay is not closed', repeatedKeys: 'what is staged last counts' },
})

describe('an overlay', () => {
  it('hides the base: puts over it, deletes from it, both out of its batch', async () => {
    const base = createMemoryStore()
    await base.write({ puts: [1, 2, 3].map((byte): StoreRecord => [key(byte), key(byte)]), deletes: [] }, 'sync')
    const overlay = createOverlay(base)
    overlay.put(key(2), key(22))
    overlay.delete(key(3))
    overlay.put(key(4), key(44))
    overlay.delete(key(4))
    expect(await scanAll(overlay)).toEqual([[key(1), key(1)], [key(2), key(22)]])
    expect(overlay.getRecord(key(3))).toBeUndefined()
    expect(overlay.batch()).toEqual({ puts: [[key(2), key(22)]], deletes: [key(3), key(4)] })
    expect(keysOf(await scanAll(base))).toEqual([[1], [2], [3]])
    expect(overlay.sizeBytes).toBeGreaterThan(0)
  })

  it('takes over what an overlay above it staged, the later of two', async () => {
    const lower = createOverlay(createMemoryStore())
    lower.put(key(1), key(1))
    lower.put(key(2), key(2))
    const upper = createOverlay(lower)
    upper.delete(key(1))
    upper.put(key(3), key(3))
    expect(keysOf(await scanAll(upper))).toEqual([[2], [3]])
    expect(keysOf(await scanAll(lower))).toEqual([[1], [2]])
    lower.absorb(upper)
    expect(keysOf(await scanAll(lower))).toEqual([[2], [3]])
    const fresh = createOverlay(createMemoryStore())
    fresh.absorb(lower)
    expect(keysOf(await scanAll(fresh))).toEqual([[2], [3]])
  })

  it('shows a scan neither what is staged nor what is deleted while it runs', async () => {
    const base = createMemoryStore()
    await base.write({ puts: Array.from({ length: 2_000 }, (_, index): StoreRecord => [key(1, index >> 8, index & 255), key(0)]), deletes: [] }, 'sync')
    const overlay = createOverlay(base)
    const seen: StoreRecord[] = []
    for await (const list of overlay.scan(ALL)) {
      if (seen.length === 0) {
        overlay.put(key(1, 7, 100), key(9))
        overlay.delete(key(1, 7, 101))
        overlay.put(key(2), key(9))
      }
      seen.push(...list)
    }
    expect(seen).toHaveLength(2_000)
    expect(seen.every(([, value]) => value[0] === 0)).toBe(true)
  })

  it('yields lists of at most 1,000 however much is staged', async () => {
    const overlay = createOverlay(createMemoryStore())
    for (let index = 0; index < 2_345; index++) overlay.put(key(index >> 8, index & 255), key())
    expect(await scanAll(overlay)).toHaveLength(2_345)
  })
})
