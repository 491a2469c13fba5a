import { describe, expect, it } from 'vitest'
import { toHex } from '../../src/base/bytes.js'
import { decode } from '../../src/codec/cbor-decode.js'
import { encode } from '../../src/codec/cbor.js'
import { cidFromId, digestBytes } from '../../src/codec/object-id.js'
import { encodeFile, type FileObject } from '../../src/object/file.js'
import { openAs } from '../../src/object/open.js'
import type { Fields } from '../../src/object/shape.js'
import { aCid, aDigest, anId, codeOf, withKey } from '../helpers/objects.js'
import { shapeSuite } from '../helpers/shape-suite.js'

const MIB = 1_048_576
const aFile = (sizeBytes: number, chunks = Math.ceil(sizeBytes / MIB)): FileObject => ({ sizeBytes, digest: aDigest('whole'), chunks: Array.from({ length: chunks }, (_, index) => anId(String(index), 'raw')) })
const fieldsOf = (file: FileObject): object => ({ kind: 'file', version: 1, size: file.sizeBytes, digest: digestBytes(file.digest), chunks: file.chunks.map(cidFromId) })

describe('file', () => {
  const sample = decode(encodeFile(aFile(MIB + 1))) as Fields
  shapeSuite('file', sample, { needed: { size: 'own check', digest: 'own check', chunks: 'own check' } })

  it.each([MIB + 1, 2 * MIB, 2 * MIB + 1, 2 ** 32, 2 ** 32 + 1])('of %i bytes is written as encode writes its map, and comes back', (sizeBytes) => {
    const file = aFile(sizeBytes)
    expect(toHex(encodeFile(file))).toBe(toHex(encode(fieldsOf(file))))
    expect(openAs(encodeFile(file), 'file')).toEqual(file)
  })
  it('refuses a content that must be one raw object, a wrong number of chunks, and chunks that are not raw', () => {
    for (const file of [aFile(0), aFile(MIB), aFile(MIB, 2), aFile(MIB + 1, 1), aFile(MIB + 1, 3), aFile(MIB + 1.5, 2), { ...aFile(MIB + 1), chunks: [anId('a', 'raw'), anId('a')] }]) {
      expect(codeOf(() => encodeFile(file))).toBe('OBJECT_INVALID')
      expect(codeOf(() => openAs(encode(fieldsOf(file)), 'file'))).toBe('OBJECT_INVALID')
    }
  })
  it('refuses a digest that is not 32 bytes or is a link', () => {
    for (const digest of [new Uint8Array(31), new Uint8Array(33), aCid('a'), 'a'.repeat(32)]) expect(codeOf(() => openAs(withKey(sample, 'digest', digest), 'file'))).toBe('OBJECT_INVALID')
  })
})
