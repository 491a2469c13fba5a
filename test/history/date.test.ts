import { describe, expect, it } from 'vitest'
import { getExactDate, parseDate } from '../../src/history/date.js'

/** Wednesday, 27 November 2024, 10:27:33 UTC. */
const NOW = Date.UTC(2024, 10, 27, 10, 27, 33)
const iso = async (text: string): Promise<string> => new Date(await parseDate(text, NOW)).toISOString()

describe('a date', () => {
  it.each([
    ['2024-11-27', '2024-11-27T00:00:00.000Z'], ['2024-11-27T10:27:33Z', '2024-11-27T10:27:33.000Z'], ['2024-11-27 10:27', '2024-11-27T10:27:00.000Z'],
    ['2024-11-27T10:27:33.123456+01:00', '2024-11-27T09:27:33.123Z'], ['2024-11-27 10:27:33 -0530', '2024-11-27T15:57:33.000Z'], ['2024-11-27T10:27:33 +01:00', '2024-11-27T09:27:33.000Z'],
    ['@1732703253', '2024-11-27T10:27:33.000Z'], ['1732703253', '2024-11-27T10:27:33.000Z'], ['@-1', '1969-12-31T23:59:59.000Z'], ['2024-02-29', '2024-02-29T00:00:00.000Z'], [' 2024-11-27 ', '2024-11-27T00:00:00.000Z'], ['0000-01-01', '0000-01-01T00:00:00.000Z'],
  ])('%s is exact', async (text, wanted) => {
    expect(await iso(text)).toBe(wanted)
    expect(getExactDate(text.trim())).toBe(Date.parse(wanted))
  })

  it.each([
    ['now', '2024-11-27T10:27:33.000Z'], ['yesterday 14:00', '2024-11-26T14:00:00.000Z'], ['2 weeks ago', '2024-11-13T10:27:33.000Z'], ['2.weeks.ago', '2024-11-13T10:27:33.000Z'],
    ['3 hours ago', '2024-11-27T07:27:33.000Z'], ['on monday at 14:00', '2024-11-25T14:00:00.000Z'],
  ])('%s is what people say', async (text, wanted) => {
    expect(await iso(text)).toBe(wanted)
  })

  it.each(['monday', 'last friday', 'yesterday', 'noon', 'Nov 20 2024', '20 November 2024 at 5pm'])('%s looks back', async (text) => {
    expect(await parseDate(text, NOW)).toBeLessThanOrEqual(NOW + 43_200_000)
  })

  it.each([
    ['monday', '2024-11-25T12:00:00.000Z'], ['wednesday', '2024-11-20T12:00:00.000Z'], ['thursday', '2024-11-21T12:00:00.000Z'], ['saturday 09:00', '2024-11-23T09:00:00.000Z'],
    ['december 1', '2023-12-01T12:00:00.000Z'], ['noon', '2024-11-26T12:00:00.000Z'], ['23:00', '2024-11-26T23:00:00.000Z'], ['10:00', '2024-11-27T10:00:00.000Z'],
    ['tomorrow', '2024-11-28T10:27:33.000Z'], ['in 2 hours', '2024-11-27T12:27:33.000Z'], ['next friday', '2024-12-06T12:00:00.000Z'],
  ])('%s is the last one, unless it says otherwise', async (text, wanted) => {
    expect(await iso(text)).toBe(wanted)
  })

  it.each(['', 'soon', 'not a date', 'blah 5', 'monday and then some', '2024-13-01', '2024-02-30', '2023-02-29', '2024-11-31T10:00:00Z', '2024-11-27T25:00', '@', '@99999999999999', '@999999999999', 'x'.repeat(10_000), '2024-11-27T10:27:33Z; rm -rf'])('%s is refused', async (text) => {
    await expect(parseDate(text, NOW)).rejects.toMatchObject({ code: 'DATE_INVALID' })
  })
})
