import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { logItems } from '../../../src/capture/kenl/log.js'
import { timesIn } from '../../../src/capture/kenl/time.js'
import type { KenlItem } from '../../../src/ops/transfer/kenl/kenl-source.js'

/** Reads a log cut at places that have nothing to do with its lines. */
async function read(text: string, sizeBytes = 7): Promise<KenlItem[]> {
  const bytes = utf8(text)
  async function* chunks(): AsyncIterable<Uint8Array> {
    await Promise.resolve()
    for (let offset = 0; offset < bytes.length; offset += sizeBytes) yield bytes.subarray(offset, offset + sizeBytes)
  }
  const items: KenlItem[] = []
  for await (const item of logItems(chunks(), { file: 'a.log', times: timesIn('UTC'), timeZone: 'UTC' })) items.push(item)
  return items
}

const FIRST = '[2025-11-14 09:30:00] ATOM-CFG-20251114-001 | raise the limit'

describe('a log of KENL', () => {
  it('is the same however it is cut, with either end of line and a byte order mark', async () => {
    const text = `\ufeff${FIRST}\r\n  Context: ann@b:/p\r\nATOM-DOC-20251114-002: ünicode`
    const whole = await read(text, 1_000)
    expect(whole).toMatchObject([{ atomId: 'ATOM-CFG-20251114-001', line: 1, metadata: { kenl: { cwd: '/p' } } }, { atomId: 'ATOM-DOC-20251114-002', line: 3, title: 'ünicode' }])
    expect(await read(text, 1)).toEqual(whole)
  })

  it('lets a text go on for 64 KiB, and then refuses line by line', async () => {
    const line = 'x'.repeat(1_000)
    const items = await read(`${FIRST}\n${`${line}\n`.repeat(80)}ATOM-DOC-20251114-002: next`, 100_000)
    const [first, ...rest] = items
    expect(first).toMatchObject({ is: 'record', odd: ['66 lines go on with its text'] })
    expect(rest.slice(0, -1).every(({ is }) => is === 'refused')).toBe(true)
    expect(rest).toHaveLength(15)
    expect(rest.at(-1)).toMatchObject({ atomId: 'ATOM-DOC-20251114-002' })
  })

  it('takes a context that names no folder as it stands, and one line of it only', async () => {
    expect(await read(`${FIRST}\n  Context: somewhere\n  Context: again\n`)).toMatchObject([
      { agent: 'unknown', title: 'raise the limit', metadata: { kenl: { context: 'somewhere' } } }, { is: 'refused', line: 3 },
    ])
  })

  it('does not try long on lines that only look like flags', async () => {
    const line = `{"timestamp":"t","flag":"SAIF-X","action":"${'","subject":"'.repeat(80_000)}`
    expect(await read(line, 1_000_000)).toMatchObject([{ is: 'refused', reason: 'it is not JSON' }])
  })

  it('knows lines that were written here: the exact id, the agent, the ends of lines', async () => {
    const [item] = await read(`[2025-11-14 09:30:00] ATOM-DUALBOOT-20251114-002 | one\\ntwo C:\\\\new\n  Context: claude\\ncode@atom-trail:ATOM-DUAL-BOOT-20251114-1002 ${'ab'.repeat(32)} a@b:/p\n`)
    expect(item).toMatchObject({ atomId: 'ATOM-DUAL-BOOT-20251114-1002', agent: 'claude\ncode', title: 'one', reason: 'two C:\\new', odd: [], metadata: { kenl: { object: 'ab'.repeat(32), context: 'a@b:/p' } } })
    const [other] = await read('[2025-11-14 09:30:00] ATOM-CFG-20251114-001 | C:\\new\n  Context: ann@atom-trail:/home\n')
    expect(other).toMatchObject({ atomId: 'ATOM-CFG-20251114-001', title: 'C:\\new', agent: 'user:ann' })
  })
})
