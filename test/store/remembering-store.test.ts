import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/store/memory-store.js'
import { remembering } from '../../src/store/remembering-store.js'
import { rangeOf, refutationKey } from '../../src/store/keys.js'
import type { Store } from '../../src/store/types.js'
import { storeSuite } from '../conformance/store-suite.js'
import { faultyStore, type FaultyStore } from '../helpers/faulty-store.js'

storeSuite({ name: 'memory, remembered', make: async () => remembering(createMemoryStore()) })

const key = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const REF = key('rrefs/heads/main')
const OBJECT = key('o1')
const value = (byte: number, lengthBytes = 1): Uint8Array => new Uint8Array(lengthBytes).fill(byte)

interface Watched { readonly below: FaultyStore; readonly store: Store; readonly read: string[] }

function watched(): Watched {
  const below = faultyStore()
  const read: string[] = []
  const store = remembering({ ...below, getRecord: (wanted) => { read.push(Buffer.from(wanted).toString()); return below.getRecord(wanted) } })
  return { below, store, read }
}
const put = (store: Store, ...puts: [Uint8Array, Uint8Array][]): Promise<void> => store.write({ puts, deletes: [] }, 'sync')

describe('a store that remembers', () => {
  it('reads back neither what was just written nor refs and settings a second time, whether they are there or not', async () => {
    const { store, read } = watched()
    await put(store, [OBJECT, value(1)], [REF, value(2)])
    expect([store.getRecord(OBJECT), store.getRecord(REF), store.getRecord(key('mreceipts')), store.getRecord(key('mreceipts'))]).toEqual([value(1), value(2), undefined, undefined])
    expect(read).toEqual(['mreceipts'])
    await store.write({ puts: [[key('mreceipts'), value(3)]], deletes: [REF] }, 'sync')
    expect([store.getRecord(key('mreceipts')), store.getRecord(REF)]).toEqual([value(3), undefined])
    expect(read).toEqual(['mreceipts'])
  })

  it('remembers no other record for having been read, and forgets all of them after a batch that is no single recording', async () => {
    const { store, below, read } = watched()
    await put(below, [OBJECT, value(1)])
    store.getRecord(OBJECT)
    store.getRecord(OBJECT)
    expect(read).toEqual(['o1', 'o1'])
    await put(store, [REF, value(2)])
    await put(store, [REF, value(3)], [OBJECT, value(4, 10_000)])
    expect(store.getRecord(REF)).toEqual(value(3))
    await put(store, ...Array.from({ length: 65 }, (_, index): [Uint8Array, Uint8Array] => [key(`o${String(index)}`), value(5)]))
    store.getRecord(REF)
    expect(read).toEqual(['o1', 'o1', 'rrefs/heads/main', 'rrefs/heads/main'])
  })

  it('asks the store below while a batch is under way, and remembers nothing of what it says', async () => {
    const { store, below, read } = watched()
    await put(store, [REF, value(1)])
    const release = below.hold()
    const writing = put(store, [REF, value(2)])
    expect(store.getRecord(REF)).toEqual(value(1))
    release()
    await writing
    expect(store.getRecord(REF)).toEqual(value(2))
    expect(read).toEqual(['rrefs/heads/main'])
  })

  it('forgets what it knew when a batch fails, and when two were under way at once', async () => {
    const { store, below, read } = watched()
    await put(store, [REF, value(1)])
    below.failAt(1)
    await expect(put(store, [REF, value(2)])).rejects.toThrow('the disk said no')
    expect(store.getRecord(REF)).toEqual(value(1))
    expect(read).toHaveLength(1)
    const release = below.hold()
    const both = Promise.all([put(store, [REF, value(3)]), put(store, [REF, value(4)])])
    release()
    await both
    expect(store.getRecord(REF)).toEqual(value(4))
    expect(read).toHaveLength(2)
    expect(store.getRecord(REF)).toEqual(value(4))
    expect(read).toHaveLength(2)
  })

  it('looks for what takes others back once, as long as nothing does', async () => {
    const below = faultyStore()
    let scans = 0
    const store = remembering({ ...below, scan: (range, options) => { scans++; return below.scan(range, options) } })
    const refutations = async (): Promise<number> => {
      let count = 0
      for await (const list of store.scan(rangeOf('refutation'))) count += list.length
      return count
    }
    expect([await refutations(), await refutations(), await refutations(), scans]).toEqual([0, 0, 0, 1])
    await put(store, [REF, value(1)])
    expect([await refutations(), scans]).toEqual([0, 1])
    // Nobody knows whether it is there while it is under way, and what was looked up meanwhile counts no longer when it is.
    const release = below.hold()
    const writing = put(store, [refutationKey(7), value(1, 32)])
    expect([await refutations(), await refutations(), scans]).toEqual([0, 0, 3])
    release()
    await writing
    expect([await refutations(), await refutations(), scans]).toEqual([1, 1, 5])
    await store.write({ puts: [], deletes: [refutationKey(7)] }, 'sync')
    expect([await refutations(), await refutations(), scans]).toEqual([0, 0, 6])
    below.failAt(1)
    await expect(put(store, [refutationKey(8), value(1, 32)])).rejects.toThrow('the disk said no')
    expect([await refutations(), await refutations(), scans]).toEqual([0, 0, 7])
    await store.close()
    await expect(refutations()).rejects.toThrow('closed')
  })

  it('does not take a scan that was overtaken for an empty one', async () => {
    const { store } = watched()
    const scan = store.scan(rangeOf('refutation'))[Symbol.asyncIterator]()
    const first = scan.next()
    const writing = put(store, [refutationKey(7), value(1, 32)])
    await Promise.all([first, writing])
    const found: number[] = []
    for await (const list of store.scan(rangeOf('refutation'))) found.push(list.length)
    expect(found).toEqual([1])
  })

  it('stays within its bounds', async () => {
    const { store, read } = watched()
    for (let index = 0; index < 300; index++) await put(store, [key(`o${String(index)}`), value(7, 4_000)])
    expect([store.getRecord(key('o299')), store.getRecord(key('o0'))]).toEqual([value(7, 4_000), value(7, 4_000)])
    expect(read).toEqual(['o0'])
  })
})
