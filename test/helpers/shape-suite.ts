import { expect, it } from 'vitest'
import { encode, Float, type CborValue } from '../../src/codec/cbor.js'
import { openAs, type ObjectKind } from '../../src/object/open.js'
import type { Fields } from '../../src/object/shape.js'
import { aBlake3Cid, aCid, codeOf, withKey } from './objects.js'

/** What a value may be; everything else of `VALUES` must be refused in its place. */
export type FieldType = 'text' | 'name' | 'count' | 'integer' | 'time' | 'link' | 'dag-cbor link' | 'list' | 'map' | 'filled map' | 'float' | 'number or text' | 'code' | 'own check'

const VALUES: readonly { readonly value: CborValue; readonly is: readonly FieldType[] }[] = [
  { value: null, is: [] }, { value: true, is: [] }, { value: false, is: [] },
  { value: 7, is: ['count', 'integer', 'time', 'number or text'] }, { value: -7, is: ['integer', 'time', 'number or text'] }, { value: 1.5, is: ['float', 'number or text'] },
  { value: new Float(7), is: ['float'] }, { value: 2n ** 60n, is: [] }, { value: -(2n ** 64n), is: [] }, { value: 253_402_300_800_000, is: ['count', 'integer', 'number or text'] },
  { value: '', is: ['text', 'number or text'] }, { value: 'a', is: ['text', 'name', 'code', 'number or text'] }, { value: 'é'.repeat(513), is: ['text', 'number or text'] },
  { value: new Uint8Array(5), is: [] }, { value: [], is: ['list'] }, { value: [null], is: [] }, { value: {}, is: ['map'] }, { value: { length: 1 }, is: ['filled map'] },
  { value: aCid('x'), is: ['link', 'dag-cbor link'] }, { value: aCid('x', 'raw'), is: ['link'] }, { value: aBlake3Cid(), is: [] },
]

export interface ShapeKeys { readonly needed: { readonly [key: string]: FieldType }; readonly optional?: { readonly [key: string]: FieldType } }

/** Tests that a kind has just these keys, that the needed ones must be there, and that each refuses what is not of its type. */
export function shapeSuite(kind: ObjectKind, sample: Fields, { needed, optional = {} }: ShapeKeys): void {
  const judge = (bytes: Uint8Array): string => codeOf(() => openAs(bytes, kind))

  it('opens its sample', () => {
    expect(judge(encode(sample))).toBe('nothing')
  })
  it('refuses a key that it does not know', () => {
    for (const key of ['extra', 'Kind', '', '__proto__', 'constructor', 'toString', '1']) expect(judge(withKey(sample, key, 1))).toBe('OBJECT_INVALID')
  })
  it.each(['kind', 'version', ...Object.keys(needed)])('refuses a map without %s', (key) => {
    expect(judge(withKey(sample, key, undefined))).toBe('OBJECT_INVALID')
  })
  it.each(Object.entries({ ...needed, ...optional }))('refuses for %s what is no %s', (key, type) => {
    for (const { value, is } of VALUES) if (!is.includes(type)) expect([value, judge(withKey(sample, key, value))]).toEqual([value, 'OBJECT_INVALID'])
  })
  it('refuses another kind, and knows that a later version is for a later program', () => {
    expect(judge(withKey(sample, 'kind', 'other'))).toBe('OBJECT_INVALID')
    expect(judge(withKey(sample, 'version', 2))).toBe('KIND_UNKNOWN')
    for (const version of [0, -1, 1.5, new Float(1), '1', 2n ** 60n, null]) expect(judge(withKey(sample, 'version', version))).toBe('OBJECT_INVALID')
  })
}
