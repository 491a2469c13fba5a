/** D1 over Cloudflare's REST API, with a bearer token. No redirect is followed, no answer read beyond its limit, and the token stands in no message. */
import { authRefused, refusedBy, unreachable } from '../remote-errors.js'
import type { RemoteContext } from '../remote.js'
import { patiently, TryAgain } from '../try-again.js'
import { ANSWER_MAX_BYTES, type D1Query, type D1Row, type D1Statement } from './d1-query.js'
import { readAnswer } from './rest-answer.js'

export interface RestPlace {
  /** The address of the database: `…/accounts/ACCOUNT/d1/database/DATABASE`. */
  readonly endpoint: string
  readonly token: string
  readonly location: string
}

export interface RestContext extends RemoteContext {
  /** Before the second attempt. */
  readonly firstWaitMs?: number
}

/** A batch may take 30 s there, and has to be sent. */
const TIMEOUT_MS = 120_000

/** Throws `REMOTE_AUTH` for what is no token: nothing is sent then. */
export function openRestQuery(place: RestPlace, context: RestContext): D1Query {
  const { location, token } = place
  if (!/^[\x21-\x7e]+$/.test(token)) throw authRefused(location, 'the token is empty, or has spaces or other characters that no token has')
  return {
    location,
    run(statements, left) {
      const signal = left === undefined ? context.signal : AbortSignal.any([context.signal, left])
      return patiently(() => ask(place, statements, signal), { ...context, location, signal })
    },
  }
}

async function ask(place: RestPlace, statements: readonly D1Statement[], signal: AbortSignal): Promise<readonly (readonly D1Row[])[]> {
  const { endpoint, token, location } = place
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const response = await fetch(`${endpoint}/raw`, {
      method: 'POST', redirect: 'manual', signal: AbortSignal.any([signal, timeout]),
      headers: { 'authorization': `Bearer ${token}`, 'content-type': 'application/json', 'accept': 'application/json' },
      body: JSON.stringify({ batch: statements }),
    })
    const text = await readBounded(location, response)
    return readAnswer({ location, secret: token, statements: statements.length }, { status: response.status, text, header: (name) => response.headers.get(name) ?? undefined })
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    if (timeout.aborted) throw new TryAgain(unreachable(location, `no answer for ${String(TIMEOUT_MS / 1_000)} s`, cause))
    // Whatever fetch throws: no address, no connection, cut off in the middle, not what its length or coding says.
    if (cause instanceof TypeError) throw new TryAgain(unreachable(location, reasonOf(cause), cause))
    throw cause
  }
}

async function readBounded(location: string, response: Response): Promise<string> {
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let sizeBytes = 0
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    sizeBytes += part.value.length
    if (sizeBytes > ANSWER_MAX_BYTES) {
      await reader?.cancel()
      throw refusedBy(location, `its answer is longer than the ${String(ANSWER_MAX_BYTES)} bytes that were asked for at most`)
    }
    text += decoder.decode(part.value, { stream: true })
  }
  return text + decoder.decode()
}

function reasonOf({ message, cause }: Error): string {
  const { code, message: inner } = (cause ?? {}) as { code?: string; message?: string }
  return code ?? inner ?? message
}
