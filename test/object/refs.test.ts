import { describe, expect, it } from 'vitest'
import { decode } from '../../src/codec/cbor-decode.js'
import { openAs } from '../../src/object/open.js'
import { encodeRefs } from '../../src/object/refs.js'
import { seal } from '../../src/object/seal.js'
import type { Fields } from '../../src/object/shape.js'
import { aBlake3Cid, aCid, anId, codeOf, withKey } from '../helpers/objects.js'
import { shapeSuite } from '../helpers/shape-suite.js'

describe('refs', () => {
  const refs = new Map([['refs/heads/main', anId('a')], ['refs/heads/\u{1F600}', anId('b')], ['__proto__', anId('c')], ['1', anId('d')], ['refs/tags/v1', anId('e')]])
  const sample = decode(encodeRefs(refs)) as Fields
  shapeSuite('refs', sample, { needed: { refs: 'map' } })

  it('come back, and have one id whatever their order', () => {
    expect(openAs(encodeRefs(refs), 'refs')).toEqual(refs)
    expect(seal(encodeRefs(new Map([...refs].reverse()))).id).toBe(seal(encodeRefs(refs)).id)
    expect(openAs(encodeRefs(new Map()), 'refs')).toEqual(new Map())
  })
  it('refuse a name that is empty or too long, and what is no link to an object', () => {
    for (const wrong of [{ '': aCid('a') }, { ['x'.repeat(1_025)]: aCid('a') }, { a: aCid('a', 'raw') }, { a: aBlake3Cid() }, { a: new Uint8Array(32) }, { a: null }]) {
      expect(codeOf(() => openAs(withKey(sample, 'refs', wrong), 'refs'))).toBe('OBJECT_INVALID')
    }
    for (const [name, id] of [['', anId('a')], ['a', anId('a', 'raw')], ['\uD800', anId('a')]] as const) expect(codeOf(() => encodeRefs(new Map([[name, id]])))).toBe('OBJECT_INVALID')
  })
})
