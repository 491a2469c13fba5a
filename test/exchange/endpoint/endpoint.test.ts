import { CarReader } from '@ipld/car'
import { describe, expect, it } from 'vitest'
import { toHex, utf8 } from '../../../src/base/bytes.js'
import { AtomError } from '../../../src/base/errors.js'
import { cidText, objectId, digestOf, type ObjectId } from '../../../src/codec/object-id.js'
import { carBlock, carHeader } from '../../../src/exchange/bundle/car.js'
import { openMemoryPlace, type MemoryPlaceState } from '../../../src/exchange/endpoint/memory-place.js'
import type { EndpointOptions } from '../../../src/exchange/endpoint/endpoint.js'
import { CAR_TYPE, EXTRA_MAX_OBJECTS, PUT_MAX_BYTES } from '../../../src/exchange/http/wire.js'
import type { Remote } from '../../../src/exchange/remote.js'
import { seal } from '../../../src/object/seal.js'
import { aMemoryPlace, memoryEndpoint, TOKENS } from '../../helpers/http-endpoint.js'
import { anId } from '../../helpers/objects.js'
import { aLine } from '../../helpers/remote-objects.js'

const line = aLine(2)
const [first, second] = line.atoms as [ObjectId, ObjectId]

const ask = (state: MemoryPlaceState, path: string, init: RequestInit & { readonly token?: string } = {}, changed: Partial<EndpointOptions> = {}): Promise<Response> => {
  const { token = TOKENS.admin, headers, ...rest } = init
  return memoryEndpoint(state, changed).fetch(new Request(`http://127.0.0.1:8000${path}`, { ...rest, headers: { ...(token !== '' && { authorization: `Bearer ${token}` }), ...headers } }))
}
const post = (value: unknown, token = TOKENS.admin): RequestInit & { readonly token?: string } => ({ method: 'POST', body: JSON.stringify(value), headers: { 'content-type': 'application/json' }, token })
const car = (bytes: Uint8Array): RequestInit => ({ method: 'POST', body: bytes as Uint8Array<ArrayBuffer>, headers: { 'content-type': CAR_TYPE } })
const lineCar = (): Uint8Array => Buffer.concat([carHeader([]), ...line.objects.map(carBlock)])
const errorOf = async (response: Response): Promise<{ status: number; code: string; message: string }> => {
  const { error } = await response.json() as { error: { code: string; message: string } }
  return { status: response.status, ...error }
}

