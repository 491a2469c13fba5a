import { describe, expect, it } from 'vitest'
import type { AtomError } from '../../src/base/errors.js'
import { encode } from '../../src/codec/cbor.js'
import { digestOf } from '../../src/codec/object-id.js'
import { encodeBody } from '../../src/object/body.js'
import { seal } from '../../src/object/seal.js'
import { objectKey } from '../../src/store/keys.js'
import { createMemoryStore } from '../../src/store/memory-store.js'
import { getObjectAs, META, objectsOf, readObject } from '../../src/store/objects.js'
import { codeOf } from '../helpers/objects.js'

const body = seal(encodeBody({ title: 'a title' }))
const reader = { getObject: (id: string) => (id === body.id ? body.bytes : undefined) }

describe('objects of a store', () => {
  it('are found under their key', async () => {
    const store = createMemoryStore()
    await store.write({ puts: [[objectKey(body.id), body.bytes]], deletes: [] }, 'sync')
    expect(objectsOf(store).getObject(body.id)).toEqual(body.bytes)
    expect(readObject(objectsOf(store), body.id, 'body')).toEqual({ title: 'a title' })
  })

  it('are undefined, or OBJECT_NOT_FOUND with the digest, when absent', () => {
    const absent = seal(encodeBody({ title: 'another' })).id
    expect(getObjectAs(reader, absent, 'body')).toBeUndefined()
    try {
      readObject(reader, absent, 'body')
      expect.unreachable()
    } catch (error) {
      expect((error as AtomError).toJSON()).toMatchObject({ code: 'OBJECT_NOT_FOUND', data: { id: digestOf(absent) } })
    }
  })

  it('are OBJECT_CORRUPT as another kind or as broken bytes, and KIND_UNKNOWN in a newer version', () => {
    expect(codeOf(() => readObject(reader, body.id, 'atom'))).toBe('OBJECT_CORRUPT')
    expect(codeOf(() => readObject({ getObject: () => body.bytes.subarray(1) }, body.id, 'body'))).toBe('OBJECT_CORRUPT')
    expect(codeOf(() => readObject({ getObject: () => encode({ kind: 'body', version: 2, title: 'x' }) }, body.id, 'body'))).toBe('KIND_UNKNOWN')
  })

  it('lie apart from the settings, which have a key each', () => {
    const names = Object.values(META).map(String)
    expect(new Set(names).size).toBe(names.length)
    expect(names.every((name) => name.startsWith('109,'))).toBe(true)
  })
})
