import { describe, expect, it } from 'vitest'
import { cidText, digestOf, type ObjectId } from '../../../src/codec/object-id.js'
import { carBlock, carHeader } from '../../../src/exchange/bundle/car.js'
import type { MemoryPlaceState } from '../../../src/exchange/endpoint/memory-place.js'
import { CAR_TYPE } from '../../../src/exchange/http/wire.js'
import { encodeRefs } from '../../../src/object/refs.js'
import { seal } from '../../../src/object/seal.js'
import { aMemoryPlace, memoryEndpoint, TOKENS } from '../../helpers/http-endpoint.js'
import { aLine } from '../../helpers/remote-objects.js'

const line = aLine(3)
const call = async (state: MemoryPlaceState, path: string, init: RequestInit = {}): Promise<{ status: number; value: Record<string, unknown> }> => {
  const headers = { authorization: `Bearer ${TOKENS.writer}`, ...init.headers as Record<string, string> }
  const answer = await memoryEndpoint(state).fetch(new Request(`http://127.0.0.1${path}`, { ...init, headers }))
  return { status: answer.status, value: await answer.json() as Record<string, unknown> }
}
const sendJson = (state: MemoryPlaceState, value: unknown): ReturnType<typeof call> => call(state, '/atom/sync', { method: 'POST', body: JSON.stringify(value), headers: { 'content-type': 'application/json; charset=utf-8' } })
const sendCar = (state: MemoryPlaceState, bytes: Uint8Array): ReturnType<typeof call> => call(state, '/atom/sync', { method: 'POST', body: bytes as Uint8Array<ArrayBuffer>, headers: { 'content-type': CAR_TYPE } })
const lineCar = (): Uint8Array => {
  const refs = seal(encodeRefs(new Map([['refs/heads/main', line.atoms.at(-1) as ObjectId]])))
  return Buffer.concat([carHeader([refs.id]), carBlock(refs), ...line.objects.map(carBlock)])
}

/** What a script sends that has only read a list. */
const anAtom = (at: number, changed: Record<string, unknown> = {}): Record<string, unknown> => {
  const object = digestOf(line.atoms[at] as ObjectId)
  return { atom_id: `ATOM-CFG-20241127-00${String(at + 1)}`, object, signature: `sha256:${object}`, type: 'CFG', operation: 'modify_file', agent: 'tester', timestamp: '2024-11-27T10:27:33+00:00', title: `line ${String(at)}`, metadata: { a: [1] }, ...changed }
}

