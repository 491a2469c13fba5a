import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isAtomError } from '../../../src/base/errors.js'
import { silentReporter } from '../../../src/base/ports.js'
import { openD1Remote } from '../../../src/exchange/d1/d1-remote.js'
import { ANSWER_MAX_BYTES, type D1Query } from '../../../src/exchange/d1/d1-query.js'
import { openRestQuery } from '../../../src/exchange/d1/rest-query.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { serveD1, TOKEN, type D1Server, type Fault } from '../../helpers/d1-server.js'
import { anExchange, contentsOf, problemsOf, refsOf } from '../../helpers/exchange.js'
import { aRepo } from '../../helpers/memory-repo.js'
import { aHistory } from '../../helpers/small-history.js'

let server: D1Server
beforeAll(async () => { server = await serveD1() })
beforeEach(() => server.clear())
afterAll(async () => { await server[Symbol.asyncDispose]() })

interface Asking { readonly endpoint?: string; readonly token?: string; readonly signal?: AbortSignal; readonly warn?: (message: string) => void }
function ask({ endpoint = server.endpoint, token = TOKEN, signal = new AbortController().signal, warn = () => undefined }: Asking = {}): D1Query {
  return openRestQuery({ endpoint, token, location: 'd1:test' }, { signal, reporter: { ...silentReporter, warn }, firstWaitMs: 1 })
}
const ONE = [{ sql: 'SELECT 1 AS one', params: [] }]
const said = async (work: () => Promise<unknown>): Promise<string> => {
  const error = await work().then(() => undefined, (thrown: unknown) => thrown)
  // All that may be printed of it, the whole chain of causes too.
  const texts: string[] = []
  for (let at = error; at instanceof Error; at = at.cause as unknown) texts.push(`${at.name} ${at.message} ${at.stack ?? ''} ${JSON.stringify(at)} ${isAtomError(at) ? `${at.code} ${at.hint ?? ''} ${JSON.stringify(at.data)}` : ''}`)
  return texts.join('\n')
}

