import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { cidText, digestOf, type ObjectId } from '../../../src/codec/object-id.js'
import { openMemoryPlace, type MemoryPlaceState } from '../../../src/exchange/endpoint/memory-place.js'
import { encodeReceipt } from '../../../src/object/receipt.js'
import { seal } from '../../../src/object/seal.js'
import { aMemoryPlace, memoryEndpoint, TOKENS } from '../../helpers/http-endpoint.js'
import { aLine, streamOf } from '../../helpers/remote-objects.js'

const line = aLine(5)
const place = async (): Promise<MemoryPlaceState> => {
  const state = aMemoryPlace()
  const { remote } = openMemoryPlace(state, () => 0)
  await remote.put(streamOf(line.objects))
  await remote.updateRefs([{ ref: 'refs/heads/main', expected: undefined, next: line.atoms.at(-1) }])
  return state
}
const get = async (state: MemoryPlaceState, path: string): Promise<{ status: number; value: Record<string, unknown> }> => {
  const answer = await memoryEndpoint(state).fetch(new Request(`http://127.0.0.1${path}`, { headers: { authorization: `Bearer ${TOKENS.reader}` } }))
  return { status: answer.status, value: await answer.json() as Record<string, unknown> }
}
const atomsOf = async (state: MemoryPlaceState, query: string): Promise<readonly Record<string, unknown>[]> => (await get(state, `/atoms${query}`)).value['atoms'] as readonly Record<string, unknown>[]

describe('GET /atoms', () => {
  it('gives the JSON of ATOMs, newest first, with what each changed', async () => {
    const state = await place()
    const atoms = await atomsOf(state, '')
    expect(atoms.map(({ title }) => title)).toEqual(['line 4', 'line 3', 'line 2', 'line 1', 'line 0'])
    expect(atoms[3]).toMatchObject({
      atom_id: 'ATOM-CFG-20241127-002', object: digestOf(line.atoms[1] as ObjectId), cid: cidText(line.atoms[1] as ObjectId), type: 'CFG', agent: 'tester', previous_atom: 'ATOM-CFG-20241127-001',
      parents: [digestOf(line.atoms[0] as ObjectId)], timestamp: '2024-11-27T10:27:33.001Z', status: 'verified', files_known: true, tainted: false, forgotten: false,
      files: [{ path: 'a.env', change: 'modify', mode: '0644' }],
    })
    expect(atoms[4]).toMatchObject({ previous_atom: null, parents: [], files: [{ path: 'a.env', change: 'add', before: null }] })
  })

  it('goes on where a page ended, to the end', async () => {
    const state = await place()
    const seen: unknown[] = []
    let after = ''
    for (let pages = 0; pages < 9; pages++) {
      const { value } = await get(state, `/atoms?limit=2${after}`)
      seen.push(...(value['atoms'] as { atom_id: string }[]).map(({ atom_id }) => atom_id))
      if (value['next'] === null) break
      after = `&after=${encodeURIComponent(String(value['next']))}`
    }
    expect(seen).toEqual([5, 4, 3, 2, 1].map((number) => `ATOM-CFG-20241127-00${String(number)}`))
  })

  it.each([['?type=CFG', 5], ['?type=DECISION', 0], ['?agent=tester', 5], ['?agent=tes', 0], ['?since=2024-11-27T10:27:33.003Z', 2], ['?since=2024-11-28', 0], ['?q=LINE%203', 1], ['?q=%25', 0], ['?type=CFG&q=line&agent=tester', 5], ['?type=', 5]])('finds by %s: %i', async (query, count) => {
    expect(await atomsOf(await place(), query)).toHaveLength(count)
  })

  it.each(['?typ=CFG', '?type=cfg', '?since=yesterday', '?limit=0', '?limit=201', '?limit=x', '?after=nothing', `?q=${'x'.repeat(201)}`])('refuses %s', async (query) => {
    expect(await get(await place(), `/atoms${query}`)).toMatchObject({ status: 400, value: { error: { code: 'INPUT_INVALID' } } })
  })

  it('shows what was erased as erased, and leaves files out that are not here', async () => {
    const state = await place()
    const title = utf8('line 1')
    const [body] = [...state.remote.objects].find(([id, bytes]) => id.startsWith('71') && Buffer.from(bytes).includes(Buffer.from(title))) as [ObjectId, Uint8Array]
    state.remote.objects.delete(body)
    const [tree] = [...state.remote.objects].find(([, bytes]) => Buffer.from(bytes).includes('a.env')) as [ObjectId, Uint8Array]
    state.remote.objects.delete(tree)
    const atoms = await atomsOf(state, '')
    expect(atoms[3]).toMatchObject({ title: null, forgotten: true })
    expect(atoms.filter(({ files_known }) => files_known === false).length).toBeGreaterThan(0)
  })
})

