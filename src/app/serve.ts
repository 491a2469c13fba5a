/** Serves the store on this machine as a remote that can be read: `atom serve`. The store is held only while a request is answered. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { AtomError } from '../base/errors.js'
import { createEndpoint } from '../exchange/endpoint/endpoint.js'
import { openStorePlace } from '../exchange/endpoint/store-place.js'
import type { Visit } from '../exchange/endpoint/store-remote.js'
import { mintToken, type TokenEntry } from '../exchange/endpoint/tokens.js'
import type { Operation } from '../ops/operation.js'
import type { Repo } from '../ops/repo.js'
import type { AppContext } from './context.js'
import { openSession, type Session } from './session.js'

export interface Serving extends AsyncDisposable {
  readonly url: string
  /** Lets its bearer read; made anew each time, and kept nowhere. */
  readonly token: string
}

const ADDRESS = '127.0.0.1'
const PORT_MAX = 65_535

/** Listens on this machine alone. Port 0: any that is free. Throws `REPO_NOT_FOUND`, `USAGE` where the port is taken. */
export async function serveStore(port: number, context: AppContext): Promise<Serving> {
  if (port > PORT_MAX) throw new AtomError('USAGE', `there is no port ${String(port)}`, { data: { value: String(port), option: 'port' }, hint: `ports go up to ${String(PORT_MAX)}` })
  const session = await openSession(context)
  try {
    const server = createServer()
    await listen(server, port)
    const { port: actual } = server.address() as AddressInfo
    const { token, entry } = mintToken({ bytes: (length) => new Uint8Array(randomBytes(length)) }, 'reader', 'serve')
    answerFrom(server, { session, entry, context, hosts: [`${ADDRESS}:${String(actual)}`, `localhost:${String(actual)}`] })
    return { url: `http://${ADDRESS}:${String(actual)}`, token, [Symbol.asyncDispose]: () => stop(server, session) }
  } catch (error) {
    await session.close()
    throw error
  }
}

interface Answering {
  readonly session: Session
  readonly entry: TokenEntry
  readonly context: AppContext
  readonly hosts: readonly string[]
}

function answerFrom(server: Server, { session, entry, context, hosts }: Answering): void {
  const place = openStorePlace(visitOf(session), session.folder)
  const report = (error: unknown): void => { context.reporter.warn(`a request failed: ${error instanceof Error ? error.message : String(error)}`) }
  const endpoint = createEndpoint({ tokens: [entry], writes: 'refused', hosts, open: async () => place, report })
  // The globals of this process stay as they are.
  const answer = getRequestListener((request) => endpoint.fetch(request), { overrideGlobalObjects: false })
  server.on('request', (request, response) => { void answer(request, response) })
}

/** Each visit is a use case of its own: run here, once the store is free, and nobody waits for it longer than it lasts. */
function visitOf(session: Session): Visit {
  return async <Result>(work: (repo: Repo) => Promise<Result>) => {
    const operation: Operation<undefined, Result> = { name: 'serve.visit', summary: 'Read for a request', effect: 'read', errors: [], check: () => undefined, run: (repo) => work(repo) }
    return await session.run(operation, undefined) as Result
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, ADDRESS)
  try {
    await once(server, 'listening')
  } catch (error) {
    const { code = 'unknown' } = error as { code?: string }
    throw new AtomError('USAGE', `cannot listen on port ${String(port)}: ${code}`, { data: { value: String(port), option: 'port' }, hint: 'leave --port out: any free one is taken', cause: error })
  }
}

async function stop(server: Server, session: Session): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
  await session.close()
}
