import { describe, expect, it } from 'vitest'
import { concatBytes, utf8 } from '../../src/base/bytes.js'
import { digestOf, type Digest, type ObjectId } from '../../src/codec/object-id.js'
import { indexAtom, type IndexedAtom } from '../../src/index/derive.js'
import { NODES_PER_BLOCK } from '../../src/index/node.js'
import { createTrailIndex, type TrailIndex } from '../../src/index/trail-index.js'
import { formatAtomId } from '../../src/object/atom-id.js'
import { nodeBlockKey, seqKey, u32 } from '../../src/store/keys.js'
import { createMemoryStore } from '../../src/store/memory-store.js'
import { createOverlay, type Overlay } from '../../src/store/overlay-store.js'
import { aDigest, anAtomHeader, anId, codeOf } from '../helpers/objects.js'

interface Indexed { readonly records: Overlay; readonly index: TrailIndex; add(atom: Partial<IndexedAtom> & { readonly parents?: readonly ObjectId[] }): ObjectId }

function anIndex(): Indexed {
  const records = createOverlay(createMemoryStore())
  const index = createTrailIndex(records)
  let seq = 0
  return {
    records,
    index,
    add({ id = anId(String(seq)), header, changes = [], parents = [] }) {
      const atom = { id, header: header ?? anAtomHeader({ parents, atomId: formatAtomId('CFG', '20241127', seq + 1) }), changes }
      if (indexAtom(records, index, { seq, atom }) === seq) seq++
      return id
    },
  }
}

async function listed(items: AsyncIterable<number>): Promise<number[]> {
  const all: number[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('the index of a trail', () => {
  it('finds every ATOM of a long line by number, id, atom id and prefix', async () => {
    const { index, add } = anIndex()
    const ids: ObjectId[] = []
    for (let at = 0; at < 3 * NODES_PER_BLOCK + 5; at++) ids.push(add({ parents: ids.slice(-1) }))
    for (const [seq, id] of ids.entries()) {
      expect(index.node(seq).id).toBe(id)
      expect(index.getSeq(digestOf(id))).toBe(seq)
      expect(index.seqOf(id)).toBe(seq)
      expect(index.parents(seq)).toEqual(seq === 0 ? [] : [seq - 1])
      expect(index.generation(seq)).toBe(seq + 1)
      expect(index.node(seq).run).toBe(seq)
      expect(index.type(seq)).toBe('CFG')
      expect(await index.withAtomId(formatAtomId('CFG', '20241127', seq + 1))).toEqual([seq])
      expect(await index.withPrefix(digestOf(id).slice(0, 20))).toEqual([seq])
    }
    const [first = ''] = ids.map(digestOf)
    const sharing = ids.flatMap((id, seq) => (digestOf(id).startsWith(first.slice(0, 1)) ? [seq] : []))
    expect(await index.withPrefix(first.slice(0, 1))).toEqual(sharing)
    expect(await index.withPrefix('')).toHaveLength(ids.length)
  })

  it('tells apart two ATOMs whose digests begin with the same 8 bytes', async () => {
    const { index, add } = anIndex()
    const shared = 'ab'.repeat(8)
    const [left, right] = [`${shared}${'01'.repeat(24)}`, `${shared}${'02'.repeat(24)}`] as [Digest, Digest]
    add({ id: `71${left}` as ObjectId })
    add({})
    add({ id: `71${right}` as ObjectId, parents: [`71${left}` as ObjectId] })
    expect([index.getSeq(left), index.getSeq(right)]).toEqual([0, 2])
    expect(index.getSeq(`${shared}${'03'.repeat(24)}` as Digest)).toBeUndefined()
    expect(await index.withPrefix(shared)).toEqual([0, 2])
    expect(await index.withPrefix(`${shared}02`)).toEqual([2])
    expect(index.parents(2)).toEqual([0])
  })

  it('finds what changed a path or something below it, newest first, each once', async () => {
    const { index, add } = anIndex()
    add({ changes: [{ path: 'project/a', change: 'add' }, { path: 'project/a.b', change: 'add' }] })
    add({ changes: [{ path: 'project/dir/x', change: 'add' }, { path: 'project/dir/y', change: 'add' }] })
    add({ changes: [{ path: 'project/dir', change: 'add' }, { path: 'project/dir/x', change: 'delete' }] })
    expect(await listed(index.changing('project/a'))).toEqual([0])
    expect(await listed(index.changing('project/dir'))).toEqual([2, 1])
    expect(await listed(index.changing('project'))).toEqual([2, 1, 0])
    expect(await listed(index.changing(''))).toEqual([2, 1, 0])
    expect(await listed(index.changing('project/di'))).toEqual([])
  })

  it('finds what built on an ATOM, here or not', async () => {
    const { index, add } = anIndex()
    const base = add({})
    add({ header: anAtomHeader({ parents: [base], influencedBy: [{ object: digestOf(base) }, { object: aDigest('elsewhere') }] }) })
    add({ header: anAtomHeader({ parents: [base], influencedBy: [{ object: digestOf(base) }] }) })
    expect(await index.influencedBy(digestOf(base))).toEqual([1, 2])
    expect(await index.influencedBy(aDigest('elsewhere'))).toEqual([1])
    expect(await index.influencedBy(aDigest('nobody'))).toEqual([])
  })

  it('orders by corrected time: a clock that went back does not put a child before its parent', () => {
    const { index, add } = anIndex()
    const late = add({ header: anAtomHeader({ parents: [], timeMs: 2_000 }) })
    add({ header: anAtomHeader({ parents: [late], timeMs: 500 }) })
    expect([index.orderMs(0), index.orderMs(1), index.node(1).timeMs]).toEqual([2_000, 2_001, 500])
    expect(Math.sign(index.compareIds(0, 1))).toBe(index.node(0).digest < index.node(1).digest ? -1 : 1)
  })

  it('sees ATOMs that arrive after it was made, and only what the records hold', () => {
    const { records, add } = anIndex()
    const reader = createTrailIndex(records)
    const ids: ObjectId[] = []
    for (let at = 0; at < 40; at++) {
      ids.push(add({ parents: ids.slice(-1) }))
      expect(reader.node(at).id).toBe(ids[at])
      expect(codeOf(() => reader.node(at + 1))).toBe('STORE_CORRUPT')
    }
    expect(codeOf(() => reader.node(-1))).toBe('STORE_CORRUPT')
    expect(codeOf(() => reader.seqOf(anId('unknown')))).toBe('OBJECT_NOT_FOUND')
  })

  it('says STORE_CORRUPT for records that are none', () => {
    const { records, index, add } = anIndex()
    const id = add({})
    records.put(seqKey(digestOf(id)), concatBytes([u32(77), u32(0)]))
    expect(codeOf(() => index.getSeq(digestOf(id)))).toBe('STORE_CORRUPT')
    records.put(nodeBlockKey(0), utf8('x'))
    expect(codeOf(() => createTrailIndex(records).node(0))).toBe('STORE_CORRUPT')
  })
})
