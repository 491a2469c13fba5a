import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { AtomError } from '../../../src/base/errors.js'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { createStaging, stageInStore, type Staging } from '../../../src/exchange/sync/staging.js'
import { objectKey } from '../../../src/store/keys.js'
import { createMemoryStore } from '../../../src/store/memory-store.js'
import type { Store } from '../../../src/store/types.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { anId } from '../../helpers/objects.js'

const LARGE = 400_000
const bytesOf = (index: number): Uint8Array => new Uint8Array(LARGE).fill(index)
/** An array of so many bytes is compared slowly by `expect`. */
const isSame = (bytes: Uint8Array | undefined, index: number): boolean => bytes?.length === LARGE && bytes.every((byte) => byte === index)

async function fill(staging: Staging, count: number): Promise<readonly ObjectId[]> {
  const ids = Array.from({ length: count }, (_, index) => anId(String(index), 'raw'))
  for (const [index, id] of ids.entries()) {
    await staging.put({ id, bytes: bytesOf(index) })
    expect(isSame(staging.getObject(id), index)).toBe(true)
  }
  return ids
}

async function idsIn(staging: Staging): Promise<readonly ObjectId[]> {
  const found = new Set<ObjectId>()
  for await (const { id } of staging.objects()) found.add(id)
  return [...found].sort()
}

describe.each<[string, (store: Store) => Staging]>([['aside', (store) => createStaging(async () => store)], ['in the store', stageInStore]])('a staging area %s', (place, make) => {
  it('gives what it was given at once, and all of it for who looks through it', async () => {
    const staging = make(createMemoryStore())
    const ids = await fill(staging, 30)
    expect([staging.place, await idsIn(staging)]).toEqual([place, [...ids].sort()])
    for (const [index, id] of ids.entries()) expect(isSame(staging.getObject(id), index)).toBe(true)
    expect(staging.getObject(anId('never', 'raw'))).toBeUndefined()
  })

  it('tells of a disk that is full', async () => {
    const store = createMemoryStore()
    const full: Store = { ...store, write: async () => { throw new AtomError('STORE_FULL', 'full', { data: { folder: '' } }) } }
    const staging = make(full)
    expect(await codeOfAsync(async () => { await fill(staging, 60) })).toBe('STORE_FULL')
    await staging[Symbol.asyncDispose]()
  })
})

describe('staging in the store', () => {
  it('has all of it there once it is settled, behind a barrier, and leaves the store open', async () => {
    const store = createMemoryStore()
    const steps: string[] = []
    const watched: Store = {
      ...store,
      write: async (batch, durability) => { steps.push(durability); await store.write(batch, durability) },
      compact: async (range) => { steps.push('barrier'); await store.compact(range) },
      close: async () => { steps.push('close'); await store.close() },
    }
    const staging = stageInStore(watched)
    const ids = await fill(staging, 3)
    await staging.settle()
    await staging[Symbol.asyncDispose]()
    expect(steps).toEqual(['buffered', 'barrier'])
    for (const [index, id] of ids.entries()) expect(isSame(store.getRecord(objectKey(id)), index)).toBe(true)
  })
})

describe('staging aside', () => {
  it('touches no disk for little, and throws all away in the end', async () => {
    let opened = 0
    const little = createStaging(async () => { opened++; return createMemoryStore() })
    await little.put({ id: anId('a', 'raw'), bytes: utf8('a') })
    await little.settle()
    await little[Symbol.asyncDispose]()
    expect(opened).toBe(0)
    let isClosed = false
    const store = createMemoryStore()
    const much = createStaging(async () => ({ ...store, close: async () => { isClosed = true } }))
    await fill(much, 30)
    await much[Symbol.asyncDispose]()
    expect(isClosed).toBe(true)
  })
})