describe('asking D1 over REST', () => {
  it('runs statements in order, with their rows', async () => {
    expect(await ask().run([{ sql: 'CREATE TABLE t (a TEXT)', params: [] }, { sql: 'INSERT INTO t VALUES (?1), (?2)', params: ['x', '\u{1f600}\u0000'] }, { sql: 'SELECT a, 2.5 AS b, NULL AS c FROM t', params: [] }]))
      .toEqual([[], [], [{ a: 'x', b: 2.5, c: null }, { a: '\u{1f600}\u0000', b: 2.5, c: null }]])
  })

  const PASSING: readonly (readonly [string, Fault])[] = [
    ['a cut connection', 'cut-before'], ['an answer that is cut off', 'cut-after'], ['HTTP 500', { status: 500 }], ['HTTP 502 with a page', { status: 502, body: '<html>Bad gateway</html>' }],
    ['HTTP 429', { status: 429 }], ['HTTP 429 with a time', { status: 429, headers: { 'retry-after': '1' } }],
    ['a reset', { status: 400, body: '{"success":false,"errors":[{"code":7500,"message":"D1 DB storage operation exceeded timeout which caused object to be reset."}]}' }],
    ['an overload', { status: 200, body: '{"success":false,"errors":[{"code":7500,"message":"D1 DB is overloaded. Too many requests queued."}]}' }],
  ]
  it.each(PASSING)('asks again after %s', async (_, fault) => {
    server.fault = (nth) => (nth <= 2 ? fault : undefined)
    expect(await ask().run(ONE)).toEqual([[{ one: 1 }]])
    expect(server.requests).toHaveLength(3)
  })

  it('gives up in the end, and says why', async () => {
    server.fault = () => ({ status: 503 })
    await expect(ask().run(ONE)).rejects.toThrow(/cannot reach d1:test: HTTP 503/)
    expect(server.requests).toHaveLength(6)
    expect(await codeOfAsync(() => ask({ endpoint: 'http://127.0.0.1:1/x' }).run(ONE))).toBe('REMOTE_UNREACHABLE')
  })

  it('says how long it is asked to wait, and does not wait for hours', async () => {
    const warnings: string[] = []
    server.fault = (nth) => (nth === 1 ? { status: 429, headers: { 'retry-after': '2' } } : undefined)
    await ask({ warn: (message) => warnings.push(message) }).run(ONE)
    expect(warnings).toEqual(['d1:test asks us to wait 2 s'])
    server.requests.length = 0
    server.fault = () => ({ status: 429, headers: { 'retry-after': '86400' } })
    await expect(ask().run(ONE)).rejects.toThrow(/asks us to wait 86400 s/)
    expect(server.requests).toHaveLength(1)
  })

  it('stops waiting when it is told to', async () => {
    const abort = new AbortController()
    server.fault = () => ({ status: 429, headers: { 'retry-after': '100' } })
    await expect(ask({ signal: abort.signal, warn: () => { abort.abort(new Error('enough')) } }).run(ONE)).rejects.toThrow('enough')
  })

  it.each<readonly [string, Fault, string]>([
    ['who may not', { status: 403, body: '{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}' }, 'REMOTE_AUTH'],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/evil' } }, 'REMOTE_REFUSED'],
    ['a page that is no JSON', { status: 200, body: '<html>sign in</html>' }, 'REMOTE_REFUSED'],
    ['too few results', { status: 200, body: '{"success":true,"result":[]}' }, 'REMOTE_REFUSED'],
    ['rows that are none', { status: 200, body: '{"success":true,"result":[{"results":{"columns":["a"],"rows":[7]}}]}' }, 'REMOTE_REFUSED'],
    ['no results', { status: 200, body: '{"success":true,"result":[null]}' }, 'REMOTE_REFUSED'],
    ['SQL that fails, even as HTTP 500', { status: 500, body: '{"success":false,"errors":[{"code":10001,"message":"D1_ERROR: database or disk is full: SQLITE_FULL"}]}' }, 'REMOTE_REFUSED'],
  ])('does not ask again after %s', async (_, fault, code) => {
    server.fault = () => fault
    expect(await codeOfAsync(() => ask().run(ONE))).toBe(code)
    expect(server.requests).toHaveLength(1)
  })

  it('reads no more than an answer may have, however long it goes on', async () => {
    let sentBytes = 0
    const endless = createServer((_, response) => {
      const part = Buffer.alloc(1_048_576, ' ')
      const more = (): void => {
        while (!response.destroyed && sentBytes < 10_000_000_000) {
          sentBytes += part.length
          if (!response.write(part)) return void response.once('drain', more)
        }
      }
      response.writeHead(200, { 'content-type': 'application/json' })
      more()
    })
    endless.listen(0, '127.0.0.1')
    await once(endless, 'listening')
    try {
      expect(await codeOfAsync(() => ask({ endpoint: `http://127.0.0.1:${String((endless.address() as AddressInfo).port)}` }).run(ONE))).toBe('REMOTE_REFUSED')
      expect(sentBytes).toBeLessThan(ANSWER_MAX_BYTES * 4)
    } finally {
      endless.closeAllConnections()
      endless.close()
    }
  })

  it('never says the token, whatever happens and whoever repeats it', async () => {
    const faults: readonly Fault[] = [...PASSING.map(([, fault]) => fault), { status: 400, body: `{"success":false,"errors":[{"message":"bad header Bearer ${TOKEN}"}]}` }, { status: 403, body: `{"success":false,"errors":[{"message":"token ${TOKEN} is revoked"}]}` }, { status: 302, headers: { location: `https://evil.example/?${TOKEN}` } }]
    for (const fault of faults) {
      server.fault = () => (typeof fault === 'object' ? { ...fault, headers: fault.headers?.['location'] === undefined ? {} : fault.headers } : fault)
      const text = await said(() => ask().run(ONE))
      expect(text).toMatch(/REMOTE_/)
      expect(text).not.toContain(TOKEN)
    }
    for (const token of [`${TOKEN}\nX-Evil: 1`, '', `${TOKEN} `, `${TOKEN}ü`]) {
      const text = await said(async () => ask({ token }).run(ONE))
      expect(text).toMatch(/REMOTE_AUTH/)
      expect(text).not.toContain(TOKEN)
    }
    expect(await codeOfAsync(() => ask({ token: 'another' }).run(ONE))).toBe('REMOTE_AUTH')
  })
})

