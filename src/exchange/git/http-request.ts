/** One request to a git host: no redirects, no cookies, no more than is asked for. */
import { createReadStream } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { authRefused, refusedBy, unreachable } from '../remote-errors.js'

export interface Credentials {
  readonly username: string
  readonly password: string
}

export interface GitHost {
  readonly url: string
  readonly location: string
  readonly signal: AbortSignal
  readonly credentials: Credentials | undefined
}

export interface GitRequest {
  /** Below the repository: `info/refs?service=…`. */
  readonly path: string
  /** The service that is posted to; absent: a GET. */
  readonly service?: string
  /** Sent before the file. */
  readonly body?: Uint8Array
  readonly file?: { readonly path: string; readonly sizeBytes: number }
}

const IDLE_MS = 60_000

/** Returns the body of the answer; throws `REMOTE_UNREACHABLE`, `REMOTE_AUTH`, `REMOTE_REFUSED`. */
export async function requestGit(host: GitHost, request: GitRequest): Promise<AsyncIterable<Uint8Array>> {
  const { location } = host
  const response = await send(host, request)
  const status = response.statusCode ?? 0
  if (status === 200) return body(location, response)
  response.resume()
  if (status === 401 || status === 403) throw authRefused(location, `HTTP ${String(status)}`)
  if (status >= 300 && status < 400) throw refusedBy(location, `it sends us to ${place(response.headers.location)}, and no redirect is followed: use that URL if it is the right one`)
  if (status >= 500 || status === 429) throw unreachable(location, `HTTP ${String(status)}`)
  throw refusedBy(location, `HTTP ${String(status)}`)
}

function send({ url, location, signal, credentials }: GitHost, { path, service, body: head, file }: GitRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options: http.RequestOptions = {
      method: service === undefined ? 'GET' : 'POST', signal, timeout: IDLE_MS,
      headers: {
        'user-agent': 'git/atom', 'accept': '*/*', 'accept-encoding': 'identity',
        ...(service !== undefined && { 'content-type': `application/x-${service}-request`, 'content-length': (head?.length ?? 0) + (file?.sizeBytes ?? 0) }),
        ...(credentials !== undefined && { authorization: `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}` }),
      },
    }
    const sent = (url.startsWith('https:') ? https : http).request(`${url}/${path}`, options, resolve)
    sent.on('error', (error) => { reject(signal.aborted ? signal.reason as Error : unreachable(location, error.message, error)) })
    sent.on('timeout', () => { sent.destroy(new Error(`no answer for ${String(IDLE_MS / 1_000)} s`)) })
    if (head !== undefined) sent.write(head)
    if (file === undefined) sent.end()
    else createReadStream(file.path).on('error', (error) => { sent.destroy(error) }).pipe(sent)
  })
}

async function* body(location: string, response: http.IncomingMessage): AsyncIterable<Uint8Array> {
  try {
    yield* response as AsyncIterable<Uint8Array>
  } catch (cause) {
    throw unreachable(location, `the answer was cut off: ${(cause as Error).message}`, cause)
  }
}

/** Where a redirect leads, without what may be secret in it. */
function place(target: string | undefined): string {
  try {
    const { protocol, host, pathname } = new URL(target ?? '')
    return `${protocol}//${host}${pathname}`
  } catch (error) {
    if (error instanceof TypeError) return 'somewhere else'
    throw error
  }
}
