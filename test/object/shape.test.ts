import { describe, expect, it } from 'vitest'
import { isAtomError } from '../../src/base/errors.js'
import { Float, type CborValue } from '../../src/codec/cbor.js'
import { checkCount, checkDagCbor, checkHex, checkInteger, checkKeys, checkName, checkText, checkTimeMs, isFields, linkOf, readFields } from '../../src/object/shape.js'
import { plainMap } from '../helpers/cbor-values.js'
import { aBlake3Cid, aCid, anId, codeOf } from '../helpers/objects.js'

describe('checkKeys', () => {
  it('names the key that is missing or unknown, and the kind', () => {
    for (const [fields, reason] of [[{ a: 1 }, 'b is missing'], [{ a: 1, b: 1, c: 1 }, 'unknown key c'], [plainMap([['a', 1], ['b', 1], ['__proto__', 1]]), 'unknown key __proto__']] as const) {
      try {
        checkKeys('tag', fields, { needed: ['a', 'b'] })
        expect.unreachable()
      } catch (error) {
        if (!isAtomError(error, 'OBJECT_INVALID')) throw error
        expect(error.data).toEqual({ kind: 'tag', reason })
      }
    }
    expect(codeOf(() => { checkKeys('tag', { a: 0, b: false }, { needed: ['a'], optional: ['b', 'c'] }) })).toBe('nothing')
  })
})

describe('isFields', () => {
  it('is true of maps alone', () => {
    for (const value of [null, undefined, 1, 'a', [], new Uint8Array(1), new Float(1), aCid('a')]) expect(isFields(value)).toBe(false)
    expect([isFields({}), isFields({ length: 1 })]).toEqual([true, true])
  })
})

describe('checks', () => {
  it('take a value just inside their bounds and refuse it just outside', () => {
    const inside: (() => unknown)[] = [
      () => checkText('x', 'k', ''), () => checkName('x', 'k', 'a'.repeat(1_024)), () => checkName('x', 'k', 'é'.repeat(512)), () => checkInteger('x', 'k', -(2 ** 53) + 1), () => checkCount('x', 'k', 2 ** 53 - 1),
      () => checkTimeMs('x', 'k', -62_167_219_200_000), () => checkTimeMs('x', 'k', 253_402_300_799_999), () => checkHex('x', 'k', { hex: '00ff', lengthBytes: 2 }), () => checkDagCbor('x', 'k', anId('a')),
    ]
    const outside: (() => unknown)[] = [
      () => checkText('x', 'k', '\uD800'), () => checkName('x', 'k', ''), () => checkName('x', 'k', 'a'.repeat(1_025)), () => checkName('x', 'k', 'é'.repeat(513)), () => checkName('x', 'k', 1), () => checkInteger('x', 'k', 2 ** 53), () => checkInteger('x', 'k', 1n),
      () => checkCount('x', 'k', -1), () => checkTimeMs('x', 'k', -62_167_219_200_001), () => checkTimeMs('x', 'k', 253_402_300_800_000), () => checkHex('x', 'k', { hex: '00f', lengthBytes: 2 }), () => checkHex('x', 'k', { hex: '00FF', lengthBytes: 2 }),
      () => checkDagCbor('x', 'k', anId('a', 'raw')), () => linkOf('x', 'k', aBlake3Cid()), () => linkOf('x', 'k', undefined),
    ]
    expect(inside.map(codeOf)).toEqual(inside.map(() => 'nothing'))
    expect(outside.map(codeOf)).toEqual(outside.map(() => 'OBJECT_INVALID'))
  })
})

describe('readFields', () => {
  const fields: { readonly [key: string]: CborValue } = { text: 'a', bytes: new Uint8Array(32).fill(1), list: [aCid('a')], map: { a: 1 }, link: aCid('a'), count: 3, integer: -3, time: -1 }
  const read = readFields('x', fields)
  it('reads each type', () => {
    expect([read.text('text'), read.name('text'), read.optionalText('none'), read.optionalInteger('none'), read.optionalInteger('integer'), read.count('count'), read.timeMs('time')]).toEqual(['a', 'a', undefined, undefined, -3, 3, -1])
    expect([read.link('link'), read.links('list'), read.list('list'), read.map('map'), read.digest('bytes'), read.bytes('bytes', 32)]).toEqual([anId('a'), [anId('a')], [aCid('a')], { a: 1 }, '01'.repeat(32), fields['bytes']])
  })
  it('refuses each of another type', () => {
    const methods = [() => read.text('count'), () => read.name('list'), () => read.optionalText('count'), () => read.optionalInteger('text'), () => read.count('integer'), () => read.timeMs('text'), () => read.link('text'), () => read.links('map'), () => read.list('bytes'), () => read.map('list'), () => read.map('link'), () => read.digest('text'), () => read.bytes('bytes', 16)]
    expect(methods.map(codeOf)).toEqual(methods.map(() => 'OBJECT_INVALID'))
  })
})
