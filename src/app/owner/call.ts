/** Runs one call wherever the store is: here, or in the process that has it; again, when that one ends before it has answered. */
import { randomBytes } from 'node:crypto'
import { REQUEST_ID_BYTES } from '../../base/limits.js'
import type { Operation } from '../../ops/operation.js'
import type { AppContext, Environment } from '../context.js'
import { runEntered } from './run-entered.js'
import { continued, isStream } from './stream.js'
import type { Answer, OwnerLink, Residency, SitOptions } from './types.js'

export interface Call<Input, Output> {
  readonly operation: Operation<Input, Output>
  /** As it was given: an owner checks it again. */
  readonly raw: unknown
  readonly input: Input
  readonly context: AppContext
}

export interface CallOptions {
  readonly serve: SitOptions['serve']
  /** How long the store stays open afterwards. */
  readonly lingerMs: number
}

/** Where a call has got to: the same request id in every attempt, so that it is done once. */
interface Progress {
  request: string | undefined
  attempt: 'first' | 'again'
  owner: SitOptions['owner']
  losses: number
}

/** Who has lost so many owners opens the store itself: what listens there may be none. */
const LOSSES_MAX = 5

export async function performCall<Input, Output>(residency: Residency, call: Call<Input, Output>, options: CallOptions): Promise<Output | AsyncIterable<Output>> {
  return perform(residency, call, { ...options, progress: { request: undefined, attempt: 'first', owner: 'join', losses: 0 } })
}

async function perform<Input, Output>(residency: Residency, call: Call<Input, Output>, options: CallOptions & { readonly progress: Progress }): Promise<Output | AsyncIterable<Output>> {
  const { progress } = options
  const { operation, input, context } = call
  for (;;) {
    const link = await residency.sit({ context, owner: progress.owner, serve: options.serve })
    if (link === undefined) {
      return runEntered(residency, { operation, input, context, attempt: progress.attempt, ...(progress.request !== undefined && { request: progress.request }) }, { who: 'own', lingerMs: options.lingerMs })
    }
    const answer = await ask(link, call, progress)
    switch (answer.is) {
      case 'value': return answer.value as Output
      case 'stream': {
        const again = async (): Promise<unknown> => {
          lose(progress)
          const next = await perform(residency, call, options)
          if (!isStream(next)) throw new TypeError(`${operation.name} is a stream in one process and none in another`)
          return next
        }
        return continued(answer.items, again) as AsyncIterable<Output>
      }
      case 'unknown':
        progress.owner = 'insist'
        break
      case 'lost':
        lose(progress)
    }
  }
}

function lose(progress: Progress): void {
  progress.attempt = 'again'
  if (++progress.losses >= LOSSES_MAX) progress.owner = 'insist'
}

async function ask<Input, Output>(link: OwnerLink, { operation, raw, context }: Call<Input, Output>, progress: Progress): Promise<Answer> {
  progress.request ??= randomBytes(REQUEST_ID_BYTES).toString('hex')
  const frame = { operation: operation.name, input: raw, request: progress.request, attempt: progress.attempt, cwd: context.cwd, env: carried(context.env) }
  return link.call(frame, context)
}

/** What an owner has to know of a client's environment: who acts, where, by which clock. Nothing else crosses. */
function carried(env: Environment): { readonly [name: string]: string } {
  const kept: { [name: string]: string } = {}
  for (const [name, value] of Object.entries(env)) if (value !== undefined && /^(?:ATOM_|CLOUDFLARE_API_|XDG_|CLAUDE|CURSOR_|CODEX_|GEMINI_|(?:HOME|USER|LOGNAME|USERNAME)$)/.test(name)) kept[name] = value
  return kept
}
