import { describe, expect, it } from 'vitest'
import { createAhead } from '../../../src/app/owner/ahead.js'
import { createMemoryStore } from '../../../src/store/memory-store.js'
import type { Store } from '../../../src/store/types.js'
import { pause } from '../../fault/kit.js'

const watched = (): { readonly store: Store; closed: number } => {
  const made = { closed: 0, store: undefined as unknown as Store }
  made.store = { ...createMemoryStore(), close: async () => { made.closed++ } }
  return made
}

describe('a store that is opened ahead', () => {
  it('is opened once and given to the first who asks, to close', async () => {
    const ahead = createAhead()
    const one = watched()
    let opened = 0
    const open = async (): Promise<Store> => {
      opened++
      return one.store
    }
    ahead.begin(open, 1_000)
    ahead.begin(open, 1_000)
    expect(await ahead.take()).toBe(one.store)
    expect(ahead.take()).toBeUndefined()
    await ahead.drop()
    expect([opened, one.closed]).toEqual([1, 0])
  })

  it('is closed when nobody took it', async () => {
    const ahead = createAhead()
    const one = watched()
    ahead.begin(async () => one.store, 1_000)
    await ahead.drop()
    await ahead.drop()
    expect([one.closed, ahead.take()]).toEqual([1, undefined])
  })

  it('is closed when nobody took it for a while', async () => {
    const ahead = createAhead()
    const one = watched()
    ahead.begin(async () => one.store, 1)
    while (one.closed === 0) await pause(1)
    expect(ahead.take()).toBeUndefined()
  })

  it('tells its error to who takes it, and to nobody else', async () => {
    const ahead = createAhead()
    ahead.begin(() => Promise.reject(new RangeError('broken')), 1_000)
    await expect(ahead.take()).rejects.toThrow('broken')
    ahead.begin(() => Promise.reject(new RangeError('broken')), 1_000)
    await ahead.drop()
  })
})
