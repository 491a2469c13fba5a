import { randomBytes } from 'node:crypto'
import { CarReader } from '@ipld/car'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cidText, digestOf, type ObjectId } from '../../src/codec/object-id.js'
import { silentReporter } from '../../src/base/ports.js'
import { openBindingQuery } from '../../src/exchange/d1/binding-query.js'
import { openD1Place } from '../../src/exchange/d1/d1-place.js'
import { openD1Remote } from '../../src/exchange/d1/d1-remote.js'
import { openHttpRemote } from '../../src/exchange/http/http-remote.js'
import type { Remote } from '../../src/exchange/remote.js'
import { seal } from '../../src/object/seal.js'
import { placeSuite } from '../conformance/place-suite.js'
import { readAll, remoteSuite } from '../conformance/remote-suite.js'
import { codeOfAsync } from '../helpers/code-of-async.js'
import { hostAt, TOKENS } from '../helpers/http-endpoint.js'
import { aLine, streamOf } from '../helpers/remote-objects.js'
import { runWorker, type RunningWorker } from '../helpers/worker.js'

let worker: RunningWorker
beforeAll(async () => { worker = await runWorker() })
afterAll(async () => { await worker[Symbol.asyncDispose]() })

const open = (token = TOKENS.admin): Remote => openHttpRemote(hostAt(worker.url, { token }))
const get = async (path: string, token = TOKENS.reader): Promise<{ status: number; value: Record<string, unknown> }> => {
  const answer = await fetch(worker.url + path, { headers: { authorization: `Bearer ${token}` } })
  return { status: answer.status, value: await answer.json() as Record<string, unknown> }
}

remoteSuite({
  name: 'the Worker on workerd, with D1 and R2',
  make: async () => {
    await worker.clear()
    return async () => open()
  },
})

placeSuite({
  name: 'the Worker on workerd, with D1 and R2',
  make: async () => {
    await worker.clear()
    return { remote: open(), fetch: (path, init) => fetch(worker.url + path, init) }
  },
})

const MAIN = 'refs/heads/main'
const [small, large] = [65_536, 65_537].map((length) => seal(new Uint8Array(randomBytes(length)), 'raw')) as [ReturnType<typeof seal>, ReturnType<typeof seal>]

