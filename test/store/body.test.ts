import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AtomError } from '../../src/base/errors.js'
import { utf8 } from '../../src/base/bytes.js'
import { BODY_VALUE_INLINE_MAX_BYTES, OBJECT_MAX_BYTES } from '../../src/base/limits.js'
import { encode, type CborValue } from '../../src/codec/cbor.js'
import type { ObjectId } from '../../src/codec/object-id.js'
import { encodeBody, type Body } from '../../src/object/body.js'
import { getBody, restoreBody, sealBody } from '../../src/store/body.js'
import { readContent } from '../../src/store/content.js'
import type { ObjectReader } from '../../src/store/types.js'
import { codeOf } from '../helpers/objects.js'

const LIMIT = BODY_VALUE_INLINE_MAX_BYTES

function readerOf(sealed: ReturnType<typeof sealBody>, without: readonly ObjectId[] = []): ObjectReader {
  const objects = new Map([sealed.body, ...sealed.contents].map(({ id, bytes }) => [id, bytes]))
  for (const id of without) objects.delete(id)
  return { getObject: (id) => objects.get(id) }
}

function roundTrip(body: Body): Body | undefined {
  const sealed = sealBody(body)
  expect(sealed.body.bytes.length).toBeLessThanOrEqual(OBJECT_MAX_BYTES)
  const { large: _large, ...restored } = getBody(readerOf(sealed), sealed.body.id) ?? { title: 'lost' }
  return restored
}

