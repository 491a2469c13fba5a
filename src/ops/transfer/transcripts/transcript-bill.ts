/**
 * The bill: what each API response cost, counted once. A response is written as several lines that repeat its usage, and again in resumed and forked
 * files; the line with the largest output counts, whatever file it is in.
 */
import type { CborValue } from '../../../codec/cbor.js'
import type { ObjectId } from '../../../codec/object-id.js'
import type { Body, Tokens } from '../../../object/body.js'
import type { ResponseTokens, TranscriptEvent } from './transcript-source.js'

type Usage = Extract<TranscriptEvent, { readonly is: 'usage' }>

/** The largest usage that each response of a turn was seen with, in order. */
export type TurnUsage = Map<string, Usage>

const NONE: ResponseTokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }

/** Takes a line's usage into a turn's: the line with the largest output of a response counts, the first where they are equal. */
export function addUsage(turn: TurnUsage, usage: Usage): void {
  const known = turn.get(usage.key)
  if (known === undefined || usage.tokens.output > known.tokens.output) turn.set(usage.key, usage)
}

export interface CountedResponse {
  readonly key: string
  readonly model?: string
  /** What was not counted before. */
  readonly tokens: ResponseTokens
}

export interface Bill {
  /** Returns what of a turn's responses nobody was charged for, and charges it. */
  charge(turn: TurnUsage): readonly CountedResponse[]
  /** Charges what an ATOM that is there already counted; once, however often it is met. */
  recall(atom: ObjectId, body: Body | undefined): void
}

export function createBill(): Bill {
  const charged = new Map<string, ResponseTokens>()
  const recalled = new Set<ObjectId>()
  const add = (key: string, tokens: ResponseTokens): void => {
    charged.set(key, combine(charged.get(key) ?? NONE, tokens, (left, right) => left + right))
  }
  return {
    charge(turn) {
      const counted: CountedResponse[] = []
      for (const { key, model, tokens } of turn.values()) {
        const known = charged.get(key)
        const fresh = known === undefined ? tokens : combine(tokens, known, (now, before) => Math.max(0, now - before))
        if (known !== undefined && sumOf(fresh) === 0) continue
        add(key, fresh)
        counted.push({ key, ...(model !== undefined && { model }), tokens: fresh })
      }
      return counted
    },
    recall(atom, body) {
      if (recalled.has(atom)) return
      recalled.add(atom)
      for (const { key, tokens } of countedIn(body)) add(key, tokens)
    },
  }
}

function combine(left: ResponseTokens, right: ResponseTokens, of: (left: number, right: number) => number): ResponseTokens {
  const hour = of(left.cacheWriteHour ?? 0, right.cacheWriteHour ?? 0)
  return {
    input: of(left.input, right.input), output: of(left.output, right.output), cacheRead: of(left.cacheRead, right.cacheRead), cacheWrite: of(left.cacheWrite, right.cacheWrite),
    ...(hour > 0 && { cacheWriteHour: hour }),
  }
}

function sumOf({ input, output, cacheRead, cacheWrite }: ResponseTokens): number {
  return input + output + cacheRead + cacheWrite
}

/** Returns the tokens of an ATOM: the sum, and the model where there is one only. */
export function tokensOf(counted: readonly CountedResponse[]): Tokens | undefined {
  if (counted.length === 0) return undefined
  const sum = counted.reduce((total, { tokens }) => combine(total, tokens, (left, right) => left + right), NONE)
  const models = new Set(counted.map(({ model }) => model))
  const [model] = models
  return { ...(models.size === 1 && model !== undefined && { model }), input: sum.input, output: sum.output, cacheRead: sum.cacheRead, cacheWrite: sum.cacheWrite }
}

/** Returns the responses as metadata holds them: `recall` reads them back. */
export function responsesValue(counted: readonly CountedResponse[]): readonly CborValue[] {
  return counted.map(({ key, model, tokens }) => ({
    key, ...(model !== undefined && { model }),
    input: tokens.input, output: tokens.output, cache_read: tokens.cacheRead, cache_write: tokens.cacheWrite,
    ...(tokens.cacheWriteHour !== undefined && { cache_write_1h: tokens.cacheWriteHour }),
  }))
}

function countedIn(body: Body | undefined): readonly { readonly key: string; readonly tokens: ResponseTokens }[] {
  const responses = body?.metadata?.['responses']
  if (!Array.isArray(responses)) return []
  return (responses as readonly { readonly [key: string]: unknown }[]).flatMap((response) => typeof response['key'] !== 'string' ? [] : [{
    key: response['key'],
    tokens: {
      input: countOf(response['input']), output: countOf(response['output']), cacheRead: countOf(response['cache_read']), cacheWrite: countOf(response['cache_write']),
      ...(response['cache_write_1h'] !== undefined && { cacheWriteHour: countOf(response['cache_write_1h']) }),
    },
  }])
}

function countOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
