import { describe, expect, it } from 'vitest'
import { concatBytes, utf8 } from '../../src/base/bytes.js'
import type { Body } from '../../src/object/body.js'
import { indexAtom } from '../../src/index/derive.js'
import { eraseTitle, getBlockTitles, titleEntry, withEntry } from '../../src/index/titles.js'
import { createTrailIndex } from '../../src/index/trail-index.js'
import { sealBody } from '../../src/store/body.js'
import { objectKey, titleBlockKey } from '../../src/store/keys.js'
import { createMemoryStore } from '../../src/store/memory-store.js'
import { objectsOf } from '../../src/store/objects.js'
import { createOverlay, type Overlay } from '../../src/store/overlay-store.js'
import { anAtomHeader, anId } from '../helpers/objects.js'

const IN_BODY = Uint8Array.of(254)
const ABSENT = Uint8Array.of(255)

function entryOf(body: Partial<Body>): Uint8Array {
  const records = createOverlay(createMemoryStore())
  return titleEntry(objectsOf(records), put(records, body))
}

function put(records: Overlay, body: Partial<Body>): ReturnType<typeof anId> {
  const sealed = sealBody({ title: 'a title', ...body })
  for (const { id, bytes } of [sealed.body, ...sealed.contents]) records.put(objectKey(id), bytes)
  return sealed.body.id
}

const inline = (title: string): Uint8Array => concatBytes([Uint8Array.of(utf8(title).length), utf8(title)])

describe('the entry of a title', () => {
  it.each(['', 'x', 'ümläut 🎮', 'y'.repeat(24), 'z'.repeat(200), 'ä'.repeat(100)])('is its length and its bytes: %s', (title) => {
    expect(entryOf({ title })).toEqual(inline(title))
    expect(entryOf({ title, salt: new Uint8Array(16), reason: 'r', metadata: { a: 1 } })).toEqual(inline(title))
  })

  it.each(['z'.repeat(201), 'ä'.repeat(101), '🎮'.repeat(30_000)])('leaves a long one to the body', (title) => {
    expect(entryOf({ title })).toEqual(IN_BODY)
  })

  it('is whole where other values were moved out of the body', () => {
    expect(entryOf({ title: 'short', reason: 'r'.repeat(70_000) })).toEqual(inline('short'))
  })

  it('says where there is no body, and leaves one that cannot be read to its readers', () => {
    const records = createOverlay(createMemoryStore())
    expect(titleEntry(objectsOf(records), anId('never'))).toEqual(ABSENT)
    records.put(objectKey(anId('damaged')), Uint8Array.of(0xa1, 0xff))
    expect(titleEntry(objectsOf(records), anId('damaged'))).toEqual(IN_BODY)
  })
})

describe('a block of titles', () => {
  const block = concatBytes([inline('one'), IN_BODY, ABSENT, inline('ö')])

  it('gives its titles, and undefined for those that only the body has', () => {
    expect(getBlockTitles(block)).toEqual(['one', undefined, undefined, 'ö'])
    expect(getBlockTitles(new Uint8Array(0))).toEqual([])
  })

  it('takes an entry at its end, in the place of another, and behind places that were never filled', () => {
    expect(getBlockTitles(withEntry(block, 4, inline('five')))).toEqual(['one', undefined, undefined, 'ö', 'five'])
    expect(getBlockTitles(withEntry(block, 0, ABSENT))).toEqual([undefined, undefined, undefined, 'ö'])
    expect(getBlockTitles(withEntry(block, 3, inline('changed')))).toEqual(['one', undefined, undefined, 'changed'])
    expect(withEntry(inline('one'), 3, inline('four'))).toEqual(concatBytes([inline('one'), IN_BODY, IN_BODY, inline('four')]))
  })

  it('that was cut off or damaged gives what it has, within bounds', () => {
    for (let end = 0; end < block.length; end++) expect(getBlockTitles(block.subarray(0, end)).length).toBeLessThanOrEqual(4)
    for (let byte = 0; byte < 256; byte++) expect(getBlockTitles(Uint8Array.of(byte, 0xff, 3)).length).toBeLessThanOrEqual(3)
  })
})

describe('the titles of a trail', () => {
  it('are read by number across blocks while more arrive, and are gone when erased', () => {
    const records = createOverlay(createMemoryStore())
    const index = createTrailIndex(records)
    const titles = Array.from({ length: 37 }, (_, seq) => seq % 5 === 0 ? 'long '.repeat(50) : `title ${String(seq)}`)
    for (const [seq, title] of titles.entries()) {
      indexAtom(records, index, { seq, atom: { id: anId(String(seq)), header: anAtomHeader({ parents: [], body: put(records, { title }) }), changes: [] } })
      expect(index.title(seq)).toBe(seq % 5 === 0 ? undefined : title)
    }
    expect(titles.map((_, seq) => index.title(seq))).toEqual(titles.map((title, seq) => seq % 5 === 0 ? undefined : title))
    expect(index.title(37)).toBeUndefined()
    const target = { getRecord: records.getRecord, scan: records.scan, putRecord: records.put }
    eraseTitle(target, 18)
    eraseTitle(target, 36)
    eraseTitle(target, 1_000)
    index.dropTitles()
    expect([17, 18, 19, 36].map((seq) => index.title(seq))).toEqual(['title 17', undefined, 'title 19', undefined])
    expect(records.getRecord(titleBlockKey(62))).toBeUndefined()
  })
})
