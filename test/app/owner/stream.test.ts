import { describe, expect, it } from 'vitest'
import { OwnerLost } from '../../../src/app/owner/owner-lost.js'
import { continued, isStream } from '../../../src/app/owner/stream.js'

async function* list(items: readonly unknown[], lostAt = Infinity): AsyncGenerator {
  for (const [index, item] of items.entries()) {
    if (index === lostAt) throw new OwnerLost('gone')
    yield item
  }
  if (lostAt === items.length) throw new OwnerLost('gone')
}

async function all(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const got: unknown[] = []
  for await (const item of items) got.push(item)
  return got
}

describe('a stream whose owner ended', () => {
  it('goes on behind the last item, though new ones came before it', async () => {
    const got = await all(continued(list(['c', 'b', 'a'], 2), () => Promise.resolve(list(['e', 'd', 'c', 'b', 'a']))))
    expect(got).toEqual(['c', 'b', 'a'])
  })

  it('tells equal items apart by their place, and loses owner after owner', async () => {
    const lost = [list([1, 1, 1, 2], 3), list([1, 1, 1, 2], 4)]
    expect(await all(continued(list([1, 1, 1, 2], 2), () => Promise.resolve(lost.shift() ?? list([1, 1, 1, 2]))))).toEqual([1, 1, 1, 2])
  })

  it('begins again when nothing had come', async () => {
    expect(await all(continued(list([], 0), () => Promise.resolve(list(['a']))))).toEqual(['a'])
  })

  it('ends with an error when what it listed is gone', async () => {
    await expect(all(continued(list(['b', 'a'], 1), () => Promise.resolve(list(['x', 'y']))))).rejects.toMatchObject({ code: 'STORE_LOCKED' })
  })

  it('is told from other results', () => {
    expect([isStream(list([])), isStream({ a: 1 }), isStream(null), isStream('text')]).toEqual([true, false, false, false])
  })
})
