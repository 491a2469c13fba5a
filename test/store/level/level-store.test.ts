import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { isAtomError } from '../../../src/base/errors.js'
import { openLevelStore } from '../../../src/store/level/level-store.js'
import type { Store, StoreRecord } from '../../../src/store/types.js'
import { scanAll, storeSuite } from '../../conformance/store-suite.js'

const root = mkdtempSync(join(tmpdir(), 'atom-level-'))
afterAll(() => { rmSync(root, { recursive: true, force: true }) })
const folders = new WeakMap<Store, string>()
let count = 0

const key = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes)
const ALL = { gte: key(0), lt: key(255, 255, 255) }

async function open(folder: string, cache: 'usual' | 'small' = 'usual'): Promise<Store> {
  const store = await openLevelStore(folder, { createIfMissing: 'yes', cache })
  folders.set(store, folder)
  return store
}
const make = (): Promise<Store> => open(join(root, String(count++)))
const reopen = async (store: Store): Promise<Store> => {
  await store.close()
  return open(folders.get(store) as string, 'small')
}
const supports = { repeatedKeys: 'LevelDB takes the last one; the memory store is the strict one' }

storeSuite({ name: 'level', make, supports })
storeSuite({ name: 'level, reopened', make, reopen, supports })

describe('a store on LevelDB', () => {
  const fails = async (folder: string): Promise<unknown> => openLevelStore(folder).then(async (store) => { await store.close(); return undefined }, (error: unknown) => error)

  it('is not made by opening it', async () => {
    const folder = join(root, 'nothing')
    const error = await fails(folder)
    expect(isAtomError(error, 'STORE_CORRUPT')).toBe(true)
    expect((error as Error).message).toContain(folder)
  })

  it('says STORE_LOCKED while another handle has it', async () => {
    const store = await make()
    const error = await fails(folders.get(store) as string)
    expect(isAtomError(error, 'STORE_LOCKED')).toBe(true)
    await store.close()
  })

  it('says STORE_CORRUPT when its files are damaged', async () => {
    const store = await make()
    const folder = folders.get(store) as string
    await store.write({ puts: [[key(1), key(1)]], deletes: [] }, 'sync')
    await store.close()
    writeFileSync(join(folder, 'CURRENT'), 'MANIFEST-999999\n')
    expect(isAtomError(await fails(folder), 'STORE_CORRUPT')).toBe(true)
  })

  it('says STORE_CORRUPT to a reader of a table that is cut off, and only then', async () => {
    const store = await make()
    const folder = folders.get(store) as string
    await store.write({ puts: Array.from({ length: 4_000 }, (_, index): StoreRecord => [key(index >> 8, index & 255), new Uint8Array(100).map((__, at) => (index * 31 + at * 7) % 251)]), deletes: [] }, 'sync')
    await store.compact(ALL)
    await store.close()
    const table = readdirSync(folder).find((name) => name.endsWith('.ldb')) as string
    truncateSync(join(folder, table), 20_000)
    const again = await open(folder)
    await expect(scanAll(again, ALL)).rejects.toSatisfy((error: unknown) => isAtomError(error, 'STORE_CORRUPT'))
    expect(() => again.getRecord(key(15, 0))).toThrow()
    await again.close()
  })

  it('drops what was overwritten from its files, also when somebody was reading it', async () => {
    const store = await make()
    const folder = folders.get(store) as string
    const isThere = (): boolean => readdirSync(folder).some((name) => name !== 'LOCK' && readFileSync(join(folder, name)).includes('to be erased'))
    await store.write({ puts: Array.from({ length: 3_000 }, (_, index): StoreRecord => [key(index >> 8, index & 255), key()]), deletes: [] }, 'sync')
    await store.write({ puts: [[key(1, 1, 1), new TextEncoder().encode('to be erased')]], deletes: [] }, 'sync')
    const reader = store.scan(ALL)[Symbol.asyncIterator]()
    await reader.next()
    await store.write({ puts: [], deletes: [key(1, 1, 1)] }, 'sync')
    const compacting = (async () => {
      await store.compact({ gte: key(254), lt: key(255) })
      // A table at the bottom is only rewritten when one above it covers the same keys.
      await store.write({ puts: [], deletes: [key(0), key(200)] }, 'sync')
      await store.compact(ALL)
    })()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(isThere()).toBe(true)
    await reader.return?.()
    await compacting
    expect(isThere()).toBe(false)
  })

  it('fails the reader, not the program, when it is closed in the middle of a scan', async () => {
    const store = await make()
    await store.write({ puts: Array.from({ length: 3_000 }, (_, index): StoreRecord => [key(index >> 8, index & 255), key()]), deletes: [] }, 'sync')
    const read = (async () => {
      for await (const list of store.scan(ALL)) {
        await store.close()
        await new Promise((resolve) => setTimeout(resolve, 20))
        expect(list.length).toBeGreaterThan(0)
      }
    })()
    await expect(read).rejects.toThrow()
  })
})
