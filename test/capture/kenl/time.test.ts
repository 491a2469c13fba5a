import { describe, expect, it } from 'vitest'
import { timesIn } from '../../../src/capture/kenl/time.js'

const iso = (zone: string, text: string): string | undefined => {
  const read = timesIn(zone)(text)
  return read === undefined ? undefined : new Date(read.timeMs).toISOString()
}

describe('times of KENL', () => {
  it('name their own offset, or are local to the zone that is given', () => {
    expect(iso('Australia/Sydney', '2025-11-14T09:30:00+01:00')).toBe('2025-11-14T08:30:00.000Z')
    expect(iso('Australia/Sydney', '2025-11-14T09:30:00.25Z')).toBe('2025-11-14T09:30:00.250Z')
    expect(iso('Australia/Sydney', '2025-11-14 09:30:00')).toBe('2025-11-13T22:30:00.000Z')
    expect(iso('Australia/Sydney', '2025-07-14 09:30:00')).toBe('2025-07-13T23:30:00.000Z')
    expect(iso('+05:30', '2025-11-14 09:30')).toBe('2025-11-14T04:00:00.000Z')
    expect(iso('UTC', '2025-11-14')).toBe('2025-11-14T00:00:00.000Z')
    expect(timesIn('UTC')('2025-11-14 09:30:00')?.zone).toBe('assumed')
    expect(timesIn('UTC')('2025-11-14 09:30:00 +0000')?.zone).toBe('given')
  })

  it('that came twice, or never, are taken and doubted', () => {
    const berlin = timesIn('Europe/Berlin')
    // The clocks went back on 26 October 2025 at 03:00, forward on 30 March at 02:00.
    expect(berlin('2025-10-26 02:30:00')).toEqual({ timeMs: Date.UTC(2025, 9, 26, 0, 30), zone: 'assumed', doubt: 'its hour came twice when the clocks went back; the first one is taken' })
    expect(berlin('2025-10-26 03:30:00')).toEqual({ timeMs: Date.UTC(2025, 9, 26, 2, 30), zone: 'assumed' })
    expect(berlin('2025-03-30 02:30:00')).toEqual({ timeMs: Date.UTC(2025, 2, 30, 1, 30), zone: 'assumed', doubt: 'its hour was left out when the clocks went forward' })
    expect(berlin('2025-03-30 01:59:59')).toEqual({ timeMs: Date.UTC(2025, 2, 30, 0, 59, 59), zone: 'assumed' })
  })

  it('that are none are none', () => {
    for (const text of ['', 'yesterday', '2025-13-01', '2025-02-30 10:00:00', '2025-11-14 25:00:00', '2025-11-14 09:30:00 Mars', '0000-01-01T00:00:00+14:00']) expect([text, iso('UTC', text)]).toEqual([text, undefined])
    expect(() => timesIn('Mars/Olympus')).toThrow(expect.objectContaining({ code: 'INPUT_INVALID', data: { field: 'timeZone', value: 'Mars/Olympus' } }) as Error)
  })
})
