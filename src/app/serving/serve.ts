/** Serves the store on this machine as a remote: `atom serve`. The store is held only while a request is answered. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { AtomError } from '../../base/errors.js'
import { createEndpoint, type EndpointOptions } from '../../exchange/endpoint/endpoint.js'
import type { Place } from '../../exchange/endpoint/place.js'
import { createQuarantine } from '../../exchange/endpoint/quarantine.js'
import { openStorePlace } from '../../exchange/endpoint/store-place.js'
import type { Visit } from '../../exchange/endpoint/store-remote.js'
import { mintToken } from '../../exchange/endpoint/tokens.js'
import type { Operation } from '../../ops/operation.js'
import type { Repo } from '../../ops/repo.js'
import type { AppContext } from '../context.js'
import { openScratchStore } from '../scratch-store.js'
import { openSession, type Session } from '../session.js'

export interface ServeOptions {
  /** 0 (default): any that is free. */
  readonly port?: number
  /** `taken`: whoever has the writer's token may push; default: nobody. */
  readonly pushes?: 'taken' | 'refused'
}

/** Its tokens are made anew each time, and kept nowhere. */
export interface Serving extends AsyncDisposable {
  readonly url: string
  /** Lets its bearer read. */
  readonly token: string
  /** Lets its bearer read and push; undefined where nobody may. */
  readonly writerToken: string | undefined
}

const ADDRESS = '127.0.0.1'
const PORT_MAX = 65_535

/** Listens on this machine alone. Throws `REPO_NOT_FOUND`, `USAGE` where the port is taken. */
export async function serveStore({ port = 0, pushes = 'refused' }: ServeOptions, context: AppContext): Promise<Serving> {
  if (!Number.isSafeInteger(port) || port < 0 || port > PORT_MAX) throw new AtomError('USAGE', `there is no port ${String(port)}`, { data: { value: String(port), option: 'port' }, hint: `ports go up to ${String(PORT_MAX)}` })
  const session = await openSession(context)
  const quarantine = createQuarantine(() => openScratchStore(session.folder))
  try {
    const server = createServer()
    await listen(server, port)
    const { port: actual } = server.address() as AddressInfo
    const reader = mintToken(RANDOM, 'reader', 'serve')
    const writer = pushes === 'taken' ? mintToken(RANDOM, 'writer', 'serve') : undefined
    const intake = writer === undefined ? undefined : { quarantine, openScratch: () => openScratchStore(session.folder), visit: visitOf(session, 'write') }
    answerFrom(server, {
      place: openStorePlace(visitOf(session, 'read'), session.folder, intake), writes: writer === undefined ? 'refused' : 'pushes', context,
      tokens: [reader, ...(writer === undefined ? [] : [writer])].map(({ entry }) => entry), hosts: [`${ADDRESS}:${String(actual)}`, `localhost:${String(actual)}`],
    })
    const stop = async (): Promise<void> => {
      await close(server)
      await session.close()
      await quarantine[Symbol.asyncDispose]()
    }
    return { url: `http://${ADDRESS}:${String(actual)}`, token: reader.token, writerToken: writer?.token, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await session.close()
    throw error
  }
}

const RANDOM = { bytes: (length: number): Uint8Array => new Uint8Array(randomBytes(length)) }

interface Answering extends Pick<EndpointOptions, 'tokens' | 'writes'> {
  readonly place: Place
  readonly context: AppContext
  readonly hosts: readonly string[]
}

function answerFrom(server: Server, { place, tokens, writes, context, hosts }: Answering): void {
  const report = (error: unknown): void => { context.reporter.warn(`a request failed: ${error instanceof Error ? error.message : String(error)}`) }
  const endpoint = createEndpoint({ tokens, writes, hosts, open: async () => place, report })
  // The globals of this process stay as they are.
  const answer = getRequestListener((request) => endpoint.fetch(request), { overrideGlobalObjects: false })
  server.on('request', (request, response) => { void answer(request, response) })
}

/** Each visit is a use case of its own: run here, once the store is free, and nobody waits for it longer than it lasts. */
function visitOf(session: Session, effect: 'read' | 'write'): Visit {
  return async <Result>(work: (repo: Repo) => Promise<Result>) => {
    const operation: Operation<undefined, Result> = { name: 'serve.visit', summary: 'Answer a request', effect, errors: [], check: () => undefined, run: (repo) => work(repo) }
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

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}
