import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { silentReporter } from '../../src/base/ports.js'
import { createEndpoint, type EndpointOptions } from '../../src/exchange/endpoint/endpoint.js'
import { openMemoryPlace, type MemoryPlaceState } from '../../src/exchange/endpoint/memory-place.js'
import { mintToken, type Role } from '../../src/exchange/endpoint/tokens.js'
import type { HttpHost } from '../../src/exchange/http/ask.js'
import { createMemoryRemoteState } from '../../src/exchange/memory-remote.js'

const random = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) }
const minted = (['reader', 'writer', 'admin'] as const).map((role) => mintToken(random, role, `test-${role}`))
export const TOKENS: { readonly [Name in Role]: string } = { reader: minted[0]?.token ?? '', writer: minted[1]?.token ?? '', admin: minted[2]?.token ?? '' }
export const ENTRIES = minted.map(({ entry }) => entry)

export function aMemoryPlace(): MemoryPlaceState {
  return { remote: createMemoryRemoteState(), said: new Map() }
}

/** An endpoint over a place in memory; what it reports is a failure of the test. */
export function memoryEndpoint(state: MemoryPlaceState, changed: Partial<EndpointOptions> = {}): { fetch(request: Request): Promise<Response> } {
  return createEndpoint({
    tokens: ENTRIES, writes: 'taken', open: async () => openMemoryPlace(state, () => 1_732_703_253_000),
    report: (error) => { throw error instanceof Error ? error : new Error(String(error)) }, ...changed,
  })
}

export interface Served extends AsyncDisposable {
  readonly url: string
}

/** Serves on this machine until it is disposed of. */
export async function serveOnPort(listener: RequestListener): Promise<Served> {
  const server: Server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export async function serveEndpoint(endpoint: { fetch(request: Request): Promise<Response> }): Promise<Served> {
  const answer = getRequestListener((request) => endpoint.fetch(request))
  return serveOnPort((request, response) => { void answer(request, response) })
}

export function hostAt(url: string, changed: Partial<HttpHost> = {}): HttpHost {
  return { url, location: url, token: TOKENS.admin, context: { signal: new AbortController().signal, reporter: silentReporter }, send: (to, init) => fetch(to, init), firstWaitMs: 1, ...changed }
}
