import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAtomError } from '../../src/base/errors.js'
import { encode, Float } from '../../src/codec/cbor.js'
import { encodeAtom } from '../../src/object/atom.js'
import { encodeBody } from '../../src/object/body.js'
import { openAny, openAs, openFields, type ObjectKind } from '../../src/object/open.js'
import { aBodyOf, aCid, anAtomHeader, codeOf } from '../helpers/objects.js'

const KINDS: readonly ObjectKind[] = ['atom', 'body', 'tree', 'file', 'op', 'tag', 'receipt', 'refs']

describe('openAs', () => {
  it('refuses an object of another kind than its link demands', () => {
    const bytes = encodeAtom(anAtomHeader())
    expect(KINDS.map((kind) => codeOf(() => openAs(bytes, kind)))).toEqual(['nothing', ...Array<string>(7).fill('OBJECT_INVALID')])
  })
  it('says which version it knows', () => {
    try {
      openAs(encode({ kind: 'atom', version: 3 }), 'atom')
      expect.unreachable()
    } catch (error) {
      if (!isAtomError(error, 'KIND_UNKNOWN')) throw error
      expect(error.data).toEqual({ kind: 'atom', version: 3 })
    }
  })
})

describe('openAny', () => {
  it('opens an object as what it says it is', () => {
    expect(openAny(encodeAtom(anAtomHeader()))).toEqual({ kind: 'atom', value: anAtomHeader() })
    expect(openAny(encodeBody(aBodyOf()))).toEqual({ kind: 'body', value: aBodyOf() })
  })
  it('keeps unknown kinds and versions, and does not judge them', () => {
    const value = { kind: 'signature', version: 2, of: aCid('a'), more: { a: new Float(1) } }
    expect(openAny(encode(value))).toEqual({ kind: 'unknown', name: 'signature', version: 2, value })
    expect(openAny(encode({ kind: 'atom', version: 2 }))).toEqual({ kind: 'unknown', name: 'atom', version: 2, value: { kind: 'atom', version: 2 } })
    for (const kind of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) expect(openAny(encode({ kind, version: 1 }))).toMatchObject({ kind: 'unknown', name: kind })
  })
  it('throws nothing but its own errors on a damaged object', () => {
    const bytes = encodeBody(aBodyOf({ salt: new Uint8Array(16), metadata: { a: [1, 2.5, 'x'] }, evidence: [{ name: 'a', phase: 'before', content: anAtomHeader().body }], tokens: { input: 5 } }))
    fc.assert(fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (place, change) => {
      const damaged = Uint8Array.from(bytes)
      damaged[place % bytes.length] = (damaged[place % bytes.length] ?? 0) ^ change
      expect(['nothing', 'CBOR_INVALID', 'OBJECT_INVALID', 'KIND_UNKNOWN']).toContain(codeOf(() => openAny(damaged)))
    }), { numRuns: 3_000 })
  })
})

describe('openFields', () => {
  it.each([
    ['a list', []], ['a text', 'atom'], ['a link', aCid('a')], ['bytes', new Uint8Array(3)], ['a float', new Float(1)], ['null', null], ['nothing in it', {}], ['no version', { kind: 'a' }], ['no kind', { version: 1 }],
    ['an empty kind', { kind: '', version: 1 }], ['a kind that is no text', { kind: 1, version: 1 }], ['version 0', { kind: 'a', version: 0 }], ['a version that is a float', { kind: 'a', version: new Float(1) }], ['a wide version', { kind: 'a', version: 2n ** 60n }],
  ])('refuses %s', (_, value) => {
    expect(codeOf(() => openFields(encode(value)))).toBe('OBJECT_INVALID')
  })
  it('refuses an object above 1 MiB before it reads it', () => {
    expect(codeOf(() => openFields(new Uint8Array(1_048_577)))).toBe('OBJECT_INVALID')
    const pad = (length: number): Uint8Array => encode({ kind: 'a', version: 1, x: 'x'.repeat(length) })
    expect(codeOf(() => openFields(pad(1_048_576 - (pad(100_000).length - 100_000))))).toBe('nothing')
    expect(codeOf(() => openFields(pad(1_048_577 - (pad(100_000).length - 100_000))))).toBe('OBJECT_INVALID')
  })
})
