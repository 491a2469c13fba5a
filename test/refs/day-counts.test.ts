import { describe, expect, it } from 'vitest'
import { getText } from '../../src/base/bytes.js'
import { parseAtomId } from '../../src/object/atom-id.js'
import { createDayCounts } from '../../src/refs/day-counts.js'
import { countKey } from '../../src/store/keys.js'
import { createMemoryStore } from '../../src/store/memory-store.js'
import { createOverlay } from '../../src/store/overlay-store.js'

const NOON_MS = Date.UTC(2024, 10, 27, 12)

describe('day counts', () => {
  it('go on from what is stored, day by day', () => {
    const staged = createOverlay(createMemoryStore())
    const first = createDayCounts(staged)
    expect(first.next(NOON_MS)).toMatchObject({ day: '20241127', count: 1 })
    expect(first.next(NOON_MS + 3_600_000)).toMatchObject({ count: 2 })
    expect(first.next(NOON_MS + 86_400_000)).toMatchObject({ day: '20241128', count: 1 })
    first.stage()
    expect(createDayCounts(staged).next(NOON_MS)).toMatchObject({ count: 3 })
  })

  it('go on behind numbers that came from elsewhere, of every type, and give no number for those of commits', () => {
    const staged = createOverlay(createMemoryStore())
    const counts = createDayCounts(staged)
    counts.next(NOON_MS)
    for (const id of ['ATOM-CFG-20241127-007', 'ATOM-TASK-20241127-004', 'ATOM-COMMIT-20241127-012345678901', 'ATOM-CFG-20241128-000']) counts.take(parseAtomId(id))
    expect(counts.next(NOON_MS)).toMatchObject({ count: 8 })
    expect(counts.next(NOON_MS + 86_400_000)).toMatchObject({ count: 1 })
    counts.stage()
    expect(getText(staged.getRecord(countKey('20241127')) ?? new Uint8Array(0))).toBe('8')
  })

  it('are not driven to the end of a day\'s numbers by an id from elsewhere', () => {
    const counts = createDayCounts(createOverlay(createMemoryStore()))
    counts.take(parseAtomId('ATOM-CFG-20241127-99999999999'))
    expect(counts.next(NOON_MS)).toMatchObject({ count: 1 })
    counts.take(parseAtomId('ATOM-CFG-20241127-99999999'))
    expect(counts.next(NOON_MS)).toMatchObject({ count: 100_000_000 })
  })

  it('are staged once, at the end', () => {
    const staged = createOverlay(createMemoryStore())
    const counts = createDayCounts(staged)
    counts.next(NOON_MS)
    counts.next(NOON_MS)
    expect(staged.batch().puts).toEqual([])
    counts.stage()
    expect(getText(staged.getRecord(countKey('20241127')) ?? new Uint8Array(0))).toBe('2')
  })
})
