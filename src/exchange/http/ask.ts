/** One question to an endpoint: no redirect is followed, no answer read beyond its bound, and the token stands in no message. */
import { isAtomError } from '../../base/errors.js'
import { concatBytes, getText } from '../../base/bytes.js'
import { authRefused, refusedBy, unreachable } from '../remote-errors.js'
import type { RemoteContext } from '../remote.js'
import { patiently, TryAgain } from '../try-again.js'
import { ANSWER_MAX_BYTES, CAR_TYPE, JSON_TYPE, PROTOCOL, PROTOCOL_HEADER } from './wire.js'

export interface HttpHost {
  /** Without a slash at its end. */
  readonly url: string
  /** How messages call it. */
  readonly location: string
  readonly token: string
  readonly context: RemoteContext
  /** `fetch`, or what stands in for it. */
  send(url: string, init: RequestInit): Promise<Response>
  readonly firstWaitMs?: number
}

export interface Question {
  readonly path: string
  /** What is sent; absent: a GET. */
  readonly body?: { readonly type: string; readonly bytes: Uint8Array }
}

export interface JsonAnswer {
  readonly value: unknown
  /** From 1 on: above it, an earlier answer may have been lost. */
  readonly attempt: number
}

/** Nothing heard for so long: nobody is there any more. */
const IDLE_MS = 60_000
const ERROR_MAX_BYTES = 65_536

export async function askJson(host: HttpHost, question: Question): Promise<JsonAnswer> {
  return await patiently(async (attempt) => {
    const answer = await ask(host, question, JSON_TYPE)
    const parts: Uint8Array[] = []
    for await (const part of boundedChunks(host, answer, ANSWER_MAX_BYTES)) parts.push(part)
    return { value: parse(host, concatBytes(parts)), attempt }
  }, { ...host.context, ...host })
}

/** Returns the bytes of a CAR as they come; they are not asked for twice once the first has come. */
export async function askCar(host: HttpHost, question: Question, maxBytes: number): Promise<AsyncIterable<Uint8Array>> {
  const answer = await patiently(() => ask(host, question, CAR_TYPE), { ...host.context, ...host })
  return boundedChunks(host, answer, maxBytes)
}

interface Answer {
  readonly response: Response
  readonly idle: IdleWatch
}

async function ask(host: HttpHost, question: Question, accept: string): Promise<Answer> {
  const idle = new IdleWatch()
  try {
    const response = await send(host, { question, accept, idle })
    if (response.headers.get(PROTOCOL_HEADER) !== PROTOCOL || isRedirect(response)) {
      await response.body?.cancel()
      throw strange(host, response)
    }
    if (response.status !== 200) throw await refusal(host, { response, idle })
    const type = response.headers.get('content-type')?.split(';')[0]?.trim()
    if (type !== accept) {
      await response.body?.cancel()
      throw refusedBy(host.location, `it answers with ${(type ?? 'no type').slice(0, 80)} where ${accept} was asked for`)
    }
    return { response, idle }
  } catch (error) {
    idle.end()
    throw error
  }
}

async function send(host: HttpHost, { question: { path, body }, accept, idle }: { readonly question: Question; readonly accept: string; readonly idle: IdleWatch }): Promise<Response> {
  try {
    return await host.send(host.url + path, {
      method: body === undefined ? 'GET' : 'POST', redirect: 'manual', signal: AbortSignal.any([host.context.signal, idle.signal]),
      headers: { 'authorization': `Bearer ${host.token}`, accept, 'accept-encoding': 'identity', ...(body !== undefined && { 'content-type': body.type }) },
      ...(body !== undefined && { body: body.bytes as Uint8Array<ArrayBuffer> }),
    })
  } catch (error) {
    throw broken(host, error, idle)
  }
}

/** Returns what to throw when the wire breaks; what is no failure of the wire is returned as it is. */
function broken({ location, context: { signal } }: HttpHost, error: unknown, idle: IdleWatch): Error {
  if (signal.aborted) return signal.reason as Error
  if (idle.signal.aborted) return unreachable(location, `no answer for ${String(IDLE_MS / 1_000)} s`, error)
  // Whatever fetch throws: no address, no connection, cut off in the middle, not what its length or coding says.
  if (error instanceof TypeError) return unreachable(location, reasonOf(error), error)
  return error as Error
}

