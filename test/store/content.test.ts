import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareBytes, concatBytes } from '../../src/base/bytes.js'
import { CHUNK_BYTES } from '../../src/base/limits.js'
import { sha256Hex } from '../../src/codec/hash.js'
import { codecOf, type ObjectId } from '../../src/codec/object-id.js'
import { openFile } from '../../src/object/file.js'
import { openFields } from '../../src/object/open.js'
import type { SealedObject } from '../../src/object/seal.js'
import { contentChunks, contentSizeBytes, createContentBuilder, getContent, readContent, sealContent } from '../../src/store/content.js'
import type { ObjectReader } from '../../src/store/types.js'
import { anId, codeOf } from '../helpers/objects.js'

const bytesOf = (length: number): Uint8Array => new Uint8Array(length).map((_, index) => (index * 31 + (index >> 11) + (index >> 20) * 13) & 255)
const LARGE = bytesOf(3 * CHUNK_BYTES + 5)

function readerOf(objects: readonly SealedObject[]): ObjectReader {
  const byId = new Map<ObjectId, Uint8Array>(objects.map(({ id, bytes }) => [id, bytes]))
  return { getObject: (id) => byId.get(id) }
}

/** Feeds a builder from one buffer that is filled again for every part, as a reader of files does. */
function build(bytes: Uint8Array, cuts: readonly number[]): { readonly id: ObjectId; readonly objects: readonly SealedObject[] } {
  const builder = createContentBuilder()
  const objects: SealedObject[] = []
  const buffer = new Uint8Array(bytes.length)
  const edges = [0, ...[...cuts].sort((left, right) => left - right), bytes.length]
  for (let index = 1; index < edges.length; index++) {
    const part = bytes.subarray(edges[index - 1], edges[index])
    buffer.set(part)
    objects.push(...builder.add(buffer.subarray(0, part.length)))
    buffer.fill(0xee)
  }
  const end = builder.end()
  return { id: end.id, objects: [...objects, ...end.objects] }
}

describe('contents', () => {
  it.each([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES])('of %i bytes are one raw object', (length) => {
    const sealed = sealContent(LARGE.subarray(0, length))
    expect(sealed.objects).toHaveLength(1)
    expect(codecOf(sealed.id)).toBe('raw')
    expect(sealed.objects[0]?.id).toBe(sealed.id)
    expect(contentSizeBytes(readerOf(sealed.objects), sealed.id)).toBe(length)
  })

  it.each([[CHUNK_BYTES + 1, 2], [2 * CHUNK_BYTES - 1, 2], [2 * CHUNK_BYTES, 2], [2 * CHUNK_BYTES + 1, 3], [LARGE.length, 4]])('of %i bytes are a file over %i chunks', (length, chunks) => {
    const bytes = LARGE.subarray(0, length)
    const sealed = sealContent(bytes)
    const file = openFile(openFields(sealed.objects.at(-1)?.bytes as Uint8Array))
    expect(sealed.objects.at(-1)?.id).toBe(sealed.id)
    expect(codecOf(sealed.id)).toBe('dag-cbor')
    expect(file).toMatchObject({ sizeBytes: length, digest: sha256Hex(bytes) })
    expect(file.chunks).toEqual(sealed.objects.slice(0, -1).map(({ id }) => id))
    expect(file.chunks).toHaveLength(chunks)
    const reader = readerOf(sealed.objects)
    expect(compareBytes(readContent(reader, sealed.id), bytes)).toBe(0)
    expect(contentSizeBytes(reader, sealed.id)).toBe(length)
    expect([...contentChunks(reader, sealed.id)].map(({ length: size }) => size).slice(0, -1).every((size) => size === CHUNK_BYTES)).toBe(true)
  })

  it('cut anywhere, from a buffer that is used again, give the same objects', () => {
    const lengths = fc.constantFrom(0, 1, 1_000, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, LARGE.length)
    fc.assert(fc.property(lengths, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 9 }), (length, parts) => {
      const bytes = LARGE.subarray(0, length)
      const whole = sealContent(bytes)
      const cut = build(bytes, [...parts.map((part) => Math.floor(part * length)), ...(length > CHUNK_BYTES ? [CHUNK_BYTES] : [])])
      expect(cut.id).toBe(whole.id)
      expect(cut.objects.map(({ id }) => id)).toEqual(whole.objects.map(({ id }) => id))
      expect(compareBytes(concatBytes(cut.objects.map((object) => object.bytes)), concatBytes(whole.objects.map((object) => object.bytes)))).toBe(0)
    }), { numRuns: 40 })
  })

  it('say which part is gone', () => {
    const sealed = sealContent(LARGE)
    const reader = readerOf([...sealed.objects.slice(0, 1), ...sealed.objects.slice(2)])
    expect(codeOf(() => readContent(reader, sealed.id))).toBe('OBJECT_NOT_FOUND')
    expect(getContent(reader, sealed.id)).toBeUndefined()
    expect(codeOf(() => readContent(readerOf([]), anId('raw', 'raw')))).toBe('OBJECT_NOT_FOUND')
    expect(codeOf(() => contentSizeBytes(readerOf([]), anId('raw', 'raw')))).toBe('OBJECT_NOT_FOUND')
    expect(codeOf(() => contentSizeBytes(readerOf([]), sealed.id))).toBe('OBJECT_NOT_FOUND')
  })
})