const many = (count: number, length: number): { readonly [key: string]: string } =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${String(index).padStart(5, '0')}`, `${String(index)} `.padEnd(length, 'x')]))

describe('sealing a body', () => {
  it('leaves ordinary bodies as they are', () => {
    const body: Body = { title: 'short', reason: 'r'.repeat(200), metadata: { a: 1, b: ['x'], c: null } }
    const sealed = sealBody(body)
    expect(sealed.contents).toEqual([])
    expect(sealed.body.bytes).toEqual(encodeBody(body))
    expect(roundTrip(body)).toEqual(body)
  })

  it.each(['title', 'reason', 'metadata'] as const)('moves out a %s above 64 KiB of UTF-8, and not one of exactly 64 KiB', (field) => {
    const bodyOf = (text: string): Body => (field === 'metadata' ? { title: 't', metadata: { key: text, other: 1 } } : { title: 't', [field]: text })
    for (const [unit, width] of [['a', 1], ['ä', 2], ['語', 3]] as const) {
      const exact = unit.repeat(Math.floor(LIMIT / width)).padEnd(Math.floor(LIMIT / width) + LIMIT % width, 'a')
      expect(utf8(exact)).toHaveLength(LIMIT)
      expect(sealBody(bodyOf(exact)).contents).toEqual([])
      const over = sealBody(bodyOf(`${exact}a`))
      expect(over.contents).toHaveLength(1)
      expect(Object.keys(over.value.large ?? {})).toEqual([field === 'metadata' ? 'metadata.key' : field])
      expect(roundTrip(bodyOf(`${exact}a`))).toEqual(bodyOf(`${exact}a`))
    }
  })

  it('keeps the text itself as content of a title or reason, and canonical CBOR as that of metadata', () => {
    const value = { list: ['y'.repeat(LIMIT), 1] }
    const sealed = sealBody({ title: 'z'.repeat(LIMIT + 1), metadata: { value } })
    const reader = readerOf(sealed)
    const contentOf = (field: string): Uint8Array => readContent(reader, sealed.value.large?.[field] as ObjectId)
    expect(contentOf('title')).toEqual(utf8('z'.repeat(LIMIT + 1)))
    expect(contentOf('metadata.value')).toEqual(encode(value))
    expect(sealed.value.metadata).toBeUndefined()
    expect(sealed.value.title).toBe('')
  })

  it('moves the largest ones, no more than needed, until the body fits', () => {
    const metadata = { ...many(30, 60_000), small: 'small' }
    const body: Body = { title: 't', reason: 'r'.repeat(61_000), metadata }
    const sealed = sealBody(body)
    const moved = Object.keys(sealed.value.large ?? {})
    expect(moved).toContain('reason')
    expect(moved).not.toContain('metadata.small')
    expect(encodeBody(sealed.value).length + 60_000).toBeGreaterThan(OBJECT_MAX_BYTES)
    expect(roundTrip(body)).toEqual(body)
  })

  it('measures in bytes: the wider of two texts of one length goes first', () => {
    const filler = many(16, 60_000)
    const sealed = sealBody({ title: 't', metadata: { ...filler, narrow: 'n'.repeat(30_000), wide: '語'.repeat(21_000) } })
    expect(Object.keys(sealed.value.large ?? {})[0]).toBe('metadata.wide')
  })

  it('takes 12,000 values that together do not fit, in no time', () => {
    const body: Body = { title: 't', metadata: many(12_000, 100) }
    const startMs = performance.now()
    expect(roundTrip(body)).toEqual(body)
    expect(performance.now() - startMs).toBeLessThan(5_000)
  })

  it('refuses what cannot fit even so, with a hint', () => {
    const refused = (): unknown => sealBody({ title: 't', evidence: [{ name: 'e', phase: 'other', command: ['c'.repeat(OBJECT_MAX_BYTES)] }] })
    expect(codeOf(refused)).toBe('OBJECT_INVALID')
    expect(codeOf(() => sealBody({ title: 't', metadata: Object.fromEntries(Object.keys(many(150_000, 1)).map((key) => [key, 1])) }))).toBe('OBJECT_INVALID')
    try {
      refused()
    } catch (error) {
      expect((error as AtomError).hint).toContain('--evidence')
    }
  })

  it('holds any metadata, __proto__ keys and dots in keys included', () => {
    const key = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'a.b', 'metadata.x', 'title', ''), fc.string({ unit: 'grapheme', maxLength: 12 }))
    const value = fc.oneof(fc.integer(), fc.string({ maxLength: 20 }), fc.constant('L'.repeat(LIMIT + 1)), fc.constant(null), fc.array(fc.boolean(), { maxLength: 3 }))
    fc.assert(fc.property(fc.array(fc.tuple(key, value), { maxLength: 6 }), (entries) => {
      const metadata = Object.fromEntries(entries) as { readonly [key: string]: CborValue }
      const restored = roundTrip({ title: 't', ...(entries.length > 0 && { metadata }) })
      expect(Object.entries(restored?.metadata ?? {}).sort()).toEqual(Object.entries(metadata).sort())
      expect(Object.getPrototypeOf(restored?.metadata ?? {})).toBe(Object.prototype)
    }), { numRuns: 60 })
  })
})

describe('restoring a body', () => {
  const sealed = sealBody({ title: 't'.repeat(LIMIT + 1), reason: 'r'.repeat(2_000_000), metadata: { gone: 'g'.repeat(LIMIT + 1), __kept: 'k' } })

  it('leaves out what was forgotten', () => {
    const large = sealed.value.large as { readonly [field: string]: ObjectId }
    const body = getBody(readerOf(sealed, [large['title'], large['metadata.gone']] as ObjectId[]), sealed.body.id)
    expect(body).toMatchObject({ title: '', metadata: { __kept: 'k' } })
    expect(body?.reason).toHaveLength(2_000_000)
    expect(getBody(readerOf(sealed, [sealed.body.id]), sealed.body.id)).toBeUndefined()
  })

  it('leaves out a value of which only a chunk is gone', () => {
    const chunk = sealed.contents.find(({ bytes }) => bytes.length === 1_048_576)
    const body = getBody(readerOf(sealed, [chunk?.id as ObjectId]), sealed.body.id)
    expect(body?.reason).toBe('')
    expect(body?.title).toHaveLength(LIMIT + 1)
  })

  it('reads nothing more for a body without large values', () => {
    const body: Body = { title: 'small' }
    expect(restoreBody({ getObject: () => { throw new TypeError('read') } }, body)).toBe(body)
  })
})