describe('POST /atom/sync', () => {
  it('takes the objects of a bundle, counts its ATOMs, and knows them the next time', async () => {
    const state = aMemoryPlace()
    expect(await sendCar(state, lineCar())).toEqual({ status: 200, value: { accepted: 3, known: 0, refused: [] } })
    expect(await sendCar(state, lineCar())).toEqual({ status: 200, value: { accepted: 0, known: 3, refused: [] } })
    // The set of refs is no part of the trail, and a script moves no branch.
    expect([state.remote.objects.size, state.remote.refs.size]).toEqual([line.objects.length, 0])
  })

  it('keeps words as words: unverified, and no backup', async () => {
    const state = aMemoryPlace()
    expect((await sendJson(state, [anAtom(0), anAtom(1)])).value).toEqual({ accepted: 2, known: 0, refused: [] })
    expect((await sendJson(state, [anAtom(1), anAtom(2), anAtom(2)])).value).toEqual({ accepted: 1, known: 2, refused: [] })
    const { value } = await call(state, '/atoms/ATOM-CFG-20241127-002')
    expect(value).toMatchObject({ title: 'line 1', status: 'unverified', timestamp: '2024-11-27T10:27:33.000Z', cid: cidText(line.atoms[1] as ObjectId), project: null, evidence: [], metadata: { a: [1] }, tokens: { total: 0 }, synced_at: '2024-11-27T10:27:33.000Z' })
    expect((await call(state, '/stats')).value).toMatchObject({ atoms: 0, unverified: 3, objects: 0 })
    expect((await call(state, '/verify')).value).toMatchObject({ ok: true, objects: 0, atoms: 0, unverified: 3, next: null })
    expect((await call(state, '/remote/missing', { method: 'POST', body: JSON.stringify({ ids: [cidText(line.atoms[1] as ObjectId)] }), headers: { 'content-type': 'application/json' } })).value).toEqual({ missing: [cidText(line.atoms[1] as ObjectId)] })
  })

  it('believes the objects when they come, whatever was said before', async () => {
    const state = aMemoryPlace()
    await sendJson(state, [anAtom(0, { title: 'a lie' })])
    await sendCar(state, lineCar())
    expect((await call(state, '/atoms/ATOM-CFG-20241127-001')).value).toMatchObject({ title: 'line 0', status: 'verified' })
    expect((await call(state, '/stats')).value).toMatchObject({ atoms: 3, unverified: 0 })
    expect((await sendJson(state, [anAtom(0, { title: 'a lie again' })])).value).toEqual({ accepted: 0, known: 1, refused: [] })
    expect((await call(state, '/atoms/ATOM-CFG-20241127-001')).value).toMatchObject({ title: 'line 0' })
  })

  it.each([
    ['no object', 7, null, 'it is no object'],
    ['no atom id', anAtom(0, { atom_id: 'ATOM-cfg-1' }), 'ATOM-cfg-1', 'atom_id is not of the form'],
    ['no digest', anAtom(0, { object: undefined, signature: null }), 'ATOM-CFG-20241127-001', 'object is not 64 hex digits'],
    ['a signature of something else', anAtom(0, { signature: `sha256:${'0'.repeat(64)}` }), 'ATOM-CFG-20241127-001', 'signature is not'],
    ['a CID of something else', anAtom(0, { cid: 'bafy' }), 'ATOM-CFG-20241127-001', 'cid is not'],
    ['another type', anAtom(0, { type: 'DECISION' }), 'ATOM-CFG-20241127-001', 'type is not'],
    ['a time without a zone', anAtom(0, { timestamp: '2024-11-27 10:27:33' }), 'ATOM-CFG-20241127-001', 'timestamp is not'],
    ['a time that is none', anAtom(0, { timestamp: '2024-13-27T10:27:33Z' }), 'ATOM-CFG-20241127-001', 'timestamp is not'],
    ['no agent', anAtom(0, { agent: '' }), 'ATOM-CFG-20241127-001', 'agent is no text'],
    ['half a character', anAtom(0, { title: '\ud800' }), 'ATOM-CFG-20241127-001', 'title is no text'],
    ['a list as metadata', anAtom(0, { metadata: [] }), 'ATOM-CFG-20241127-001', 'metadata is no object'],
    ['files that are no list', anAtom(0, { files: {} }), 'ATOM-CFG-20241127-001', 'files is no list'],
    ['too much', anAtom(0, { reason: 'x'.repeat(70_000) }), 'ATOM-CFG-20241127-001', 'it has more than'],
  ])('refuses %s, names it, and takes the rest', async (_name, value, atomId, reason) => {
    const { value: answer } = await sendJson(aMemoryPlace(), [value, anAtom(1)])
    expect(answer).toMatchObject({ accepted: 1, known: 0, refused: [{ atom_id: atomId }] })
    expect((answer['refused'] as { reason: string }[])[0]?.reason).toContain(reason)
  })

  it.each([['{"no":"list"}', 400], ['[', 400], [JSON.stringify(Array.from({ length: 5_001 }, () => 1)), 413]])('refuses what is no list of a bearable size', async (body, status) => {
    expect((await call(aMemoryPlace(), '/atom/sync', { method: 'POST', body, headers: { 'content-type': 'application/json' } })).status).toBe(status)
  })
})
