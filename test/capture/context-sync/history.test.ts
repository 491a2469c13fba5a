import { describe, expect, it } from 'vitest'
import { Float } from '../../../src/codec/cbor.js'
import { jsonOf, textOf, timeOf, toValue } from '../../../src/capture/context-sync/cells.js'
import { createSyncedSource } from '../../../src/capture/context-sync/history.js'
import { splitText, tagIn, withoutTag } from '../../../src/capture/context-sync/texts.js'
import { trailKind } from '../../../src/capture/context-sync/trails.js'
import type { Cells, CellValue } from '../../../src/ops/transfer/context-sync/synced-row.js'
import type { SyncedTables } from '../../../src/ops/transfer/context-sync/synced-source.js'

const row = (cells: Readonly<Record<string, CellValue>>): Cells => new Map(Object.entries(cells))

/** Tables held in memory, their rows in the order given. */
function tablesOf(rows: Readonly<Record<string, readonly Cells[]>>, exported: SyncedTables['exported'] = () => []): SyncedTables {
  return {
    location: '/data.db',
    tables: Object.entries(rows).map(([name, list]) => ({ name, columns: [...new Set(['id', 'name', 'path', 'created_at', 'timestamp', ...list.flatMap((cells) => [...cells.keys()])])], rows: list.length })),
    leftOut: [], rows: (table) => rows[table] ?? [], exported, lost: () => [], close: () => undefined,
  }
}

describe('the records of a database', () => {
  it('come in the order of their times over all tables; ties as the tables stand', () => {
    using source = createSyncedSource(tablesOf({
      projects: [row({ id: 'p', name: 'x', created_at: 1n, updated_at: 50n })],
      decisions: [row({ id: 'd1', project_id: 'p', description: 'one', timestamp: 10n }), row({ id: 'd2', project_id: 'p', description: 'two', timestamp: 50n })],
      notes: [row({ id: 'n1', project_id: 'p', content: 'between', timestamp: 20n })],
    }))
    expect([...source.records()].map(({ id, timeMs, project }) => [id, timeMs, project])).toEqual([['d1', 10, 'x'], ['n1', 20, 'x'], ['p', 50, 'x'], ['d2', 50, 'x']])
  })

  it('take the atom id that stands in brackets, not where an export put it there', () => {
    const rows = { projects: [], decisions: [row({ id: 'd1', description: 'Use D1 [ATOM-DECISION-20241127-001]', timestamp: 1n })] }
    using own = createSyncedSource(tablesOf(rows))
    expect([...own.records()]).toMatchObject([{ title: 'Use D1 [ATOM-DECISION-20241127-001]', atomId: 'ATOM-DECISION-20241127-001', project: undefined }])
    using ours = createSyncedSource(tablesOf(rows, () => [{ object: 'a', digest: 'b' }]))
    expect([...ours.records()]).toMatchObject([{ title: 'Use D1', atomId: undefined }])
  })

  it('give a row without an id one that is made of its content', () => {
    using source = createSyncedSource(tablesOf({ projects: [], notes: [row({ content: 'a', timestamp: 1n }), row({ content: 'b', timestamp: 1n })] }))
    const ids = [...source.records()].map(({ id }) => id)
    expect([ids.every((id) => /^content-[0-9a-f]{32}$/.test(id)), new Set(ids).size]).toEqual([true, 2])
  })
})

describe('words and cells', () => {
  it('the first line that says something is the title; the rest is kept whole', () => {
    expect(splitText('one')).toEqual({ title: 'one', rest: '' })
    expect(splitText('\n  one \ntwo')).toEqual({ title: 'one', rest: '\n  one \ntwo' })
    expect(splitText('💾'.repeat(400))).toEqual({ title: `${'💾'.repeat(299)}…`, rest: '💾'.repeat(400) })
    expect(splitText(' \n')).toEqual({ title: '', rest: '' })
  })

  it('one tag in brackets is an id; several, or one in the running text, are mentions', () => {
    expect(tagIn('x [ATOM-CFG-20241127-003]')).toBe('ATOM-CFG-20241127-003')
    expect(tagIn('see ATOM-CFG-20241127-003')).toBeUndefined()
    expect(tagIn('[ATOM-CFG-20241127-003] [ATOM-CFG-20241127-004]')).toBeUndefined()
    expect(withoutTag('a [ATOM-CFG-20241127-003]\nb [ATOM-CFG-20241127-004]')).toBe('a\nb [ATOM-CFG-20241127-004]')
  })

  it('times are ms or dates, with UTC where there is no zone', () => {
    expect(['2026-11-22T11:36:14.347Z', '2026-11-22 11:36:14', '2024-11-27T11:27:33+01:00', 'soon'].map((time) => timeOf(row({ time }), 'time'))).toEqual([Date.UTC(2026, 10, 22, 11, 36, 14, 347), Date.UTC(2026, 10, 22, 11, 36, 14), Date.UTC(2024, 10, 27, 10, 27, 33), undefined])
    expect(timeOf(row({ time: 5n }), 'time')).toBe(5)
  })

  it('texts and JSON are read as far as they go', () => {
    expect(textOf(row({ a: { text: Uint8Array.of(0x61, 0xff) } }), 'a')).toBe('a\ufffd')
    expect([jsonOf(row({ a: '{"x":1}' }), 'a'), jsonOf(row({ a: 'Confidence: high' }), 'a')]).toEqual([{ x: 1 }, undefined])
    const deep: unknown = Array.from({ length: 100 }).reduce((inner: unknown) => [inner], 1)
    expect(JSON.stringify(toValue(deep))).toContain('null')
    expect([toValue(1e300), toValue(0.5), toValue(-0)]).toEqual([new Float(1e300), 0.5, 0])
  })

  it('a trail is KENL\'s or SpiralSafe\'s by its columns', () => {
    expect([trailKind(['atom_id', 'operation', 'agent', 'timestamp']), trailKind(['id', 'timestamp', 'decision', 'rationale', 'outcome']), trailKind(['x'])]).toEqual(['kenl', 'spiralsafe', undefined])
  })
})
