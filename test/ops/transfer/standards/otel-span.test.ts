import { describe, expect, it } from 'vitest'
import type { Digest } from '../../../../src/codec/object-id.js'
import { TIME_MAX_MS, TIME_MIN_MS } from '../../../../src/base/limits.js'
import type { Body } from '../../../../src/object/body.js'
import { atomSpan, attributes, spanContext } from '../../../../src/ops/transfer/standards/otel-span.js'
import { readRecord, type AtomRecord } from '../../../../src/trail/record.js'
import { aRepo } from '../../../helpers/memory-repo.js'

const context = spanContext('ab'.repeat(32) as Digest, 'cd'.repeat(32) as Digest)

interface Span {
  readonly name: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[]
  readonly status: unknown
}

async function aRecord(body: Partial<Body>, agent = 'claude-code'): Promise<AtomRecord> {
  const repo = await aRepo()
  await repo.draft({ agent, body: { title: 'a title', ...body } })
  return readRecord(repo, 1)
}

function spanOf(record: AtomRecord): Span {
  return atomSpan(record, { context, links: [] }) as unknown as Span
}

function valuesOf(span: Span, prefix: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(span.attributes.filter(({ key }) => key.startsWith(prefix)).map(({ key, value }) => [key, value]))
}

describe('a span', () => {
  it('has ids of 16 and 8 bytes, and none of zeros only', () => {
    expect(context).toEqual({ traceId: 'cd'.repeat(16), spanId: 'ab'.repeat(8) })
    const zeros = '0'.repeat(64) as Digest
    expect(spanContext(zeros, zeros)).toEqual({ traceId: `${'0'.repeat(31)}1`, spanId: `${'0'.repeat(15)}1` })
  })

  it('has agent, model and tokens under the names of the convention, input with what went through the cache', async () => {
    const span = spanOf(await aRecord({ tokens: { model: 'claude-opus-4', input: 10, output: 20, cacheRead: 300, cacheWrite: 4_000, costUsd: 0.5 } }))
    expect(span.name).toBe('invoke_agent claude-code')
    expect(valuesOf(span, 'gen_ai.')).toEqual({
      'gen_ai.operation.name': { stringValue: 'invoke_agent' }, 'gen_ai.provider.name': { stringValue: 'anthropic' }, 'gen_ai.agent.name': { stringValue: 'claude-code' },
      'gen_ai.request.model': { stringValue: 'claude-opus-4' }, 'gen_ai.usage.input_tokens': { intValue: '4310' }, 'gen_ai.usage.output_tokens': { intValue: '20' },
      'gen_ai.usage.cache_read.input_tokens': { intValue: '300' }, 'gen_ai.usage.cache_creation.input_tokens': { intValue: '4000' },
    })
    expect([valuesOf(span, 'atom.tokens'), valuesOf(span, 'atom.cost')]).toEqual([{ 'atom.tokens.total': { intValue: '4330' } }, { 'atom.cost_usd': { doubleValue: 0.5 } }])
  })

  it.each([['gpt-5', 'openai'], ['o3', 'openai'], ['models/gemini-2.5-pro', 'gcp.gemini'], ['deepseek-r1', 'deepseek'], ['qwen3', '_OTHER']])('%s is a model of %s', async (model, provider) => {
    expect(valuesOf(spanOf(await aRecord({ tokens: { model } })), 'gen_ai.provider')).toEqual({ 'gen_ai.provider.name': { stringValue: provider } })
  })

  it('of an agent without a model has the provider by the name of the agent', async () => {
    expect(valuesOf(spanOf(await aRecord({}, 'codex')), 'gen_ai.provider')).toEqual({ 'gen_ai.provider.name': { stringValue: 'openai' } })
    expect(valuesOf(spanOf(await aRecord({})), 'gen_ai.usage')).toEqual({})
  })

  it('of a person is no invocation of an agent', async () => {
    const record = await aRecord({}, 'user:ann')
    const span = spanOf(record)
    expect([span.name, valuesOf(span, 'gen_ai.'), valuesOf(span, 'atom.agent')]).toEqual([record.header.operation, {}, { 'atom.agent': { stringValue: 'user:ann' } }])
  })

  it('has nanoseconds as text, exact, and the nearest that there are for times out of reach', async () => {
    const record = await aRecord({ evidence: [{ name: 'run', phase: 'other', command: ['make', 'ü'], exitCode: 0, durationMs: 9 }] })
    const at = (timeMs: number): Span => spanOf({ ...record, header: { ...record.header, timeMs } })
    expect([at(1_700_000_000_123).startTimeUnixNano, at(1_700_000_000_123).endTimeUnixNano]).toEqual(['1700000000114000000', '1700000000123000000'])
    expect([at(TIME_MIN_MS).startTimeUnixNano, at(-1).endTimeUnixNano, at(TIME_MAX_MS).endTimeUnixNano]).toEqual(['0', '0', '18446744073709551615'])
    expect(valuesOf(at(-1), 'atom.time')).toEqual({ 'atom.time': { stringValue: '1969-12-31T23:59:59.999Z' } })
  })

  it('of a command that failed is an error', async () => {
    const good = spanOf(await aRecord({ evidence: [{ name: 'run', phase: 'other', command: ['make', 'ü'], exitCode: 0 }] }))
    expect([good.status, valuesOf(good, 'error'), valuesOf(good, 'process.command')]).toEqual([{}, {}, { 'process.command_args': { arrayValue: { values: [{ stringValue: 'make' }, { stringValue: 'ü' }] } } }])
    const bad = spanOf(await aRecord({ evidence: [{ name: 'run', phase: 'other', command: ['false'], exitCode: 3 }] }))
    expect([bad.status, valuesOf(bad, 'error'), valuesOf(bad, 'process.exit')]).toEqual([{ code: 2, message: 'exit code 3' }, { 'error.type': { stringValue: '3' } }, { 'process.exit.code': { intValue: '3' } }])
  })
})

it('attributes are typed, and those without a value are left out', () => {
  expect(attributes({ yes: true, none: undefined, count: 2 ** 53 - 1 })).toEqual([{ key: 'yes', value: { boolValue: true } }, { key: 'count', value: { intValue: '9007199254740991' } }])
})
