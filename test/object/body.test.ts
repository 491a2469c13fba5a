import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../../src/base/bytes.js'
import { decode } from '../../src/codec/cbor-decode.js'
import { encode, Float, type CborValue } from '../../src/codec/cbor.js'
import { cidFromId } from '../../src/codec/object-id.js'
import { encodeBody, type Body, type Evidence, type Tokens } from '../../src/object/body.js'
import { openAs } from '../../src/object/open.js'
import type { Fields } from '../../src/object/shape.js'
import { aKey, asDecoded, aValue, plainMap } from '../helpers/cbor-values.js'
import { aBodyOf, aCid, anId, codeOf, isSameValue, withKey } from '../helpers/objects.js'
import { shapeSuite } from '../helpers/shape-suite.js'

function defined(map: { readonly [key: string]: unknown }): object {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined))
}

/** The map that a body stands for, with its keys in no order. */
function fieldsOf(body: Body): object {
  const { tokens, evidence, large } = body
  return defined({
    version: 1, kind: 'body', metadata: body.metadata, title: body.title, reason: body.reason, project: body.project, salt: body.salt, context_sync_ref: body.contextSyncRef,
    tokens: tokens && defined({
      model: tokens.model, input: tokens.input, output: tokens.output, cache_read: tokens.cacheRead, cache_write: tokens.cacheWrite, total: tokens.total,
      cost_usd: tokens.costUsd === undefined ? undefined : new Float(tokens.costUsd),
    }),
    evidence: evidence?.map((item) => defined({
      name: item.name, phase: item.phase, command: item.command, path: item.path, exit_code: item.exitCode, duration_ms: item.durationMs,
      content: item.content && cidFromId(item.content), value: item.value, unit: item.unit,
    })),
    large: large && new Map(Object.entries(large).map(([field, id]) => [field, cidFromId(id)])),
  })
}

const aText = fc.string({ unit: 'binary', maxLength: 60 })
const aNumber = fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)))
const someTokens: fc.Arbitrary<Tokens> = fc.record({
  model: aText, input: fc.maxSafeNat(), output: fc.nat(), cacheRead: fc.maxSafeNat(), cacheWrite: fc.nat(), total: fc.maxSafeNat(), costUsd: fc.oneof(fc.constantFrom(0, 1, 250), aNumber),
}, { requiredKeys: ['output'] })
const anEvidence: fc.Arbitrary<Evidence> = fc.record({
  name: aText, phase: fc.constantFrom('before', 'after', 'other'), command: fc.array(aText, { maxLength: 3 }), path: aText, exitCode: fc.maxSafeInteger(), durationMs: fc.maxSafeNat(),
  content: fc.constantFrom(anId('a', 'raw'), anId('b')), value: fc.oneof(aNumber, aText), unit: aText,
}, { requiredKeys: ['name', 'phase'] })
const someMetadata = fc.uniqueArray(fc.tuple(aKey, aValue), { minLength: 1, maxLength: 6, selector: ([key]) => key }).map(plainMap)
const aBody: fc.Arbitrary<Body> = fc.record({
  salt: fc.uint8Array({ minLength: 16, maxLength: 16 }), title: aText, reason: aText, project: aText, metadata: someMetadata, tokens: someTokens, contextSyncRef: aText,
  evidence: fc.array(anEvidence, { minLength: 1, maxLength: 3 }),
}, { requiredKeys: ['title'] })

