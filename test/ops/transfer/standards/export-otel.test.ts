import { describe, expect, it } from 'vitest'
import { concatBytes, getText } from '../../../../src/base/bytes.js'
import { digestOf } from '../../../../src/codec/object-id.js'
import { forget } from '../../../../src/ops/keep/forget.js'
import { exportOtel, SPANS_PER_LINE, type ExportOtelResult } from '../../../../src/ops/transfer/standards/export-otel.js'
import { readLogState } from '../../../../src/refs/log-state.js'
import { mergeInto, record, run, switchTo } from '../../../helpers/branches.js'
import { aRepo, type MemoryRepo } from '../../../helpers/memory-repo.js'

interface Context { readonly traceId: string; readonly spanId: string }
interface Attribute { readonly key: string; readonly value: { readonly stringValue?: string; readonly boolValue?: boolean } }
interface Span extends Context {
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly Attribute[]
  readonly links?: readonly (Context & { readonly attributes: readonly Attribute[] })[]
}
interface Request {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly schemaUrl: string
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly Span[] }[]
  }[]
}

async function exported(repo: MemoryRepo, revisions: readonly string[] = []): Promise<{ readonly text: string; readonly requests: readonly Request[]; readonly spans: readonly Span[]; readonly result: ExportOtelResult }> {
  const parts: Uint8Array[] = []
  const result = await run(repo, exportOtel(async (chunks) => { for await (const chunk of chunks) parts.push(chunk) }), { revisions })
  const text = getText(concatBytes(parts)) ?? ''
  const requests = text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Request)
  return { text, requests, spans: requests.flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))), result }
}

function textOf(span: Span, key: string): string | undefined {
  return span.attributes.find((attribute) => attribute.key === key)?.value.stringValue
}

/** What OTLP demands of a span, whatever it says. */
function checkSpan(span: Span): void {
  for (const { traceId, spanId } of [span, ...(span.links ?? [])]) {
    expect(traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/)
    expect(spanId).toMatch(/^(?!0+$)[0-9a-f]{16}$/)
  }
  expect(span.name).not.toBe('')
  expect(span.kind).toBe(1)
  for (const nanos of [span.startTimeUnixNano, span.endTimeUnixNano]) expect(nanos).toMatch(/^(0|[1-9]\d{0,19})$/)
  expect(BigInt(span.startTimeUnixNano)).toBeLessThanOrEqual(BigInt(span.endTimeUnixNano))
  expect(new Set(span.attributes.map(({ key }) => key)).size).toBe(span.attributes.length)
  for (const { value } of span.attributes) expect(Object.keys(value)).toHaveLength(1)
}

async function forked(): Promise<MemoryRepo> {
  const repo = await aRepo()
  await record(repo, { a: '1' }, 'Größe \u{1f600} \u2028 "x"')
  await switchTo(repo, 'main', { create: 'side' })
  await record(repo, { b: '1' }, 'beside')
  await switchTo(repo, 'main')
  await record(repo, { a: '2' }, 'on main')
  await mergeInto(repo, 'side')
  return repo
}

describe('export otel', () => {
  it('writes spans as OTLP demands, each with its first parent, and the same bytes again', async () => {
    const repo = await forked()
    const { text, requests, spans, result } = await exported(repo)
    expect([requests.length, result]).toEqual([1, { atoms: 5, lines: 1 }])
    const [only] = requests[0]?.resourceSpans ?? []
    expect([only?.resource.attributes, only?.schemaUrl, only?.scopeSpans[0]?.scope.name]).toEqual([[{ key: 'service.name', value: { stringValue: 'demo' } }], 'https://opentelemetry.io/schemas/1.41.0', 'atom-trail'])
    spans.forEach(checkSpan)
    const ids = spans.map(({ spanId }) => spanId)
    expect(new Set(ids).size).toBe(5)
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)
    expect(spans.filter(({ parentSpanId }) => parentSpanId === undefined)).toHaveLength(1)
    expect(spans.slice(1).every(({ parentSpanId = '' }) => ids.includes(parentSpanId))).toBe(true)
    expect(textOf(spans[1] as Span, 'atom.title')).toBe('Größe \u{1f600} \u2028 "x"')
    expect(spans.every((span) => textOf(span, 'atom.object')?.startsWith(span.spanId))).toBe(true)
    const beside = spans.find((span) => textOf(span, 'atom.title') === 'beside')
    expect(spans.at(-1)?.links).toEqual([{ traceId: beside?.traceId, spanId: beside?.spanId, attributes: [{ key: 'atom.relation', value: { stringValue: 'parent' } }] }])
    expect((await exported(repo)).text).toBe(text)
  })

  it('keeps the ids in every range; a parent outside is a link', async () => {
    const repo = await forked()
    const all = (await exported(repo)).spans
    const { spans, result } = await exported(repo, ['main~1..main'])
    expect(result.atoms).toBe(2)
    spans.forEach(checkSpan)
    for (const span of spans) expect(all.find(({ spanId }) => spanId === span.spanId)?.traceId).toBe(span.traceId)
    expect(spans.map(({ parentSpanId }) => parentSpanId)).toEqual([undefined, undefined])
    expect(spans.map(({ links = [] }) => links.length)).toEqual([1, 2])
    expect((await exported(repo, ['main..main'])).text).toBe('')
  })

  it('links what influenced an ATOM; one that is not here is named only', async () => {
    const repo = await aRepo()
    const { id } = await repo.draft({})
    const strange = 'ab'.repeat(32)
    await repo.draft({ influencedBy: [{ object: digestOf(id) }, { object: strange as ReturnType<typeof digestOf> }] })
    const span = (await exported(repo)).spans.at(-1) as Span
    checkSpan(span)
    expect(span.links?.map((link) => [link.spanId, link.attributes[0]?.value.stringValue])).toEqual([[digestOf(id).slice(0, 16), 'influence']])
    expect(span.attributes.find(({ key }) => key === 'atom.influenced_by')?.value).toEqual({ arrayValue: { values: [{ stringValue: digestOf(id) }, { stringValue: strange }] } })
  })

  it('says nothing of a body that was forgotten but that it was', async () => {
    const repo = await aRepo()
    await record(repo, { a: '1' }, 'a secret word')
    await run(repo, forget, { target: 'HEAD', reason: 'privacy' })
    const { text, spans } = await exported(repo)
    expect(text).not.toContain('a secret word')
    const span = spans.at(-1) as Span
    checkSpan(span)
    expect([textOf(span, 'atom.title'), span.attributes.find(({ key }) => key === 'atom.forgotten')?.value]).toEqual([undefined, { boolValue: true }])
  })

  it('cuts what is too much for one request into lines, each a request of its own', async () => {
    const repo = await aRepo()
    for (let count = 0; count < 3; count++) await repo.draft({ body: { title: 'long', reason: 'x'.repeat(1_500_000) } })
    const { requests, spans, result } = await exported(repo)
    expect([requests.length, spans.length, result]).toEqual([2, readLogState(repo.store).atoms, { atoms: 4, lines: 2 }])
    const many = await aRepo()
    for (let count = 0; count < SPANS_PER_LINE; count++) await many.draft({})
    expect((await exported(many)).requests.map(({ resourceSpans }) => resourceSpans[0]?.scopeSpans[0]?.spans.length)).toEqual([SPANS_PER_LINE, 1])
  })
})
