import { createMemoryStore } from '../../src/store/memory-store.js'
import type { Store, WriteBatch } from '../../src/store/types.js'

/** A memory store whose writes can be held back, counted and made to fail. */
export interface FaultyStore extends Store {
  readonly writes: WriteBatch[]
  /** The n-th write from now on fails, counted from 1; before it reaches the records, or after it did. */
  failAt(nth: number, error?: Error): void
  /** Holds every write back until the returned function is called. */
  hold(): () => void
}

export function faultyStore(): FaultyStore {
  const store = createMemoryStore()
  const writes: WriteBatch[] = []
  let left = Number.POSITIVE_INFINITY
  let failure = new Error('the disk said no')
  let gate: Promise<void> = Promise.resolve()
  return {
    ...store,
    writes,
    async write(batch, durability) {
      await gate
      if (--left === 0) throw failure
      writes.push(batch)
      await store.write(batch, durability)
    },
    failAt(nth, error = failure) {
      left = nth
      failure = error
    },
    hold() {
      let open = (): void => undefined
      gate = new Promise((resolve) => { open = resolve })
      return () => { open() }
    },
  }
}