describe('body', () => {
  const full: Body = {
    salt: new Uint8Array(16).fill(7), title: 'Turn the cache on', reason: 'It stutters', project: 'bazza-dx', contextSyncRef: 'decision:17',
    metadata: { sage_run: 'run-1', ratio: 0.25 }, tokens: { model: 'm', input: 1, output: 2, cacheRead: 3, cacheWrite: 4, total: 11, costUsd: 0.5 },
    evidence: [{ name: 'printenv', phase: 'before', command: ['printenv'], path: 'a.env', exitCode: 0, durationMs: 12, content: anId('out', 'raw'), value: 7, unit: 'ms' }],
    large: { 'metadata.log': anId('log', 'raw') },
  }
  const sample = decode(encodeBody(full)) as Fields
  shapeSuite('body', sample, {
    needed: { title: 'text' },
    optional: { reason: 'text', project: 'text', context_sync_ref: 'text', salt: 'own check', tokens: 'own check', evidence: 'own check', metadata: 'filled map', large: 'own check' },
  })

  it('is written as encode writes its map, and comes back', () => {
    fc.assert(fc.property(aBody, (body) => {
      const bytes = encodeBody(body)
      expect(toHex(bytes)).toBe(toHex(encode(fieldsOf(body))))
      const back = openAs(bytes, 'body')
      expect({ ...back, metadata: null, salt: toHex(back.salt ?? new Uint8Array(0)) }).toEqual({ ...body, metadata: null, salt: toHex(body.salt ?? new Uint8Array(0)) })
      expect(isSameValue(back.metadata, body.metadata && asDecoded(body.metadata))).toBe(true)
      expect(toHex(encodeBody(back))).toBe(toHex(bytes))
    }), { numRuns: 1_500 })
  })
  it('keeps 64-bit integers, integral floats and −2^64 apart wherever they stand', () => {
    const wide: CborValue[] = [new Float(1), 2n ** 63n, -(2n ** 64n), new Float(0), -(2n ** 60n), 2 ** 40, new Float(2 ** 53), 2n ** 64n - 1n]
    const body = aBodyOf({
      tokens: { input: 2 ** 40, total: 2 ** 45, costUsd: 3, cacheRead: 2 ** 33 },
      evidence: [{ name: 'a', phase: 'after', value: 1e300, exitCode: -(2 ** 40), durationMs: 2 ** 41 }, { name: 'b', phase: 'other', value: 2 ** 52 }],
      metadata: { wide, z: { b: -(2n ** 64n), a: new Float(-5) }, ['__proto__' as string]: new Float(4), '10': new Float(10), '9': 2n ** 62n },
    })
    expect(toHex(encodeBody(body))).toBe(toHex(encode(fieldsOf(body))))
    const own = plainMap([['__proto__', new Float(4)], ['10', 2n ** 62n], ['9', -(2n ** 64n)]])
    const back = openAs(encodeBody(aBodyOf({ metadata: own })), 'body')
    expect(isSameValue(back.metadata, own)).toBe(true)
  })
  it('leaves out what is empty, so that absent has one form', () => {
    const plain = toHex(encodeBody(aBodyOf()))
    expect(toHex(encodeBody(aBodyOf({ metadata: {}, tokens: {}, evidence: [], large: {} })))).toBe(plain)
    for (const key of ['metadata', 'tokens', 'large']) expect(codeOf(() => openAs(withKey(sample, key, {}), 'body'))).toBe('OBJECT_INVALID')
    expect(codeOf(() => openAs(withKey(sample, 'evidence', []), 'body'))).toBe('OBJECT_INVALID')
  })
  it('sorts the fields of large by their bytes, not by UTF-16', () => {
    const large = { 'metadata.\u{1F600}aa': anId('a'), 'metadata.\uFFFD\uFFFD': anId('b'), 'metadata.z': anId('c'), 'title': anId('d') }
    const body = aBodyOf({ title: '', large })
    expect(toHex(encodeBody(body))).toBe(toHex(encode(fieldsOf(body))))
    expect(openAs(encodeBody(body), 'body').large).toEqual(large)
  })
  it('has a large value in one place only', () => {
    const link = anId('x', 'raw')
    for (const wrong of [aBodyOf({ large: { title: link } }), aBodyOf({ reason: 'here too', large: { reason: link } }), aBodyOf({ large: { reason: link } }), aBodyOf({ metadata: { a: 1 }, large: { 'metadata.a': link } }), aBodyOf({ large: { project: link } }), aBodyOf({ large: { '': link } })]) {
      expect(codeOf(() => encodeBody(wrong))).toBe('OBJECT_INVALID')
      expect(codeOf(() => openAs(encode(fieldsOf(wrong)), 'body'))).toBe('OBJECT_INVALID')
    }
    const right = aBodyOf({ title: '', reason: '', metadata: { a: 1 }, large: { 'title': link, 'reason': anId('y'), 'metadata.': link, 'metadata.constructor': link } })
    expect(openAs(encodeBody(right), 'body')).toEqual(right)
  })
  it('refuses a large value that is no link', () => {
    for (const value of ['x', null, new Uint8Array(37)]) expect(codeOf(() => openAs(withKey(sample, 'large', { 'metadata.x': value }), 'body'))).toBe('OBJECT_INVALID')
  })
  it('refuses a salt that is not 16 bytes', () => {
    for (const salt of [new Uint8Array(15), new Uint8Array(17), 'a'.repeat(16), null]) expect(codeOf(() => openAs(withKey(sample, 'salt', salt), 'body'))).toBe('OBJECT_INVALID')
    expect(codeOf(() => encodeBody(aBodyOf({ salt: new Uint8Array(8) })))).toBe('OBJECT_INVALID')
  })
  it.each<[string, CborValue]>([
    ['an unknown key', { extra: 1 }], ['a negative count', { input: -1 }], ['a fraction', { output: 1.5 }], ['a float', { total: new Float(1) }], ['a text', { cache_read: '1' }],
    ['a count beyond 2^53', { cache_write: 2n ** 60n }], ['an integer price', { cost_usd: 1 }], ['a model that is no text', { model: 1 }], ['null', { input: null }], ['a list', []],
  ])('refuses tokens with %s', (_, tokens) => {
    expect(codeOf(() => openAs(withKey(sample, 'tokens', tokens), 'body'))).toBe('OBJECT_INVALID')
  })
  it.each<[string, { readonly [key: string]: CborValue }]>([
    ['no name', { phase: 'after' }], ['no phase', { name: 'a' }], ['another phase', { name: 'a', phase: 'during' }], ['an unknown key', { name: 'a', phase: 'after', more: 1 }],
    ['a command that is a text', { name: 'a', phase: 'after', command: 'ls' }], ['a command with a number', { name: 'a', phase: 'after', command: ['ls', 1] }], ['a negative duration', { name: 'a', phase: 'after', duration_ms: -1 }],
    ['a fractional exit code', { name: 'a', phase: 'after', exit_code: 1.5 }], ['an exit code of null', { name: 'a', phase: 'after', exit_code: null }], ['content that is bytes', { name: 'a', phase: 'after', content: new Uint8Array(3) }],
    ['a value that is true', { name: 'a', phase: 'after', value: true }], ['a value of 1.0, whose form is 1', { name: 'a', phase: 'after', value: new Float(1) }], ['a wide integer', { name: 'a', phase: 'after', value: 2n ** 60n }],
    ['a unit that is a number', { name: 'a', phase: 'after', unit: 1 }],
  ])('refuses evidence with %s', (_, evidence) => {
    expect(codeOf(() => openAs(withKey(sample, 'evidence', [evidence]), 'body'))).toBe('OBJECT_INVALID')
    expect(codeOf(() => openAs(withKey(sample, 'evidence', [aCid('a')]), 'body'))).toBe('OBJECT_INVALID')
  })
  it.each<[string, Partial<Body>]>([
    ['a lone surrogate as title', { title: '\uD800' }], ['one as reason', { reason: '\uDC00x' }], ['one as project', { project: '\uD800' }], ['one as reference', { contextSyncRef: '\uD800' }], ['one as model', { tokens: { model: '\uD800' } }],
    ['one in metadata', { metadata: { a: ['\uD800'] } }], ['one as evidence', { evidence: [{ name: '\uD800', phase: 'after' }] }], ['one in a command', { evidence: [{ name: 'a', phase: 'after', command: ['\uD800'] }] }],
    ['half a token', { tokens: { input: 0.5 } }], ['a negative token', { tokens: { output: -1 } }], ['a price that is no number', { tokens: { costUsd: Number.NaN } }],
    ['half a millisecond', { evidence: [{ name: 'a', phase: 'after', durationMs: 0.5 }] }], ['half an exit code', { evidence: [{ name: 'a', phase: 'after', exitCode: 0.5 }] }],
    ['a measure that is infinite', { evidence: [{ name: 'a', phase: 'after', value: Number.POSITIVE_INFINITY }] }], ['another phase', { evidence: [{ name: 'a', phase: 'during' as 'after' }] }],
  ])('is not written with %s, which nobody could read', (_, changed) => {
    expect(codeOf(() => encodeBody(aBodyOf(changed)))).toBe('OBJECT_INVALID')
  })
})
