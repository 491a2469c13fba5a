/**
 * A store that remembers the records which every recording begins with: those of the last small batches (the tip, its blocks of the index, the refs, the state of
 * the log), of settings, refs and counts also that there are none, and that nothing was ever taken back.
 *
 * Guarantees: what is remembered is what the store below has. It MUST be the only way to write there: LevelDB lets one process in, and that opens it once.
 */
import { createBoundedCache, type BoundedCache } from '../base/bounded-cache.js'
import { compareBytes } from '../base/bytes.js'
import { binaryKey } from './binary-key.js'
import { rangeOf, SPACES } from './keys.js'
import type { KeyRange, ScanOptions, Store, StoreRecord, WriteBatch } from './types.js'

const KEPT_BYTES = 262_144
/** What a record takes beside its value. */
const RECORD_BYTES = 128
/** A batch of more is no single recording: nothing in it is asked for again soon. */
const BATCH_RECORDS_MAX = 64
const VALUE_MAX_BYTES = 8_192
const KEPT_WHEN_READ: ReadonlySet<number | undefined> = new Set([SPACES.meta, SPACES.ref, SPACES.count])

/** A value, or that there is none. */
type Known = Uint8Array | 'absent'

/** Every recording asks for all of them, to say whether what it builds on was taken back. Most stores have none. */
const REFUTATIONS: KeyRange = rangeOf('refutation')

export function remembering(store: Store): Store {
  const empty = (): BoundedCache<string, Known> => createBoundedCache<string, Known>({ limit: KEPT_BYTES, weigh: (value) => RECORD_BYTES + value.length })
  let known = empty()
  let inFlight = 0
  /** Which of two batches under way at once came first nobody says. */
  let isOverlapped = false
  const refutations = { areNone: false, written: 0, inFlight: 0 }
  async function* scanRefutations(options: ScanOptions | undefined): AsyncIterable<readonly StoreRecord[]> {
    const { written, inFlight: underWay } = refutations
    let found = 0
    for await (const list of store.scan(REFUTATIONS, options)) {
      found += list.length
      yield list
    }
    if (found === 0 && underWay === 0 && refutations.written === written) refutations.areNone = true
  }
  const remember = ({ puts, deletes }: WriteBatch): void => {
    if (isOverlapped || puts.length + deletes.length > BATCH_RECORDS_MAX || puts.some(([, value]) => value.length > VALUE_MAX_BYTES)) {
      known = empty()
      return
    }
    for (const key of deletes) known.set(binaryKey(key), 'absent')
    for (const [key, value] of puts) known.set(binaryKey(key), value.slice())
  }
  return {
    ...store,
    getRecord(key) {
      // Some of a batch under way may be there already: with half of it remembered as it was, an index would not fit its refs.
      if (inFlight > 0) return store.getRecord(key)
      const text = binaryKey(key)
      const remembered = known.peek(text)
      if (remembered !== undefined) return remembered === 'absent' ? undefined : remembered.slice()
      const value = store.getRecord(key)
      if (KEPT_WHEN_READ.has(key[0]) && (value?.length ?? 0) <= VALUE_MAX_BYTES) known.set(text, value?.slice() ?? 'absent')
      return value
    },
    scan(range, options) {
      if (!isSameRange(range, REFUTATIONS)) return store.scan(range, options)
      return refutations.areNone ? NOTHING : scanRefutations(options)
    },
    async write(batch, durability) {
      if (inFlight++ > 0) isOverlapped = true
      const takesBack = batch.puts.some(([key]) => key[0] === SPACES.refutation) ? 1 : 0
      refutations.written += takesBack
      refutations.inFlight += takesBack
      if (takesBack > 0) refutations.areNone = false
      try {
        await store.write(batch, durability)
        remember(batch)
      } catch (error) {
        // Whether it is there will be seen when the store is opened again.
        known = empty()
        throw error
      } finally {
        if (--inFlight === 0) isOverlapped = false
        refutations.inFlight -= takesBack
      }
    },
    close() {
      known = empty()
      refutations.areNone = false
      return store.close()
    },
  }
}

const NOTHING: AsyncIterable<readonly StoreRecord[]> = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }) }

function isSameRange(left: KeyRange, right: KeyRange): boolean {
  return left.gte.length === right.gte.length && compareBytes(left.gte, right.gte) === 0 && compareBytes(left.lt, right.lt) === 0
}
