import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../../src/base/bytes.js'
import { decode } from '../../src/codec/cbor-decode.js'
import { encode, type CborValue } from '../../src/codec/cbor.js'
import { cidFromId, digestBytes } from '../../src/codec/object-id.js'
import { encodeOp, equalTargets, formatTarget, type Op, type RefTarget } from '../../src/object/op.js'
import { openAs } from '../../src/object/open.js'
import type { Fields } from '../../src/object/shape.js'
import { aCid, aDigest, anId, codeOf, withKey } from '../helpers/objects.js'
import { shapeSuite } from '../helpers/shape-suite.js'

const STORE = '00112233445566778899aabbccddeeff'
const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))
const at = (seed: string): RefTarget => ({ is: 'object', digest: aDigest(seed) })
const anOp = (changed: Partial<Op> = {}): Op => ({
  store: STORE, seq: 2, previous: anId('op'), timeMs: 1_732_703_253_000, agent: 'user:ann', command: 'add',
  changes: [{ ref: 'refs/heads/main', before: at('a'), after: at('b') }], ...changed,
})

function fieldsOf(op: Op): object {
  const value = (target: RefTarget): CborValue => (target.is === 'object' ? digestBytes(target.digest) : target.ref)
  return {
    kind: 'op', version: 1, seq: op.seq, time: op.timeMs, agent: op.agent, command: op.command, store: fromHex(op.store),
    ...(op.previous && { previous: cidFromId(op.previous) }), ...(op.pruned && { pruned: digestBytes(op.pruned) }), ...(op.request && { request: fromHex(op.request) }),
    changes: op.changes.map(({ ref, before, after }) => ({ ref, ...(before && { before: value(before) }), ...(after && { after: value(after) }) })),
  }
}

describe('op', () => {
  const sample = decode(encodeOp(anOp({ request: STORE, pruned: aDigest('p') }))) as Fields
  shapeSuite('op', sample, {
    needed: { store: 'own check', seq: 'count', time: 'time', agent: 'name', command: 'name', changes: 'list' },
    optional: { previous: 'dag-cbor link', pruned: 'own check', request: 'own check' },
  })

  it('is written as encode writes its map, and comes back', () => {
    const target = fc.constantFrom<RefTarget | undefined>(undefined, at('a'), at('b'), { is: 'symbolic', ref: 'refs/heads/main' })
    const change = fc.record({ ref: fc.constantFrom('HEAD', 'refs/heads/a', 'refs/heads/b', 'refs/heads/\u{1F600}', 'refs/heads/\uFFFD'), before: target, after: target })
      .map(({ ref, before, after }) => ({ ref, ...(before && { before }), ...(after && { after }) }))
    const op = fc.record({
      seq: fc.constantFrom(2, 24, 2 ** 32, 2 ** 53 - 1), timeMs: fc.constantFrom(-1, 0, 1_732_703_253_000), changes: fc.uniqueArray(change, { selector: ({ ref }) => ref }),
    }).chain((changed) => fc.constantFrom<Partial<Op>>({}, { request: STORE }, { pruned: aDigest('p') }).map((more) => anOp({ ...changed, ...more })))
    fc.assert(fc.property(op, (made) => {
      const sorted = { ...made, changes: [...made.changes].sort((left, right) => Buffer.compare(Buffer.from(left.ref), Buffer.from(right.ref))) }
      expect(toHex(encodeOp(made))).toBe(toHex(encode(fieldsOf(sorted))))
      expect(openAs(encodeOp(made), 'op')).toEqual(sorted)
    }))
  })
  it('has one before it, unless it is the first, which has none and pruned none', () => {
    const { previous, ...first } = anOp({ seq: 1 })
    const after = { ...first, seq: 2 }
    for (const op of [first, { ...after, previous }, { ...after, previous, pruned: aDigest('x') }] as Op[]) {
      expect(openAs(encodeOp(op), 'op')).toEqual(op)
    }
    for (const op of [{ ...first, previous }, after, { ...after, pruned: aDigest('x') }, { ...first, seq: 0 }, { ...first, pruned: aDigest('x') }] as Op[]) {
      expect(codeOf(() => encodeOp(op))).toBe('OBJECT_INVALID')
      expect(codeOf(() => openAs(encode(fieldsOf(op)), 'op'))).toBe('OBJECT_INVALID')
    }
  })
  it('refuses changes that are not sorted by their UTF-8 bytes, each once', () => {
    const changes = (...refs: string[]): CborValue => refs.map((ref) => ({ ref, after: new Uint8Array(32) }))
    expect(codeOf(() => openAs(withKey(sample, 'changes', changes('a', 'b', '\uFFFD', '\u{1F600}')), 'op'))).toBe('nothing')
    for (const wrong of [changes('b', 'a'), changes('a', 'a'), changes('\u{1F600}', '\uFFFD'), changes('')]) expect(codeOf(() => openAs(withKey(sample, 'changes', wrong), 'op'))).toBe('OBJECT_INVALID')
    expect(codeOf(() => encodeOp(anOp({ changes: [{ ref: 'a' }, { ref: 'a' }] })))).toBe('OBJECT_INVALID')
  })
  it('refuses targets that are neither a digest nor a ref name', () => {
    for (const target of ['', new Uint8Array(31), aCid('a'), null, 1, ['a'], 'x'.repeat(1_025)]) {
      for (const key of ['before', 'after']) expect(codeOf(() => openAs(withKey(sample, 'changes', [{ ref: 'a', [key]: target }]), 'op'))).toBe('OBJECT_INVALID')
    }
    for (const change of [{}, { ref: 1 }, { ref: 'a', more: 1 }, 'a', null, aCid('a')]) expect(codeOf(() => openAs(withKey(sample, 'changes', [change]), 'op'))).toBe('OBJECT_INVALID')
  })
  it.each<[string, Partial<Op>]>([
    ['a store that is no id', { store: 'ab' }], ['a request that is no id', { request: 'zz'.repeat(16) }], ['no agent', { agent: '' }], ['no command', { command: '' }], ['a lone surrogate', { changes: [{ ref: '\uD800' }] }],
    ['half a time', { timeMs: 0.5 }], ['a raw op before it', { previous: anId('a', 'raw') }], ['half a number', { seq: 1.5 }], ['an empty target', { changes: [{ ref: 'a', after: { is: 'symbolic', ref: '' } }] }],
  ])('is not written with %s, which nobody could read', (_, changed) => {
    expect(codeOf(() => encodeOp(anOp(changed)))).toBe('OBJECT_INVALID')
  })
})

describe('targets', () => {
  const symbolic: RefTarget = { is: 'symbolic', ref: 'refs/heads/main' }
  it('are equal by what they name', () => {
    expect([equalTargets(at('a'), at('a')), equalTargets(symbolic, { ...symbolic }), equalTargets(undefined, undefined)]).toEqual([true, true, true])
    expect([equalTargets(at('a'), at('b')), equalTargets(at('a'), symbolic), equalTargets(symbolic, at('a')), equalTargets(undefined, at('a')), equalTargets(symbolic, undefined), equalTargets(symbolic, { is: 'symbolic', ref: 'x' })]).toEqual(Array(6).fill(false))
  })
  it('are shown as digest, as ref name, or as null', () => {
    expect([formatTarget(at('a')), formatTarget(symbolic), formatTarget(undefined)]).toEqual([aDigest('a'), 'refs/heads/main', null])
  })
})
