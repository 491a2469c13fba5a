import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AtomError } from '../../../src/base/errors.js'
import { Float } from '../../../src/codec/cbor.js'
import { decodeWire, encodeWire, errorFromWire, errorToWire } from '../../../src/app/owner/wire.js'
import { IndexNode } from '../../../src/index/node.js'
import { readRecord } from '../../../src/trail/record.js'
import { log } from '../../../src/ops/look/log.js'
import { aRepo } from '../../helpers/memory-repo.js'

const crossed = (value: unknown): unknown => decodeWire(encodeWire(value))

describe('values between two processes', () => {
  it('come back as they were, whatever is nested in what', () => {
    const leaf = fc.oneof(fc.constantFrom(undefined, null, true, -0, NaN, Infinity, -Infinity, 2 ** 60, new Float(1)), fc.integer(), fc.double(), fc.maxSafeInteger(), fc.bigInt(), fc.string(), fc.uint8Array())
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('value')), fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$', '__proto__', '1', 'a', 'b', 'aa')), tie('value')), fc.array(fc.tuple(fc.string(), tie('value'))).map((entries) => new Map(entries)), fc.array(leaf).map((items) => new Set(items))),
    }))
    fc.assert(fc.property(value, (sent) => { expect(crossed(sent)).toEqual(sent) }), { numRuns: 500 })
  })

  it('keep the order of keys, which shows in JSON', () => {
    const value = { zebra: 1, a: { longer: 1, b: 2 }, $: ['o'] }
    expect(JSON.stringify(crossed(value))).toBe(JSON.stringify(value))
  })

  it('tell undefined from absent and bytes from lists', () => {
    expect(crossed({ a: undefined })).toStrictEqual({ a: undefined })
    expect(crossed({})).toStrictEqual({})
    expect(crossed(Buffer.from('x'))).toStrictEqual(new Uint8Array([120]))
    expect(crossed(new Date(5))).toStrictEqual(new Date(5))
  })

  it('refuse functions and instances of what is not known', () => {
    expect(() => encodeWire({ run: () => 1 })).toThrow(TypeError)
    expect(() => encodeWire(new URL('http://a'))).toThrow(TypeError)
  })

  it('carry the nodes of the index and whole records', async () => {
    const repo = await aRepo()
    const { atom } = await repo.add({ title: 'one', metadata: { z: 1, a: [1.5, 'x'] } })
    const node = repo.index.node(atom.seq)
    const got = crossed({ node }) as { node: IndexNode }
    expect(got.node).toBeInstanceOf(IndexNode)
    expect([got.node.id, got.node.atomId, got.node.agent, got.node.parents, got.node.timeMs, got.node.generation]).toEqual([node.id, node.atomId, node.agent, node.parents, node.timeMs, node.generation])
    const record = readRecord(repo, atom.seq, { files: 'include' })
    expect(crossed(record)).toStrictEqual(record)
    for await (const entry of log.run(repo, log.check({})) as AsyncIterable<object>) expect(Object.keys(crossed(entry) as object)).toEqual(Object.keys(entry))
  })

  it('carry errors with code, hint and data', () => {
    const error = new AtomError('PATH_NOT_FOUND', 'no \ud800 file', { data: { path: 'a\udc00' }, hint: 'look' })
    const got = errorFromWire(decodeWire(encodeWire(errorToWire(error))) as ReturnType<typeof errorToWire>) as AtomError<'PATH_NOT_FOUND'>
    expect([got.code, got.message, got.hint, got.data]).toEqual(['PATH_NOT_FOUND', 'no \ufffd file', 'look', { path: 'a\ufffd' }])
    expect(errorFromWire(errorToWire(new DOMException('stop', 'AbortError'))).name).toBe('AbortError')
    expect((errorFromWire(errorToWire(new TypeError('a bug'))) as AtomError).code).toBe('INTERNAL')
  })
})