describe('the Worker', () => {
  it('asks for a role before anything else', async () => {
    await worker.clear()
    const line = aLine(1)
    for (const [token, code] of [[TOKENS.reader, 'REMOTE_AUTH'], ['nobody', 'REMOTE_AUTH'], [TOKENS.writer, 'nothing']] as const) expect(await codeOfAsync(() => open(token).put(streamOf(line.objects)))).toBe(code)
    expect(await codeOfAsync(() => open(TOKENS.writer).forget(line.atoms))).toBe('REMOTE_AUTH')
    expect((await fetch(`${worker.url}/stats`)).status).toBe(401)
    expect((await get('/stats', 'atom_admin_')).status).toBe(401)
  })

  it('serves nobody where no tokens are set, or something that is none, and shows no secret', async () => {
    for (const ATOM_TOKENS of ['', 'admin:me:hunter2']) {
      await using bare = await runWorker({ ATOM_TOKENS })
      const answer = await fetch(`${bare.url}/stats`, { headers: { authorization: `Bearer ${TOKENS.admin}` } })
      expect([answer.status, (await answer.text()).includes('hunter2')]).toEqual([500, false])
    }
  })

  it('keeps large contents in R2 and all else in D1, and gives both', async () => {
    await worker.clear()
    const remote = open()
    await remote.put(streamOf([small, large]))
    expect(await worker.keys()).toEqual([large.id])
    expect(await worker.sql('SELECT id FROM objects')).toEqual([{ id: small.id }])
    expect(await remote.missing([small.id, large.id])).toEqual([])
    expect([...(await readAll(remote, [small.id, large.id])).keys()].sort()).toEqual([small.id, large.id].sort())
    expect((await get('/stats')).value).toMatchObject({ objects: 2, bytes: 131_073 })
    expect((await get('/verify')).value).toMatchObject({ ok: true, objects: 2, bytes: 131_073 })
  })

  it('lets nobody take its database alone for the whole: what lies in R2 would look lost', async () => {
    await worker.clear()
    const line = aLine(1)
    await open().put(streamOf([...line.objects, small]))
    await open().updateRefs([{ ref: MAIN, expected: undefined, next: line.atoms[0] }])
    const query = openBindingQuery(worker.database, { signal: new AbortController().signal, reporter: silentReporter }, 'd1:direct')
    expect((await openD1Remote(query).refs()).refs.size).toBe(1)
    await open().put(streamOf([large]))
    for (const ask of [() => openD1Remote(query).refs(), () => openD1Remote(query).missing([small.id]), () => openD1Remote(query).put(streamOf([small])), () => openD1Place(query).remote.refs()]) {
      await expect(ask()).rejects.toMatchObject({ code: 'REMOTE_REFUSED', message: expect.stringMatching(/^d1:direct refused: .*R2.*URL of the Worker/) as unknown })
    }
    expect((await open().refs()).refs.size).toBe(1)
    // One that came into a row on its way is there twice, and nothing is missing.
    await openD1Remote(query, 'apart').put(streamOf([large]))
    expect((await openD1Remote(query).refs()).refs.size).toBe(1)
    expect([...(await readAll(openD1Remote(query), [large.id])).keys()]).toEqual([large.id])
  })

  it('takes what lies in R2 without a row for missing, and another push mends it', async () => {
    await worker.clear()
    const remote = open()
    await remote.put(streamOf([large]))
    await worker.sql('DELETE FROM atom_contents')
    expect(await remote.missing([large.id])).toEqual([large.id])
    await remote.put(streamOf([large]))
    expect(await remote.missing([large.id])).toEqual([])
  })

  it('forgets in both, with what somebody said', async () => {
    await worker.clear()
    const remote = open()
    const line = aLine(1)
    const said = { atom_id: 'ATOM-CFG-20241127-001', object: digestOf(line.atoms[0] as ObjectId), operation: 'modify_file', agent: 'x', timestamp: '2024-11-27T10:27:33Z', title: 'the secret' }
    await fetch(`${worker.url}/atom/sync`, { method: 'POST', body: JSON.stringify([said]), headers: { 'content-type': 'application/json', 'authorization': `Bearer ${TOKENS.writer}` } })
    await remote.put(streamOf([large, ...line.objects]))
    const ids = [large.id, ...line.objects.map(({ id }) => id)]
    await remote.forget(ids)
    expect(new Set(await remote.missing(ids))).toEqual(new Set(ids))
    expect([await worker.keys(), await worker.sql('SELECT json FROM atom_said'), await worker.sql('SELECT title FROM atom_trail_remote')]).toEqual([[], [], [{ title: null }]])
  })

  it('finds bytes that somebody changed, in R2 and in D1', async () => {
    await worker.clear()
    const line = aLine(2)
    const remote = open()
    await remote.put(streamOf([large, ...line.objects]))
    await remote.updateRefs([{ ref: MAIN, expected: undefined, next: line.atoms[1] }])
    const content = line.objects[1]?.id as ObjectId
    await worker.replace(large.id, new Uint8Array(70_000))
    await worker.sql("UPDATE objects SET bytes = 'AAAA' WHERE id = ?", content)
    const { value } = await get('/verify')
    expect([value['ok'], (value['findings'] as { code: string; object: string }[]).map(({ code, object }) => [code, object]).sort()]).toEqual([false, [['digest', digestOf(large.id)], ['digest', digestOf(content)]].sort()])
  })

  it('moves a ref once, however many move it at the same time', async () => {
    await worker.clear()
    const lines = Array.from({ length: 8 }, (_, index) => aLine(1, `racer ${String(index)}`))
    const remote = open()
    await remote.put(streamOf(lines.flatMap(({ objects }) => objects)))
    const outcomes = await Promise.all(lines.map(({ atoms }) => open(TOKENS.writer).updateRefs([{ ref: MAIN, expected: undefined, next: atoms[0] }])))
    const winners = outcomes.flatMap(([outcome], index) => outcome?.refused === undefined ? [lines[index]?.atoms[0]] : [])
    expect(winners).toHaveLength(1)
    expect((await remote.refs()).refs).toEqual(new Map([[MAIN, winners[0]]]))
  })

  it('gives a CAR that another program reads', async () => {
    await worker.clear()
    const line = aLine(3)
    await open().put(streamOf([...line.objects, large]))
    const ids = [...line.objects.map(({ id }) => id), large.id]
    const answer = await fetch(`${worker.url}/remote/get`, { method: 'POST', body: JSON.stringify({ ids: ids.map(cidText), have: [] }), headers: { 'content-type': 'application/json', 'authorization': `Bearer ${TOKENS.reader}` } })
    const read = await CarReader.fromBytes(new Uint8Array(await answer.arrayBuffer()))
    const given: string[] = []
    for await (const { cid, bytes } of read.blocks()) {
      given.push(cid.toString())
      expect(cidText(seal(bytes, cid.code === 0x55 ? 'raw' : 'dag-cbor').id)).toBe(cid.toString())
    }
    expect(new Set(given)).toEqual(new Set(ids.map(cidText)))
  })

  it('gives a long history in few answers', async () => {
    await worker.clear()
    const line = aLine(300)
    let requests = 0
    const remote = openHttpRemote(hostAt(worker.url, { send: (to, init) => { requests++; return fetch(to, init) } }))
    await remote.put(streamOf(line.objects))
    await remote.updateRefs([{ ref: MAIN, expected: undefined, next: line.atoms.at(-1) }])
    requests = 0
    // All but the empty tree, which nothing in this line names.
    const found = await readAll(remote, [line.atoms.at(-1) as ObjectId])
    expect([found.size, requests]).toEqual([line.objects.length - 1, 1])
    // One that has the trail up to the last but one gets little more than the last.
    expect((await readAll(remote, [line.atoms.at(-1) as ObjectId], [line.atoms.at(-2) as ObjectId])).size).toBeLessThan(12)
  })
})
