/** Asks again where asking again may help: the door of p-retry. */
import pRetry from 'p-retry'
import type { AtomError } from '../base/errors.js'
import type { RemoteContext } from './remote.js'
import { unreachable } from './remote-errors.js'

/** Thrown by what may go well the next time; `final` is what the caller is told when it does not. What throws it MUST bear to be done twice. */
export class TryAgain extends Error {
  readonly final: AtomError
  /** How long the other side asks us to wait. */
  readonly afterMs: number | undefined

  constructor(final: AtomError, afterMs?: number) {
    super(final.message, { cause: final })
    this.name = 'TryAgain'
    this.final = final
    this.afterMs = afterMs
  }
}

export interface Patience extends RemoteContext {
  readonly location: string
  /** Before the second attempt; doubled each time. */
  readonly firstWaitMs?: number
}

const RETRIES = 5
const FIRST_WAIT_MS = 250
/** Longer than any window in which requests are counted; who asks for more is asked later. */
const WAIT_MAX_MS = 310_000
/** A shorter wait is not worth a word. */
const SAID_FROM_MS = 2_000

/** Returns what the work returns, tried up to six times while it throws `TryAgain`, after growing pauses and those that the other side asks for. */
export async function patiently<Value>(work: (attempt: number) => Promise<Value>, { signal, reporter, location, firstWaitMs = FIRST_WAIT_MS }: Patience): Promise<Value> {
  try {
    return await pRetry(work, {
      retries: RETRIES, minTimeout: firstWaitMs, randomize: true, signal,
      shouldRetry: ({ error }) => error instanceof TryAgain,
      onFailedAttempt: async ({ error, retriesLeft }) => {
        const waitMs = error instanceof TryAgain && retriesLeft > 0 ? error.afterMs ?? 0 : 0
        if (waitMs > WAIT_MAX_MS) throw unreachable(location, `it asks us to wait ${seconds(waitMs)}`, error)
        if (waitMs >= SAID_FROM_MS) reporter.warn(`${location} asks us to wait ${seconds(waitMs)}`)
        if (waitMs > 0) await pause(waitMs, signal)
      },
    })
  } catch (error) {
    throw error instanceof TryAgain ? error.final : error
  }
}

function seconds(ms: number): string {
  return `${String(Math.ceil(ms / 1_000))} s`
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