describe('an endpoint', () => {
  it.each([
    ['GET', '/remote/refs', ['reader', 'writer', 'admin']], ['POST', '/remote/missing', ['reader', 'writer', 'admin']], ['POST', '/remote/get', ['reader', 'writer', 'admin']],
    ['POST', '/remote/put', ['writer', 'admin']], ['POST', '/remote/refs', ['writer', 'admin']], ['POST', '/atom/sync', ['writer', 'admin']], ['POST', '/remote/forget', ['admin']],
    ['GET', '/atoms', ['reader', 'writer', 'admin']], ['GET', '/atoms/ATOM-CFG-20241127-001', ['reader', 'writer', 'admin']], ['GET', '/stats', ['reader', 'writer', 'admin']], ['GET', '/verify', ['reader', 'writer', 'admin']],
  ] as const)('lets %s %s be asked by %j alone', async (method, path, allowed) => {
    for (const [role, token] of Object.entries(TOKENS)) {
      const { status } = await ask(aMemoryPlace(), path, { method, token })
      expect([role, status === 403]).toEqual([role, !(allowed as readonly string[]).includes(role)])
    }
    const without = await ask(aMemoryPlace(), path, { method, token: '' })
    expect([without.status, without.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="atom"'])
    expect((await ask(aMemoryPlace(), path, { method, token: 'atom_admin_' })).status).toBe(401)
  })

  it('opens nothing before it knows who asks', async () => {
    let opened = 0
    const open = async (): Promise<never> => {
      opened++
      throw new Error('opened')
    }
    expect((await ask(aMemoryPlace(), '/stats', { token: 'wrong' }, { open })).status).toBe(401)
    expect(opened).toBe(0)
  })

  it('writes nothing where it is there for reading', async () => {
    const state = aMemoryPlace()
    for (const path of ['/remote/put', '/remote/refs', '/remote/forget', '/atom/sync']) expect(await errorOf(await ask(state, path, post({}), { writes: 'refused' }))).toMatchObject({ status: 403, code: 'REMOTE_REFUSED' })
    expect((await ask(state, '/remote/refs', {}, { writes: 'refused' })).status).toBe(200)
  })

  it('answers no page of another place, and no other name', async () => {
    const state = aMemoryPlace()
    expect((await ask(state, '/stats', { headers: { origin: 'https://evil.example' } })).status).toBe(403)
    expect((await ask(state, '/stats', { headers: { origin: 'null' } })).status).toBe(403)
    expect((await ask(state, '/stats', { headers: { origin: 'http://127.0.0.1:8000' } })).status).toBe(200)
    const hosts = ['127.0.0.1:8000']
    expect((await ask(state, '/stats', {}, { hosts })).status).toBe(200)
    expect((await ask(state, '/stats', { headers: { host: 'rebound.example:8000' } }, { hosts })).status).toBe(403)
    expect((await ask(state, '/stats')).headers.get('access-control-allow-origin')).toBeNull()
  })

  it('says nothing of its own mistakes, and reports them', async () => {
    const reported: unknown[] = []
    const open = async (): Promise<never> => { throw new Error('the password is hunter2') }
    const answer = await ask(aMemoryPlace(), '/stats', {}, { open, report: (error) => { reported.push(error) } })
    const text = await answer.text()
    expect([answer.status, text.includes('hunter2'), reported.length]).toEqual([500, false, 1])
  })

  it.each([
    ['REMOTE_UNREACHABLE', 503], ['REMOTE_AUTH', 500], ['REMOTE_REFUSED', 422],
  ] as const)('tells %s of what lies behind it as HTTP %i', async (code, status) => {
    const open = async (): Promise<never> => { throw new AtomError(code, 'no', { data: { remote: 'x', reason: 'y' } }) }
    expect((await ask(aMemoryPlace(), '/stats', {}, { open, report: () => undefined })).status).toBe(status)
  })

  it('takes and gives a CAR that another program reads', async () => {
    const state = aMemoryPlace()
    expect(await (await ask(state, '/remote/put', car(lineCar()))).json()).toEqual({ objects: line.objects.length })
    const answer = await ask(state, '/remote/get', post({ ids: line.objects.map(({ id }) => cidText(id)), have: [] }))
    expect([answer.headers.get('content-type'), answer.headers.get('atom-protocol')]).toEqual([CAR_TYPE, '1'])
    const read = await CarReader.fromBytes(new Uint8Array(await answer.arrayBuffer()))
    const blocks = new Map<string, string>()
    for await (const { cid, bytes } of read.blocks()) blocks.set(cid.toString(), toHex(bytes))
    expect(blocks).toEqual(new Map(line.objects.map(({ id, bytes }) => [cidText(id), toHex(bytes)])))
  })

  it.each([
    ['bytes under another name', Buffer.concat([carHeader([]), carBlock({ id: anId('one', 'raw'), bytes: utf8('two') })]), 422, 'OBJECT_CORRUPT'],
    ['an object in another form', Buffer.concat([carHeader([]), carBlock(((bytes) => ({ id: seal(bytes).id, bytes }))(Uint8Array.of(0xa1, 0x61, 0x61)))]), 422, 'OBJECT_CORRUPT'],
    ['half a CAR', Buffer.from(lineCar()).subarray(0, 200), 422, 'BUNDLE_CORRUPT'],
    ['nothing', new Uint8Array(0), 422, 'BUNDLE_CORRUPT'],
  ])('refuses %s', async (_name, bytes, status, code) => {
    const state = aMemoryPlace()
    expect(await errorOf(await ask(state, '/remote/put', car(bytes)))).toMatchObject({ status, code })
    expect([...state.remote.objects.values()].some((kept) => toHex(kept) === toHex(utf8('two')))).toBe(false)
  })

  it('refuses more than a request may hold, said or not, and other types', async () => {
    const state = aMemoryPlace()
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => { controller.enqueue(new Uint8Array(1_048_576)) } })
    const said = await ask(state, '/remote/put', { ...car(new Uint8Array(0)), headers: { 'content-type': CAR_TYPE, 'content-length': String(PUT_MAX_BYTES + 1) } })
    expect(said.status).toBe(413)
    const init = { method: 'POST', body: endless, duplex: 'half', headers: { 'content-type': 'application/json' } } as RequestInit
    expect((await ask(state, '/remote/missing', init)).status).toBe(413)
    expect((await ask(state, '/remote/put', post({}))).status).toBe(415)
    expect((await ask(state, '/remote/missing', car(new Uint8Array(0)))).status).toBe(415)
    expect((await ask(state, '/nowhere')).status).toBe(404)
  })

  it.each([
    ['/remote/missing', { ids: ['x'] }], ['/remote/missing', { ids: [cidText(first)], more: 1 }], ['/remote/missing', []], ['/remote/missing', { ids: Array.from({ length: 1_001 }, () => cidText(first)) }],
    ['/remote/get', { ids: [cidText(first)], have: 'x' }], ['/remote/forget', { ids: [7] }],
    ['/remote/refs', { updates: [{ ref: 'refs/heads/..', expected: null, next: null }] }], ['/remote/refs', { updates: [{ ref: 'refs/remotes/a/b', expected: null, next: null }] }],
    ['/remote/refs', { updates: [{ ref: 'HEAD', expected: null, next: cidText(first) }] }], ['/remote/refs', { updates: [{ ref: 'refs/heads/a', expected: null }] }],
  ])('refuses %s of a wrong form: %j', async (path, value) => {
    expect(await errorOf(await ask(aMemoryPlace(), path, post(value)))).toMatchObject({ status: 400, code: 'INPUT_INVALID' })
  })

  it('moves refs by compare-and-set, and says where one is', async () => {
    const state = aMemoryPlace()
    await ask(state, '/remote/put', car(lineCar()))
    const move = async (expected: string | null, next: string | null): Promise<unknown> => ((await (await ask(state, '/remote/refs', post({ updates: [{ ref: 'refs/heads/main', expected, next }] }))).json()) as { outcomes: unknown[] }).outcomes[0]
    expect(await move(null, cidText(first))).toEqual({ ref: 'refs/heads/main', code: null })
    expect(await move(null, cidText(second))).toMatchObject({ code: 'REF_MOVED', actual: cidText(first) })
    expect(await move(cidText(first), cidText(anId('absent')))).toMatchObject({ code: 'LINK_MISSING' })
    expect(await (await ask(state, '/remote/refs')).json()).toEqual({ head: 'refs/heads/main', refs: { 'refs/heads/main': cidText(first) } })
  })

  it('gives all that was asked for and no more than an answer may hold, whatever the remote gives along', async () => {
    const contents = Array.from({ length: EXTRA_MAX_OBJECTS + 5 }, (_, index) => seal(utf8(String(index)), 'raw'))
    const asked = [contents[3]?.id, contents.at(-1)?.id, anId('absent', 'raw')] as ObjectId[]
    const generous = (remote: Remote): Remote => ({ ...remote, async* get(ids, { isHere }) { for (const content of contents) if (!isHere(content.id) && ids.length > 0) yield content } })
    const answer = await ask(aMemoryPlace(), '/remote/get', post({ ids: asked.map(cidText), have: [] }), {
      open: async () => ({ ...openMemoryPlace(aMemoryPlace(), () => 0), remote: generous(openMemoryPlace(aMemoryPlace(), () => 0).remote), async* read(ids) { yield* contents.filter(({ id }) => ids.includes(id)) } }),
    })
    const read = await CarReader.fromBytes(new Uint8Array(await answer.arrayBuffer()))
    const given: string[] = []
    for await (const { cid } of read.blocks()) given.push(cid.toString())
    expect(new Set(given).size).toBe(given.length)
    expect(given.length).toBeLessThanOrEqual(EXTRA_MAX_OBJECTS + 2)
    expect(given).toEqual(expect.arrayContaining([cidText(asked[0] as ObjectId), cidText(asked[1] as ObjectId)]))
  })

  it('answers with an error when nothing can be read, and breaks the wire when it fails in the middle', async () => {
    const failing = (after: number): Partial<EndpointOptions> => ({
      report: () => undefined,
      open: async () => {
        const place = openMemoryPlace(aMemoryPlace(), () => 0)
        return { ...place, remote: { ...place.remote, async* get() {
          for (const object of line.objects.slice(0, after)) yield object
          throw new AtomError('REMOTE_UNREACHABLE', 'gone', { data: { remote: 'x', reason: 'gone' } })
        } } }
      },
    })
    const asked = post({ ids: line.objects.map(({ id }) => cidText(id)), have: [] })
    expect((await ask(aMemoryPlace(), '/remote/get', asked, failing(0))).status).toBe(503)
    const broken = await ask(aMemoryPlace(), '/remote/get', asked, failing(2))
    expect(broken.status).toBe(200)
    await expect(broken.arrayBuffer()).rejects.toThrow()
  })

  it('forgets what it is told to', async () => {
    const state = aMemoryPlace()
    await ask(state, '/remote/put', car(lineCar()))
    const body = line.objects.find(({ bytes }) => toHex(bytes).includes(toHex(utf8('body')))) ?? line.objects[1]
    const id = objectId(digestOf(body?.id as ObjectId), 'raw')
    expect(await (await ask(state, '/remote/forget', post({ ids: [cidText(body?.id as ObjectId), cidText(id)] }))).json()).toEqual({ forgotten: 2 })
    expect(state.remote.objects.has(body?.id as ObjectId)).toBe(false)
  })
})