describe('a push to D1', () => {
  it.each([5, 150])('of one ATOM more takes as many requests after %i as after any other number, and so does its fetch', async (count) => {
    const source = await aRepo()
    const { push, fetch } = anExchange()
    for (let index = 0; index < count; index++) await source.add({ title: `n ${String(index)}` })
    const copy = await aRepo({ seed: 'copy' })
    await push(source, {}, openD1Remote(ask()))
    await fetch(copy, {}, openD1Remote(ask()))
    // The first push moved a ref here: its operation goes with the second.
    await push(source, {}, openD1Remote(ask()))
    await fetch(copy, {}, openD1Remote(ask()))
    await source.add({ title: 'one more' })
    server.requests.length = 0
    await push(source, {}, openD1Remote(ask()))
    expect(server.requests).toHaveLength(6)
    server.requests.length = 0
    await fetch(copy, {}, openD1Remote(ask()))
    expect(server.requests).toHaveLength(7)
  })
})

describe('a push to D1 over a bad wire', () => {
  it.each<readonly [string, Fault]>([
    ['is cut before it arrives', 'cut-before'], ['is done, and its answer cut off', 'cut-after'], ['fails', { status: 500 }], ['is done, and fails all the same', { status: 500, isDone: true }],
  ])('goes through when each request once %s, and so does a fetch', async (_, fault) => {
    const source = await aHistory()
    let wasFault = false
    server.fault = () => {
      wasFault = !wasFault
      return wasFault ? fault : undefined
    }
    const { push, fetch } = anExchange()
    expect((await push(source, { all: true }, openD1Remote(ask()))).refused).toEqual([])
    const copy = await aRepo({ seed: 'copy' })
    await fetch(copy, {}, openD1Remote(ask()))
    expect(await problemsOf(copy)).toEqual([])
    expect(await refsOf(copy)).toMatchObject({ 'refs/remotes/origin/main': (await refsOf(source))['refs/heads/main'] })
    expect(server.requests.length).toBeGreaterThan(10)
  })

  it('that was given up goes on where it was, and a fetch that was given up leaves the store as it was', async () => {
    const source = await aHistory()
    const { push, fetch } = anExchange()
    // From the n-th request on nothing passes.
    for (let last = 1, isDone = false; !isDone; last++) {
      server.requests.length = 0
      server.fault = (nth) => (nth > last ? 'cut-before' : undefined)
      isDone = await codeOfAsync(() => push(source, { all: true }, openD1Remote(ask()))) === 'nothing'
    }
    const copy = await aRepo({ seed: 'copy' })
    const before = await contentsOf(copy)
    for (let last = 1, isDone = false; !isDone; last++) {
      server.requests.length = 0
      server.fault = (nth) => (nth > last ? 'cut-before' : undefined)
      isDone = await codeOfAsync(() => fetch(copy, {}, openD1Remote(ask()))) === 'nothing'
      if (!isDone) expect(await contentsOf(copy)).toBe(before)
    }
    expect(await problemsOf(copy)).toEqual([])
    expect(await refsOf(copy)).toMatchObject({ 'refs/remotes/origin/main': (await refsOf(source))['refs/heads/main'] })
  })
})
