import { describe, expect, it } from 'vitest'
import { digestOf } from '../../src/codec/object-id.js'
import { CHANGE_CODES, indexAtom, seqsOf } from '../../src/index/derive.js'
import { createTrailIndex } from '../../src/index/trail-index.js'
import { nodeBlockKey, pathKey, seqKey } from '../../src/store/keys.js'
import { createMemoryStore } from '../../src/store/memory-store.js'
import { createOverlay } from '../../src/store/overlay-store.js'
import { anAtomHeader, anId, codeOf } from '../helpers/objects.js'

describe('the index records of an ATOM', () => {
  it('are all there after one call, and only once after two', () => {
    const records = createOverlay(createMemoryStore())
    const index = createTrailIndex(records)
    const atom = { id: anId('a'), header: anAtomHeader({ parents: [], influencedBy: [{ object: digestOf(anId('b')) }] }), changes: [{ path: 'project/x', change: 'mode' as const }] }
    expect(indexAtom(records, index, { seq: 0, atom })).toBe(0)
    const before = records.batch()
    expect(before.puts.map(([key]) => String.fromCharCode(key[0] ?? 0)).sort()).toEqual(['a', 'd', 'f', 'n', 'p', 't'])
    expect(records.getRecord(pathKey('project/x', 0))).toEqual(Uint8Array.of(CHANGE_CODES.mode))
    expect(seqsOf(records.getRecord(seqKey(digestOf(atom.id))) ?? new Uint8Array(0))).toEqual([0])
    expect(indexAtom(records, index, { seq: 1, atom })).toBe(0)
    expect(records.batch()).toEqual(before)
  })

  it('need the parents: they arrive first', () => {
    const records = createOverlay(createMemoryStore())
    const atom = { id: anId('a'), header: anAtomHeader({ parents: [anId('never')] }), changes: [] }
    expect(codeOf(() => indexAtom(records, createTrailIndex(records), { seq: 0, atom }))).toBe('OBJECT_NOT_FOUND')
  })

  it('take the greatest of several parents, and end a run', () => {
    const records = createOverlay(createMemoryStore())
    const index = createTrailIndex(records)
    const put = (seq: number, parents: readonly string[], timeMs: number): void => {
      indexAtom(records, index, { seq, atom: { id: anId(String(seq)), header: anAtomHeader({ parents: parents.map((parent) => anId(parent)), timeMs }), changes: [] } })
    }
    put(0, [], 10)
    put(1, ['0'], 20)
    put(2, ['0'], 90)
    put(3, ['1', '2'], 30)
    put(4, ['3'], 31)
    const all = [0, 1, 2, 3, 4].map((seq) => index.node(seq))
    expect(all.map(({ run }) => run)).toEqual([0, 1, 0, 0, 1])
    expect(all.map(({ generation }) => generation)).toEqual([1, 2, 2, 3, 4])
    expect(all.map(({ orderMs }) => orderMs)).toEqual([10, 20, 90, 91, 92])
  })

  it('written again by a transaction that starts over do not disturb what others hold', () => {
    const base = createOverlay(createMemoryStore())
    const write = (records: ReturnType<typeof createOverlay>, seq: number, name: string): void => {
      indexAtom(records, createTrailIndex(records), { seq, atom: { id: anId(name), header: anAtomHeader({ parents: [] }), changes: [] } })
    }
    write(base, 0, 'first')
    write(base, 1, 'second')
    const held = base.getRecord(nodeBlockKey(0))?.slice()
    const given = base.getRecord(nodeBlockKey(0))
    const abandoned = createOverlay(base)
    write(abandoned, 2, 'abandoned')
    const kept = createOverlay(base)
    write(kept, 2, 'kept')
    expect(given).toEqual(held)
    expect(createTrailIndex(kept).node(2).id).toBe(anId('kept'))
    expect(createTrailIndex(base).node(1).id).toBe(anId('second'))
  })
})
