/** An ATOM as a span of OpenTelemetry, in OTLP's JSON: ids in hex, integers of 64 bits as text. */
import { digestOf, type Digest } from '../../../codec/object-id.js'
import { typeOf } from '../../../object/atom-id.js'
import type { Evidence, Tokens } from '../../../object/body.js'
import { formatTime, totalTokens, type Json } from '../../../trail/atom-json.js'
import type { AtomRecord } from '../../../trail/record.js'
import { isPerson, startMs } from './standard-terms.js'

export const SEMANTIC_CONVENTIONS = 'https://opentelemetry.io/schemas/1.41.0'

export interface SpanContext {
  readonly traceId: string
  readonly spanId: string
}

export interface SpanLinks {
  readonly context: SpanContext
  /** The first parent, where the export has it. */
  readonly parentSpanId?: string
  readonly links: readonly { readonly context: SpanContext; readonly relation: 'parent' | 'influence' }[]
}

const INTERNAL = 1
const ERROR = 2
const NANOS_MAX = 2n ** 64n - 1n
const NANOS_PER_MS = 1_000_000n

/** Whose model it is, by its name or else the agent's: the convention wants the best guess, and a word for none. */
const PROVIDERS: readonly (readonly [pattern: RegExp, provider: string])[] = [
  [/claude/i, 'anthropic'], [/^(gpt|o\d|codex|chatgpt)/i, 'openai'], [/gemini/i, 'gcp.gemini'], [/mistral|codestral|devstral/i, 'mistral_ai'], [/deepseek/i, 'deepseek'], [/grok/i, 'x_ai'],
  [/^sonar/i, 'perplexity'], [/^command/i, 'cohere'],
]
const UNKNOWN_PROVIDER = '_OTHER'

/** Returns the ids of a span: of its ATOM, and of the oldest ATOM on the line of first parents. They are the same in every export. */
export function spanContext(atom: Digest, root: Digest): SpanContext {
  return { traceId: notZero(root.slice(0, 32)), spanId: notZero(atom.slice(0, 16)) }
}

/** An id of zeros only is none. */
function notZero(id: string): string {
  return /^0+$/.test(id) ? `${id.slice(1)}1` : id
}

export function atomSpan(record: AtomRecord, { context, parentSpanId, links }: SpanLinks): Json {
  const { header, body } = record
  const run = body?.evidence?.find(({ command }) => command !== undefined)
  const isFailed = run?.exitCode !== undefined && run.exitCode !== 0
  return {
    ...context,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name: isPerson(header.agent) ? header.operation : `invoke_agent ${header.agent}`,
    kind: INTERNAL,
    startTimeUnixNano: nanos(startMs(record)),
    endTimeUnixNano: nanos(header.timeMs),
    attributes: attributes({ ...atomValues(record), ...agentValues(record), ...runValues(run) }),
    ...(links.length > 0 && { links: links.map((link) => ({ ...link.context, attributes: attributes({ 'atom.relation': link.relation }) })) }),
    status: isFailed ? { code: ERROR, message: `exit code ${String(run.exitCode)}` } : {},
  }
}

/** Times before 1970 and after 2554 have no place; `atom.time` says them. */
function nanos(timeMs: number): string {
  const value = BigInt(Math.trunc(timeMs)) * NANOS_PER_MS
  return String(value < 0n ? 0n : value > NANOS_MAX ? NANOS_MAX : value)
}

interface Double { readonly double: number }
type Value = boolean | number | string | readonly string[] | Double | undefined
interface Values { readonly [key: string]: Value }

function atomValues({ id, header, body, influences }: AtomRecord): Values {
  return {
    'atom.id': header.atomId,
    'atom.object': digestOf(id),
    'atom.type': typeOf(header.atomId),
    'atom.operation': header.operation,
    'atom.agent': header.agent,
    'atom.time': formatTime(header.timeMs),
    'atom.title': body?.title,
    'atom.reason': body?.reason,
    'atom.project': body?.project,
    'atom.context_sync_ref': body?.contextSyncRef,
    'atom.influenced_by': influences.length === 0 ? undefined : influences.map(({ object }) => object),
    'atom.forgotten': body === undefined ? true : undefined,
  }
}

/** A person is no agent of the convention. */
function agentValues({ header, body }: AtomRecord): Values {
  const tokens = body?.tokens ?? {}
  return { ...(!isPerson(header.agent) && invocationValues(header.agent, tokens)), ...tokenValues(tokens) }
}

function invocationValues(agent: string, { model }: Tokens): Values {
  const provider = PROVIDERS.find(([pattern]) => pattern.test(model ?? agent))?.[1] ?? UNKNOWN_PROVIDER
  return { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.provider.name': provider, 'gen_ai.agent.name': agent }
}

/** The convention counts what went through the cache as input too; an ATOM counts it beside it. */
function tokenValues(tokens: Tokens): Values {
  const { model, input, output, cacheRead, cacheWrite, costUsd } = tokens
  const isInputKnown = input !== undefined || cacheRead !== undefined || cacheWrite !== undefined
  const isAnyKnown = isInputKnown || output !== undefined || tokens.total !== undefined
  return {
    'gen_ai.request.model': model,
    'gen_ai.usage.input_tokens': isInputKnown ? (input ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0) : undefined,
    'gen_ai.usage.output_tokens': output,
    'gen_ai.usage.cache_read.input_tokens': cacheRead,
    'gen_ai.usage.cache_creation.input_tokens': cacheWrite,
    'atom.tokens.total': isAnyKnown ? totalTokens(tokens) : undefined,
    'atom.cost_usd': costUsd === undefined ? undefined : { double: costUsd },
  }
}

function runValues(run: Evidence | undefined): Values {
  if (run === undefined) return {}
  const { command, exitCode } = run
  return { 'process.command_args': command, 'process.exit.code': exitCode, 'error.type': exitCode === undefined || exitCode === 0 ? undefined : String(exitCode) }
}

/** Returns attributes in OTLP's form; those without a value are left out. */
export function attributes(values: Values): Json {
  return Object.entries(values).flatMap(([key, value]) => value === undefined ? [] : [{ key, value: anyValue(value) }])
}

function anyValue(value: Exclude<Value, undefined>): Json {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return { intValue: String(value) }
  if ('double' in value) return { doubleValue: value.double }
  return { arrayValue: { values: value.map(anyValue) } }
}
