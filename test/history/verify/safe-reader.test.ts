import { describe, expect, it } from 'vitest'
import { AtomError } from '../../../src/base/errors.js'
import { Findings } from '../../../src/history/verify/finding.js'
import { createSafeReader } from '../../../src/history/verify/safe-reader.js'
import { rangeOf } from '../../../src/store/keys.js'
import type { RecordReader, StoreRecord } from '../../../src/store/types.js'

const records: readonly StoreRecord[] = Array.from({ length: 2_000 }, (_, index): StoreRecord => [Uint8Array.of(0x6f, index >> 8, index & 255), Uint8Array.of(1)])
const numberOf = (key: Uint8Array): number => (key[1] as number) * 256 + (key[2] as number)

/** As LevelDB does it: a list over a bad place is lost whole. */
function damaged(bad: ReadonlySet<number>): RecordReader {
  const corrupt = (): AtomError => new AtomError('STORE_CORRUPT', 'bad block', { data: { folder: '', reason: 'bad block' } })
  return {
    getRecord: (key) => {
      if (bad.has(numberOf(key))) throw corrupt()
      return records[numberOf(key)]?.[1]
    },
    async* scan(range, options = {}) {
      const found = records.filter(([key]) => Buffer.compare(key, range.gte) >= 0 && Buffer.compare(key, range.lt) < 0).slice(0, options.limit)
      for (let from = 0; from < found.length; from += 1_000) {
        const list = found.slice(from, from + 1_000)
        if (list.some(([key]) => bad.has(numberOf(key)))) throw corrupt()
        yield list
      }
    },
  }
}

async function read(bad: ReadonlySet<number>): Promise<{ readonly found: readonly number[]; readonly places: number }> {
  const findings = new Findings(10)
  const reader = createSafeReader(damaged(bad), findings, new AbortController().signal)
  const found: number[] = []
  for await (const list of reader.scan(rangeOf('object'))) for (const [key] of list) found.push(numberOf(key))
  return { found, places: findings.count('store-unreadable') }
}

describe('createSafeReader', () => {
  it('gives everything where nothing is damaged', async () => {
    expect(await read(new Set())).toEqual({ found: records.map(([key]) => numberOf(key)), places: 0 })
  })

  it('goes on behind what the database cannot read, and says so', async () => {
    const bad = new Set([700, 701, 702, 1_500])
    const { found, places } = await read(bad)
    expect(found).toEqual(records.map(([key]) => numberOf(key)).filter((number) => !bad.has(number)))
    expect(places).toBe(2)
  })

  it('ends where nothing behind the damage can be read', async () => {
    const bad = new Set(Array.from({ length: 1_000 }, (_, index) => index + 1_000))
    expect((await read(bad)).found).toEqual(Array.from({ length: 1_000 }, (_, index) => index))
  })

  it('takes a record that cannot be read for absent', () => {
    const findings = new Findings(10)
    const reader = createSafeReader(damaged(new Set([3])), findings, new AbortController().signal)
    expect(reader.getRecord(Uint8Array.of(0x6f, 0, 3))).toBeUndefined()
    expect(findings.list()[0]?.code).toBe('store-unreadable')
  })
})
