import { describe, expect, it } from 'vitest'
import { idFromBytes, idBytes, type ObjectId } from '../../../src/codec/object-id.js'
import { IdQueue } from '../../../src/exchange/sync/id-queue.js'
import { anId } from '../../helpers/objects.js'

const ids = (from: number, to: number): readonly ObjectId[] => Array.from({ length: to - from }, (_, index) => anId(String(from + index), index % 3 === 0 ? 'raw' : 'dag-cbor'))

/** A queue in which everything waits that is not in a set. */
function aQueue(gone: Set<ObjectId>): IdQueue {
  return new IdQueue((codec, bytes, at) => !gone.has(idFromBytes(Uint8Array.of(codec, ...bytes.subarray(at, at + 32)))))
}

describe('a queue of ids', () => {
  it('gives them in the order in which they came, however many', () => {
    const queue = aQueue(new Set())
    const all = ids(0, 5_000)
    for (const [index, id] of all.entries()) {
      if (index % 2 === 0) queue.pushId(id)
      else queue.push(idBytes(id)[0] as number, Uint8Array.of(9, 9, ...idBytes(id)), 3)
    }
    expect([...queue]).toEqual(all)
    expect([queue.take(1_000), queue.take(10_000), queue.take(1)]).toEqual([all.slice(0, 1_000), all.slice(1_000), []])
  })

  it('drops what does not wait any more, and keeps little room for it', () => {
    const gone = new Set<ObjectId>()
    const queue = aQueue(gone)
    const kept: ObjectId[] = []
    for (const id of ids(0, 20_000)) {
      queue.pushId(id)
      if (kept.length < 10 && !gone.has(id)) kept.push(id)
      else gone.add(id)
    }
    expect(queue.take(100)).toEqual(kept)
    gone.clear()
    // What was dropped to make room does not come back, whatever is said of it later.
    expect(queue.take(20_000).length).toBeLessThan(2_000)
  })
})
