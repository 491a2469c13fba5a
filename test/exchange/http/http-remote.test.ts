import { randomBytes } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { afterAll, describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { isAtomError, type AtomError } from '../../../src/base/errors.js'
import { cidText, type ObjectId } from '../../../src/codec/object-id.js'
import { seal } from '../../../src/object/seal.js'
import { carBlock, carHeader } from '../../../src/exchange/bundle/car.js'
import { openHttpRemote } from '../../../src/exchange/http/http-remote.js'
import { CAR_TYPE, EXTRA_MAX_OBJECTS, PROTOCOL_HEADER } from '../../../src/exchange/http/wire.js'
import { readAll, remoteSuite } from '../../conformance/remote-suite.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { aMemoryPlace, hostAt, memoryEndpoint, serveEndpoint, serveOnPort, TOKENS, type Served } from '../../helpers/http-endpoint.js'
import { anId } from '../../helpers/objects.js'
import { aLine, streamOf } from '../../helpers/remote-objects.js'

const servers: Served[] = []
afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]()
})
const kept = async (server: Promise<Served>): Promise<Served> => {
  servers.push(await server)
  return server
}

remoteSuite({
  name: 'HTTP, over a remote in memory',
  make: async () => {
    const { url } = await kept(serveEndpoint(memoryEndpoint(aMemoryPlace())))
    return async () => openHttpRemote(hostAt(url))
  },
})

const MAIN = 'refs/heads/main'
const line = aLine(3)
const [first, second, third] = line.atoms as [ObjectId, ObjectId, ObjectId]