describe('GET /atoms/:id', () => {
  it('takes an atom id, an object id and a CID', async () => {
    const state = await place()
    const id = line.atoms[2] as ObjectId
    for (const name of ['ATOM-CFG-20241127-003', digestOf(id), digestOf(id).toUpperCase(), cidText(id)]) expect(await get(state, `/atoms/${name}`)).toMatchObject({ status: 200, value: { object: digestOf(id), files_known: true } })
  })

  it('says when there is none, when there are two, and what is no name', async () => {
    const state = await place()
    const other = aLine(1, 'other')
    await openMemoryPlace(state, () => 0).remote.put(streamOf(other.objects))
    expect(await get(state, '/atoms/ATOM-CFG-20241127-009')).toMatchObject({ status: 404, value: { error: { code: 'OBJECT_NOT_FOUND' } } })
    expect(await get(state, '/atoms/ATOM-CFG-20241127-001')).toMatchObject({ status: 409, value: { error: { code: 'ID_AMBIGUOUS', data: { candidates: expect.arrayContaining([digestOf(other.atoms[0] as ObjectId)]) as unknown } } } })
    for (const name of ['main', '..%2F', 'abcd', '%00']) expect((await get(state, `/atoms/${name}`)).status).toBe(400)
  })
})

describe('GET /stats', () => {
  it('counts', async () => {
    expect((await get(await place(), '/stats')).value).toMatchObject({ atoms: 5, unverified: 0, objects: line.objects.length, refs: 1, by_type: { CFG: 5 }, by_agent: { tester: 5 } })
    expect((await get(aMemoryPlace(), '/stats')).value).toEqual({ atoms: 0, unverified: 0, objects: 0, bytes: 0, refs: 0, by_type: {}, by_agent: {}, last_synced_at: null })
  })
})

describe('GET /verify', () => {
  const whole = async (state: MemoryPlaceState): Promise<{ readonly findings: readonly { code: string; object: string }[]; readonly objects: number; readonly atoms: number }> => {
    const findings: { code: string; object: string }[] = []
    let [objects, atoms, after] = [0, 0, '']
    for (let parts = 0; parts < 99; parts++) {
      const { value } = await get(state, `/verify?limit=4${after}`)
      findings.push(...value['findings'] as { code: string; object: string }[])
      expect(value['ok']).toBe((value['findings'] as unknown[]).length === 0)
      objects += Number(value['objects'])
      atoms += Number(value['atoms'])
      if (value['next'] === null) return { findings, objects, atoms }
      after = `&after=${String(value['next'])}`
    }
    throw new Error('it has no end')
  }

  it('judges all of it, part by part', async () => {
    expect(await whole(await place())).toEqual({ findings: [], objects: line.objects.length, atoms: 5 })
  })

  it('finds a flipped byte, a missing object and a ref that points at nothing', async () => {
    const state = await place()
    const ids = [...state.remote.objects.keys()]
    const raw = ids.filter((id) => id.startsWith('55'))
    const [flipped, gone] = raw as [ObjectId, ObjectId]
    state.remote.objects.set(flipped, utf8('not it'))
    state.remote.objects.delete(gone)
    state.remote.refs.set('refs/heads/lost', `71${'0'.repeat(64)}` as ObjectId)
    const { findings } = await whole(state)
    expect(findings.map(({ code, object }) => [code, object]).sort()).toEqual([['digest', digestOf(flipped)], ['link-missing', digestOf(gone)], ['ref-broken', '0'.repeat(64)]].sort())
  })

  it('takes a receipt for the reason why something is not there', async () => {
    const state = await place()
    const gone = [...state.remote.objects.keys()].find((id) => id.startsWith('55')) as ObjectId
    const receipt = seal(encodeReceipt({ object: gone, role: 'content', timeMs: 0, reason: 'secret' }))
    const { remote } = openMemoryPlace(state, () => 0)
    await remote.put(streamOf([receipt]))
    await remote.updateRefs([{ ref: `refs/atom/forgotten/${digestOf(gone)}`, expected: undefined, next: receipt.id }])
    await remote.forget([gone])
    expect((await whole(state)).findings).toEqual([])
  })
})