function reasonOf({ message, cause }: Error): string {
  const { code, message: inner } = (cause ?? {}) as { code?: string; message?: string }
  return code ?? inner ?? message
}

function isRedirect({ status }: Response): boolean {
  return status >= 300 && status < 400
}

/** An answer of somebody who does not speak our language: a page to log in, a proxy, another program. */
function strange({ location }: HttpHost, response: Response): Error {
  const { status, headers } = response
  if (isRedirect(response)) return refusedBy(location, `it sends us to ${place(headers.get('location'))}, and no redirect is followed: use that URL if it is the right one`)
  if (status === 401 || status === 403) return authRefused(location, `HTTP ${String(status)}`)
  if (status === 429 || status === 503) return new TryAgain(unreachable(location, `HTTP ${String(status)}`), retryAfterMs(headers))
  if (status >= 500) return unreachable(location, `HTTP ${String(status)}`)
  const version = headers.get(PROTOCOL_HEADER)
  if (version !== null) return refusedBy(location, `it speaks version ${version.slice(0, 20)} of the protocol, and this program version ${PROTOCOL}`)
  return refusedBy(location, `no atom endpoint answers there (HTTP ${String(status)}): look at the URL`)
}

async function refusal(host: HttpHost, answer: Answer): Promise<Error> {
  const { location } = host
  const { status, headers } = answer.response
  const said = await readError(host, answer)
  if (status === 401 || status === 403) return authRefused(location, said)
  if (status === 429 || status === 503) return new TryAgain(unreachable(location, said), retryAfterMs(headers))
  return status >= 500 ? unreachable(location, said) : refusedBy(location, said)
}

const SAID_MAX_CHARACTERS = 300

/** Returns what the other side says went wrong, short and without the token. */
async function readError(host: HttpHost, answer: Answer): Promise<string> {
  const fallback = `HTTP ${String(answer.response.status)}`
  try {
    const parts: Uint8Array[] = []
    for await (const part of boundedChunks(host, answer, ERROR_MAX_BYTES)) parts.push(part)
    const { error } = parse(host, concatBytes(parts)) as { readonly error?: { readonly message?: unknown } }
    if (typeof error?.message !== 'string') return fallback
    return error.message.slice(0, SAID_MAX_CHARACTERS).replaceAll(host.token, '…')
  } catch (error) {
    // That it refused is what counts; why, it could not say.
    if (isAtomError(error) || error instanceof TypeError) return fallback
    throw error
  }
}

/** Seconds, or a date, which only says that it is to be waited for: whose clock is right is not known. */
function retryAfterMs(headers: Headers): number | undefined {
  const text = headers.get('retry-after')
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : undefined
}

/** Where a redirect leads, without what may be secret in it. */
function place(target: string | null): string {
  try {
    const { protocol, host, pathname } = new URL(target ?? '')
    return `${protocol}//${host}${pathname}`.slice(0, SAID_MAX_CHARACTERS)
  } catch (error) {
    if (error instanceof TypeError) return 'somewhere else'
    throw error
  }
}

function parse({ location }: HttpHost, bytes: Uint8Array): unknown {
  const text = getText(bytes)
  try {
    if (text !== undefined) return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw refusedBy(location, 'its answer is no JSON')
}

async function* boundedChunks(host: HttpHost, { response, idle }: Answer, maxBytes: number): AsyncIterable<Uint8Array> {
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader()
  let sizeBytes = 0
  try {
    for (;;) {
      const part = await reader?.read()
      if (part === undefined || part.done) return
      idle.heard()
      sizeBytes += part.value.length
      if (sizeBytes > maxBytes) throw refusedBy(host.location, `its answer is longer than the ${String(maxBytes)} bytes that it may have`)
      yield part.value
    }
  } catch (error) {
    throw broken(host, error, idle)
  } finally {
    idle.end()
    // Whoever left early, or has read all, wants no more; a wire that is broken cannot be told.
    reader?.cancel().catch(() => undefined)
  }
}

/** Aborts when nothing was heard for a while. */
class IdleWatch {
  readonly #controller = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    this.heard()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  heard(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => { this.#controller.abort() }, IDLE_MS)
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}
