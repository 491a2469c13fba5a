/**
 * The HTTP side of a trail: serves any remote to `exchange/http`, and lists of ATOMs to whoever may read them. The same in a Worker and in `atom serve`; no Node, no clock.
 *
 * Guarantees: nothing is answered without a token; bytes are taken only under their own name; no request is read, and no answer made, without a bound.
 */
import { Hono, type Context } from 'hono'
import { AtomError } from '../../base/errors.js'
import { errorAnswer, Refusal } from './answers.js'
import type { Place } from './place.js'
import { answerForget, answerGet, answerMissing, answerPut, answerRefs, answerUpdateRefs, readOnly, type RemoteCall } from './remote-calls.js'
import { answerSync } from './sync-call.js'
import { mayActAs, roleOf, type Role, type TokenEntry } from './tokens.js'
import { answerAtom, answerAtoms, answerStats, answerVerify } from './trail-calls.js'
import { PATHS } from '../http/wire.js'

export interface EndpointOptions {
  readonly tokens: readonly TokenEntry[]
  /** `pushes`: as into a store, which erases nothing for others; so a writer may ask for that, too. */
  readonly writes: 'taken' | 'pushes' | 'refused'
  /** Hosts by which it may be called, with port; absent: any. A page in a browser can reach this machine under a name of its own. */
  readonly hosts?: readonly string[]
  /** Called for each request that was let in. */
  open(): Promise<Place>
  /** Hears of mistakes of ours: whoever asked learns nothing of them. */
  report(error: unknown): void
}

/** What is asked for each call. */
interface Call {
  readonly method: 'get' | 'post'
  readonly path: string
  readonly role: Role
  readonly effect: 'read' | 'write'
  answer(place: Place, context: Context): Promise<Response>
}

const onRemote = (call: RemoteCall): Call['answer'] => (place, { req }) => call(place, req.raw)

const CALLS: readonly Call[] = [
  { method: 'get', path: PATHS.refs, role: 'reader', effect: 'read', answer: onRemote(answerRefs) },
  { method: 'post', path: PATHS.missing, role: 'reader', effect: 'read', answer: onRemote(answerMissing) },
  { method: 'post', path: PATHS.get, role: 'reader', effect: 'read', answer: onRemote(answerGet) },
  { method: 'post', path: PATHS.put, role: 'writer', effect: 'write', answer: onRemote(answerPut) },
  { method: 'post', path: PATHS.refs, role: 'writer', effect: 'write', answer: onRemote(answerUpdateRefs) },
  { method: 'post', path: PATHS.forget, role: 'admin', effect: 'write', answer: onRemote(answerForget) },
  { method: 'get', path: '/atoms', role: 'reader', effect: 'read', answer: (place, { req }) => answerAtoms(place, new URL(req.url)) },
  { method: 'get', path: '/atoms/:id', role: 'reader', effect: 'read', answer: (place, { req }) => answerAtom(place, req.param('id') ?? '') },
  { method: 'get', path: '/stats', role: 'reader', effect: 'read', answer: answerStats },
  { method: 'get', path: '/verify', role: 'reader', effect: 'read', answer: (place, { req }) => answerVerify(place, new URL(req.url)) },
  { method: 'post', path: PATHS.sync, role: 'writer', effect: 'write', answer: (place, { req }) => answerSync(place, req.raw) },
]

/** Returns what answers requests: `fetch` of a Worker, or of a server. */
export function createEndpoint(options: EndpointOptions): { fetch(request: Request): Promise<Response> } {
  const app = new Hono()
  for (const { method, path, role, effect, answer } of CALLS) {
    app[method](path, async (context) => {
      checkCaller(options, context.req.raw, options.writes === 'pushes' && role === 'admin' ? 'writer' : role)
      if (effect === 'write' && options.writes === 'refused') throw new Refusal(403, readOnly())
      return await answer(await options.open(), context)
    })
  }
  app.notFound(() => errorAnswer(new Refusal(404, new AtomError('USAGE', 'there is no such call', { data: {}, hint: 'docs/spec/http-remote.md' }))))
  app.onError((error) => {
    const answer = errorAnswer(error)
    if (answer.status >= 500) options.report(error)
    return answer
  })
  return { fetch: async (request) => await app.fetch(request) }
}

function checkCaller({ tokens, hosts }: EndpointOptions, request: Request, role: Role): void {
  const { headers } = request
  const host = headers.get('host') ?? new URL(request.url).host
  if (hosts !== undefined && !hosts.includes(host.toLowerCase())) throw refuse(403, 'it is not called by this name')
  // No page has any business here: what a browser sends on behalf of one says so.
  const origin = headers.get('origin')
  if (origin !== null && !isOwn(origin, host)) throw refuse(403, 'no page of another place may ask')
  const token = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (token === undefined) throw refuse(401, 'no token was sent')
  const found = roleOf(tokens, token)
  if (found === undefined) throw refuse(401, 'it does not know this token')
  if (!mayActAs(found, role)) throw refuse(403, `this takes the role ${role}, and the token is that of a ${found}`)
}

function isOwn(origin: string, host: string): boolean {
  return origin === `https://${host}` || origin === `http://${host}`
}

function refuse(status: 401 | 403, reason: string): Refusal {
  return new Refusal(status, new AtomError('REMOTE_AUTH', reason, { data: { remote: 'here', reason } }))
}