/** Serves one answer to everything, whatever was asked. */
const lying = async (listener: RequestListener): Promise<string> => (await kept(serveOnPort(listener))).url
const answer = (headers: Record<string, string>, body: string | Uint8Array, status = 200): RequestListener => (request: IncomingMessage, response: ServerResponse) => {
  request.resume()
  response.writeHead(status, { [PROTOCOL_HEADER]: '1', ...headers }).end(body)
}
const json = (value: unknown, status = 200): RequestListener => answer({ 'content-type': 'application/json' }, JSON.stringify(value), status)
const errorOf = async (work: () => Promise<unknown>): Promise<AtomError> => {
  try {
    await work()
  } catch (error) {
    if (isAtomError(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a remote across HTTP', () => {
  it('says which role is missing, and never the token', async () => {
    const { url } = await kept(serveEndpoint(memoryEndpoint(aMemoryPlace())))
    const reader = openHttpRemote(hostAt(url, { token: TOKENS.reader }))
    expect((await reader.refs()).refs.size).toBe(0)
    const refusals = [await errorOf(() => reader.put(streamOf(line.objects))), await errorOf(() => reader.forget([first])), await errorOf(() => openHttpRemote(hostAt(url, { token: 'wrong-token' })).refs())]
    expect(refusals.map(({ code, message }) => [code, /(takes the role \w+|does not know)/.exec(message)?.[1]])).toEqual([['REMOTE_AUTH', 'takes the role writer'], ['REMOTE_AUTH', 'takes the role admin'], ['REMOTE_AUTH', 'does not know']])
    expect(JSON.stringify(refusals)).not.toMatch(new RegExp(`${TOKENS.reader}|wrong-token`))
  })

  it('takes a token that a host repeats out of what it says', async () => {
    const url = await lying((request, response) => { json({ error: { message: `bad ${request.headers.authorization ?? ''}` } }, 403)(request, response as never) })
    expect((await errorOf(() => openHttpRemote(hostAt(url)).refs())).message).not.toContain(TOKENS.admin)
  })

  it('follows no redirect, and says where it would lead without what is secret in it', async () => {
    let asked = 0
    const elsewhere = await lying((request, response) => {
      asked++
      json({})(request, response as never)
    })
    const url = await lying(answer({ location: `${elsewhere.replace('http://', 'http://user:secret@')}/x?token=secret` }, '', 302))
    const error = await errorOf(() => openHttpRemote(hostAt(url)).refs())
    expect([error.code, error.message.includes(`${elsewhere}/x`), error.message.includes('secret'), asked]).toEqual(['REMOTE_REFUSED', true, false, 0])
  })

  it.each([
    ['a page to log in', answer({ 'content-type': 'text/html', [PROTOCOL_HEADER]: '' }, '<html>'), 'REMOTE_REFUSED'],
    ['another version', answer({ [PROTOCOL_HEADER]: '2' }, '{}'), 'REMOTE_REFUSED'],
    ['another type', answer({ 'content-type': 'text/plain' }, '{}'), 'REMOTE_REFUSED'],
    ['no JSON', answer({ 'content-type': 'application/json' }, '{"refs":'), 'REMOTE_REFUSED'],
    ['bytes that are no text', answer({ 'content-type': 'application/json' }, new Uint8Array([0xff, 0xfe])), 'REMOTE_REFUSED'],
    ['a list', json([]), 'REMOTE_REFUSED'],
    ['refs that are none', json({ head: null, refs: { [MAIN]: 'abc' } }), 'REMOTE_REFUSED'],
    ['a head that is none', json({ head: 7, refs: {} }), 'REMOTE_REFUSED'],
    ['a server that fails', answer({ [PROTOCOL_HEADER]: '' }, 'oops', 502), 'REMOTE_UNREACHABLE'],
    ['a login wall', answer({ [PROTOCOL_HEADER]: '' }, 'who?', 401), 'REMOTE_AUTH'],
  ])('refuses %s', async (_name, listener, code) => {
    const url = await lying(listener)
    expect(await codeOfAsync(() => openHttpRemote(hostAt(url)).refs())).toBe(code)
  })

  it('is not told that a ref called __proto__ is something else', async () => {
    const url = await lying(answer({ 'content-type': 'application/json' }, `{"head":null,"refs":{"__proto__":"${cidText(first)}"}}`))
    expect((await openHttpRemote(hostAt(url)).refs()).refs).toEqual(new Map([['__proto__', first]]))
  })

  it('reads no answer beyond what it may have', async () => {
    let sent = 0
    const url = await lying((request, response) => {
      request.resume()
      response.writeHead(200, { [PROTOCOL_HEADER]: '1', 'content-type': 'application/json' })
      const piece = Buffer.alloc(1_048_576, 0x20)
      const more = (): void => {
        if (response.destroyed) return
        sent += piece.length
        response.write(piece, more)
      }
      more()
    })
    const error = await errorOf(() => openHttpRemote(hostAt(url)).refs())
    expect(error.message).toContain('longer than the 67108864 bytes')
    expect(sent).toBeLessThan(200_000_000)
  })

  it('refuses more objects than an answer may hold', async () => {
    const empty = carBlock(seal(new Uint8Array(0), 'raw'))
    const url = await lying(answer({ 'content-type': CAR_TYPE }, Buffer.concat([carHeader([]), ...Array.from({ length: EXTRA_MAX_OBJECTS + 2 }, () => empty)])))
    expect((await errorOf(() => readAll(openHttpRemote(hostAt(url)), [first]))).message).toContain('objects that an answer may hold')
  })

  it.each([
    ['cut off in a block', Buffer.concat([carHeader([first]), carBlock(line.objects[0] as never).subarray(0, 20)])],
    ['nothing', new Uint8Array(0)],
    ['noise', randomBytes(500)],
    ['a block that claims 10 GB', Buffer.concat([carHeader([first]), Uint8Array.of(0x80, 0xc8, 0xaf, 0xa0, 0x25)])],
  ])('refuses objects that are %s', async (_name, bytes) => {
    const url = await lying(answer({ 'content-type': CAR_TYPE }, bytes))
    expect(await codeOfAsync(() => readAll(openHttpRemote(hostAt(url)), [first]))).toBe('REMOTE_REFUSED')
  })

  it('tells a wire that broke in the middle from an answer that is short', async () => {
    const url = await lying((request, response) => {
      request.resume()
      response.writeHead(200, { [PROTOCOL_HEADER]: '1', 'content-type': CAR_TYPE })
      response.write(carHeader([first]), () => { response.destroy() })
    })
    expect(await codeOfAsync(() => readAll(openHttpRemote(hostAt(url)), [first]))).toBe('REMOTE_UNREACHABLE')
    expect(await codeOfAsync(() => openHttpRemote(hostAt('http://127.0.0.1:1')).refs())).toBe('REMOTE_UNREACHABLE')
  })

  it('asks again when it is told to wait, and gives up in the end', async () => {
    const place = aMemoryPlace()
    const good = await kept(serveEndpoint(memoryEndpoint(place)))
    let refusals = 2
    const send = async (url: string, init: RequestInit): Promise<Response> => refusals-- > 0 ? new Response('', { status: refusals === 1 ? 429 : 503 }) : fetch(url, init)
    const remote = openHttpRemote(hostAt(good.url, { send }))
    await remote.put(streamOf(line.objects))
    expect(await remote.missing(line.atoms)).toEqual([])
    refusals = 1_000
    expect(await codeOfAsync(() => remote.refs())).toBe('REMOTE_UNREACHABLE')
  })

  it('knows its own move again when the answer to it was lost', async () => {
    const good = await kept(serveEndpoint(memoryEndpoint(aMemoryPlace())))
    const lost: string[] = []
    const send = async (url: string, init: RequestInit): Promise<Response> => {
      const response = await fetch(url, init)
      if (init.method !== 'POST' || !url.endsWith('/refs') || lost.length > 0) return response
      lost.push(url)
      return new Response('', { status: 503 })
    }
    const remote = openHttpRemote(hostAt(good.url, { send }))
    await remote.put(streamOf(line.objects))
    expect(await remote.updateRefs([{ ref: MAIN, expected: undefined, next: third }])).toEqual([{ ref: MAIN, refused: undefined }])
    expect(lost).toHaveLength(1)
  })

  it.each([
    ['fewer outcomes', { outcomes: [] }], ['another ref', { outcomes: [{ ref: 'refs/heads/b', code: null }] }], ['no list', {}], ['a ref at no id', { outcomes: [{ ref: MAIN, code: 'REF_MOVED', actual: 'x' }] }],
  ])('refuses %s to what it asked to move', async (_name, value) => {
    const url = await lying(json(value))
    expect(await codeOfAsync(() => openHttpRemote(hostAt(url)).updateRefs([{ ref: MAIN, expected: undefined, next: first }]))).toBe('REMOTE_REFUSED')
  })

  it('believes nothing missing that it did not ask for', async () => {
    const url = await lying(json({ missing: [cidText(second), cidText(first), cidText(first)] }))
    expect(await openHttpRemote(hostAt(url)).missing([first])).toEqual([first])
  })

  it('stops when it is told to', async () => {
    const url = await lying((request) => { request.resume() })
    const stop = new AbortController()
    const asked = openHttpRemote(hostAt(url, { context: { signal: stop.signal, reporter: { warn: () => undefined, progress: () => undefined } } })).refs()
    stop.abort(new Error('that is enough'))
    await expect(asked).rejects.toThrow('that is enough')
  })

  it('takes ten times as much as one request holds', async () => {
    const place = aMemoryPlace()
    const { url } = await kept(serveEndpoint(memoryEndpoint(place)))
    let requests = 0
    const remote = openHttpRemote(hostAt(url, { send: (to, init) => { requests++; return fetch(to, init) } }))
    const contents = Array.from({ length: 2_500 }, (_, index) => seal(utf8(`content ${String(index)}`), 'raw'))
    const large = Array.from({ length: 6 }, () => seal(new Uint8Array(randomBytes(1_000_000)), 'raw'))
    await remote.put(streamOf([...contents, ...large]))
    expect(requests).toBeGreaterThan(3)
    expect(place.remote.objects.size).toBe(2_506)
    expect((await readAll(remote, [...contents, ...large].map(({ id }) => id))).size).toBe(2_506)
    expect(await remote.missing([...contents.map(({ id }) => id), anId('absent', 'raw')])).toEqual([anId('absent', 'raw')])
  })
})
