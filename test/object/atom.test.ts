import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../../src/base/bytes.js'
import { TIME_MAX_MS, TIME_MIN_MS } from '../../src/base/limits.js'
import { decode } from '../../src/codec/cbor-decode.js'
import { encode } from '../../src/codec/cbor.js'
import { cidFromId, digestBytes } from '../../src/codec/object-id.js'
import { encodeAtom, type AtomHeader } from '../../src/object/atom.js'
import { openAs } from '../../src/object/open.js'
import type { Fields } from '../../src/object/shape.js'
import { aCid, aDigest, anAtomHeader, anId, codeOf, withKey } from '../helpers/objects.js'
import { shapeSuite } from '../helpers/shape-suite.js'

/** The map that a header stands for, with its keys in no order. */
function fieldsOf(atom: AtomHeader): object {
  return {
    kind: 'atom', version: 1, atom_id: atom.atomId, operation: atom.operation, agent: atom.agent, time: atom.timeMs,
    parents: atom.parents.map(cidFromId), tree: cidFromId(atom.tree), body: cidFromId(atom.body),
    influenced_by: atom.influencedBy.map(({ object, store }) => ({ object: digestBytes(object), ...(store === undefined ? {} : { store: Uint8Array.from(Buffer.from(store, 'hex')) }) })),
  }
}

const aName = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 })
const aHeader: fc.Arbitrary<AtomHeader> = fc.record({
  operation: aName, agent: aName,
  timeMs: fc.oneof(fc.integer({ min: TIME_MIN_MS, max: TIME_MAX_MS }), fc.constantFrom(TIME_MIN_MS, TIME_MAX_MS, 0, -1, 2 ** 32 - 1, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1)),
  parents: fc.uniqueArray(fc.nat({ max: 99 }), { maxLength: 5 }).map((list) => list.map((seed) => anId(String(seed)))),
  influencedBy: fc.array(fc.record({ object: fc.constantFrom(aDigest('x'), aDigest('y')), store: fc.constantFrom(undefined, '00112233445566778899aabbccddeeff') }).map(({ object, store }) => (store === undefined ? { object } : { object, store })), { maxLength: 4 }),
}).map((changed) => anAtomHeader(changed))

describe('atom', () => {
  const sample = decode(encodeAtom(anAtomHeader())) as Fields
  shapeSuite('atom', sample, { needed: { atom_id: 'own check', operation: 'name', agent: 'name', time: 'time', parents: 'list', influenced_by: 'list', tree: 'dag-cbor link', body: 'dag-cbor link' } })

  it('is written as encode writes its map, and comes back', () => {
    fc.assert(fc.property(aHeader, (atom) => {
      const bytes = encodeAtom(atom)
      expect(toHex(bytes)).toBe(toHex(encode(fieldsOf(atom))))
      expect(openAs(bytes, 'atom')).toEqual(atom)
    }))
  })
  it('refuses parents that are repeated, raw or no links', () => {
    for (const parents of [[aCid('a'), aCid('a')], [aCid('a', 'raw')], ['a'], [null], [[aCid('a')]]]) expect(codeOf(() => openAs(withKey(sample, 'parents', parents), 'atom'))).toBe('OBJECT_INVALID')
  })
  it('refuses influences that are links, or not a digest with a store of 16 bytes', () => {
    const object = new Uint8Array(32)
    for (const influence of [aCid('a'), object, {}, { object: new Uint8Array(31) }, { object: 'a' }, { object, store: new Uint8Array(15) }, { object, store: null }, { object, more: 1 }, null]) {
      expect(codeOf(() => openAs(withKey(sample, 'influenced_by', [influence]), 'atom'))).toBe('OBJECT_INVALID')
    }
  })
  it('refuses atom ids that are none', () => {
    for (const atomId of ['ATOM-cfg-20241127-003', 'ATOM-CFG-20241327-003', 'x', '']) expect(codeOf(() => openAs(withKey(sample, 'atom_id', atomId), 'atom'))).toBe('OBJECT_INVALID')
  })
  it.each<[string, Partial<AtomHeader>]>([
    ['an empty agent', { agent: '' }], ['a lone surrogate', { operation: '\uD800' }], ['a name of 1,025 bytes', { agent: 'é'.repeat(512) + 'x' }],
    ['half a millisecond', { timeMs: 0.5 }], ['no time', { timeMs: Number.NaN }], ['the year 10000', { timeMs: TIME_MAX_MS + 1 }], ['a year before 0', { timeMs: TIME_MIN_MS - 1 }],
    ['a parent twice', { parents: [anId('a'), anId('a')] }], ['a raw parent', { parents: [anId('a', 'raw')] }], ['a raw tree', { tree: anId('a', 'raw') }], ['a raw body', { body: anId('a', 'raw') }],
    ['a store that is no id', { influencedBy: [{ object: aDigest('a'), store: 'abc' }] }], ['an atom id that is none', { atomId: 'ATOM-x' as AtomHeader['atomId'] }],
  ])('is not written with %s, which nobody could read', (_, changed) => {
    expect(codeOf(() => encodeAtom(anAtomHeader(changed)))).toBe('OBJECT_INVALID')
  })
})
