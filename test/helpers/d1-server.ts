/**
 * D1 for tests: Cloudflare's REST API in front of the D1 of a real workerd. It asks for the token, holds to the limits that workerd does not hold to, and breaks when it is
 * told to.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Miniflare } from 'miniflare'

export const ACCOUNT = '0123456789abcdef0123456789abcdef'
export const DATABASE = '6f1c2d3e-0000-4000-8000-123456789abc'
export const TOKEN = 'cf-T0ken_for-tests'

/** What happens to a request: `cut-before`: nothing is done, and no answer; `cut-after`: done, and the answer cut off in the middle; or an answer in place of its own. */
export type Fault = 'cut-before' | 'cut-after' | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>>; readonly isDone?: boolean }

export interface D1Request {
  readonly kind: string
  readonly batch: readonly { readonly sql: string; readonly params?: readonly unknown[] }[]
}

export interface D1Server extends AsyncDisposable {
  /** As in the environment: what comes before `/accounts`. */
  readonly base: string
  readonly endpoint: string
  /** What was asked since the last `clear`. */
  readonly requests: D1Request[]
  /** Decides over the n-th request since the last `clear`, from 1. */
  fault: (nth: number, request: D1Request) => Fault | undefined
  /** Runs a statement past everything; returns its rows. */
  sql(text: string, ...params: readonly unknown[]): Promise<readonly Record<string, unknown>[]>
  /** Drops all tables, forgets requests and faults. */
  clear(): Promise<void>
  /** Where workerd itself listens; its own REST API lies below `/cdn-cgi/explorer/api`. */
  readonly workerd: URL
  readonly miniflare: Miniflare
}

const SCRIPT = `export default {
  async fetch(request, env) {
    const { batch } = await request.json()
    try {
      const results = await env.DB.batch(batch.map(({ sql, params = [] }) => env.DB.prepare(sql).bind(...params)))
      return Response.json({ results })
    } catch (error) {
      return Response.json({ error: error.message })
    }
  },
}`

/** Limits of D1 that workerd lets pass. */
const LIMITS = { statementBytes: 100_000, params: 100, valueBytes: 2_000_000 }

export async function serveD1(): Promise<D1Server> {
  const miniflare = new Miniflare({ modules: true, script: SCRIPT, d1Databases: { DB: DATABASE }, compatibilityDate: '2026-01-01', unsafeLocalExplorer: true } as ConstructorParameters<typeof Miniflare>[0])
  const workerd = await miniflare.ready
  const run = async (batch: D1Request['batch']): Promise<{ readonly results?: readonly WorkerdResult[]; readonly error?: string }> => {
    const response = await fetch(workerd, { method: 'POST', body: JSON.stringify({ batch }) })
    return await response.json() as { readonly results?: readonly WorkerdResult[]; readonly error?: string }
  }
  const requests: D1Request[] = []
  const http = createServer((request, response) => {
    void answer(server, { run, request, response })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const base = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}/client/v4`
  const server: D1Server = {
    base, endpoint: `${base}/accounts/${ACCOUNT}/d1/database/${DATABASE}`, requests, workerd, miniflare,
    fault: () => undefined,
    async sql(text, ...params) {
      const { results, error } = await run([{ sql: text, params }])
      if (results === undefined) throw new Error(error)
      return results[0]?.results ?? []
    },
    async clear() {
      server.fault = () => undefined
      const tables = await server.sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'")
      for (const { name } of tables) await server.sql(`DROP TABLE "${String(name)}"`)
      requests.length = 0
    },
    async [Symbol.asyncDispose]() {
      http.closeAllConnections()
      http.close()
      await miniflare.dispose()
    },
  }
  return server
}

interface WorkerdResult {
  readonly results: readonly Record<string, unknown>[]
  readonly meta: object
}

interface Exchange {
  run(batch: D1Request['batch']): Promise<{ readonly results?: readonly WorkerdResult[]; readonly error?: string }>
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

async function answer(server: D1Server, { run, request, response }: Exchange): Promise<void> {
  const text = await readText(request)
  const send = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): void => void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
  const refuse = (status: number, code: number, message: string): void => { send(status, JSON.stringify({ success: false, errors: [{ code, message }], messages: [], result: null })) }
  const [, kind] = new RegExp(`^/client/v4/accounts/${ACCOUNT}/d1/database/${DATABASE}/(query|raw)$`).exec(request.url ?? '') ?? []
  if (request.headers.authorization !== `Bearer ${TOKEN}`) return refuse(401, 10_000, 'Authentication error')
  if (kind === undefined || request.method !== 'POST') return refuse(404, 7_404, `The database ${String(request.url?.split('/').at(-2))} could not be found`)
  const asked = JSON.parse(text) as { readonly batch?: D1Request['batch'] } & D1Request['batch'][number]
  const entry: D1Request = { kind, batch: asked.batch ?? [asked] }
  server.requests.push(entry)
  const fault = server.fault(server.requests.length, entry)
  if (fault === 'cut-before') return void request.socket.destroy()
  const problem = problemOf(entry)
  if (typeof fault === 'object' && fault.isDone !== true) return send(fault.status, fault.body ?? '', fault.headers)
  const { results, error } = problem === undefined ? await run(entry.batch) : { error: problem }
  if (typeof fault === 'object') return send(fault.status, fault.body ?? '', fault.headers)
  if (results === undefined) return refuse(400, 7_500, String(error))
  const body = JSON.stringify({ success: true, errors: [], messages: [], result: results.map((result) => (kind === 'raw' ? rawOf(result) : { ...result, success: true })) })
  if (fault !== 'cut-after') return send(200, body)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
  response.write(body.slice(0, body.length / 2), () => { request.socket.destroy() })
}

function rawOf({ results, meta }: WorkerdResult): object {
  const columns = Object.keys(results[0] ?? {})
  return { results: { columns, rows: results.map((row) => columns.map((column) => row[column])) }, success: true, meta }
}

function problemOf({ batch }: D1Request): string | undefined {
  for (const { sql, params = [] } of batch) {
    if (Buffer.byteLength(sql) > LIMITS.statementBytes) return 'statement too long: SQLITE_TOOBIG'
    if (params.length > LIMITS.params) return 'too many SQL variables: SQLITE_ERROR'
    if (params.some((param) => typeof param !== 'string')) return 'params must be strings'
    if (params.some((param) => Buffer.byteLength(param as string) > LIMITS.valueBytes)) return 'string or blob too big: SQLITE_TOOBIG'
  }
  return undefined
}

async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
  return Buffer.concat(parts).toString()
}
