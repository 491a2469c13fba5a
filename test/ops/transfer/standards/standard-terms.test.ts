import { expect, it } from 'vitest'
import { TIME_MIN_MS } from '../../../../src/base/limits.js'
import { isPerson, startMs } from '../../../../src/ops/transfer/standards/standard-terms.js'
import { readRecord } from '../../../../src/trail/record.js'
import { aRepo } from '../../../helpers/memory-repo.js'

it('a person is who is called one, or has a name of several words', () => {
  expect(['user:ann', 'Ada Lovelace', 'Ada\u00a0Lovelace'].map(isPerson)).toEqual([true, true, true])
  expect(['claude-code', 'superuser:x', ''].map(isPerson)).toEqual([false, false, false])
})

it('work begins as long before its ATOM as the longest command took, and never before the year 0', async () => {
  const repo = await aRepo()
  const evidence = [{ name: 'a', phase: 'other', durationMs: 20 }, { name: 'b', phase: 'other', durationMs: 1_500 }, { name: 'c', phase: 'other' }] as const
  await repo.draft({ body: { title: 'ran', evidence } })
  const record = readRecord(repo, 1)
  expect(record.header.timeMs - startMs(record)).toBe(1_500)
  expect(startMs({ ...record, header: { ...record.header, timeMs: TIME_MIN_MS } })).toBe(TIME_MIN_MS)
  const still = readRecord(repo, 0)
  expect(startMs(still)).toBe(still.header.timeMs)
})
