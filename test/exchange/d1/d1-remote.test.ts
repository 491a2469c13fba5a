import Cloudflare from 'cloudflare'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { toHex, utf8 } from '../../../src/base/bytes.js'
import { OBJECT_MAX_BYTES } from '../../../src/base/limits.js'
import { silentReporter } from '../../../src/base/ports.js'
import { digestOf, idOf, type ObjectId } from '../../../src/codec/object-id.js'
import { openBindingQuery, type D1Binding } from '../../../src/exchange/d1/binding-query.js'
import { openD1Remote } from '../../../src/exchange/d1/d1-remote.js'
import { PAGE_BYTES, type D1Query } from '../../../src/exchange/d1/d1-query.js'
import { openRestQuery } from '../../../src/exchange/d1/rest-query.js'
import type { Remote } from '../../../src/exchange/remote.js'
import { parseAtomId } from '../../../src/object/atom-id.js'
import { encodeAtom } from '../../../src/object/atom.js'
import { encodeBody, type Body } from '../../../src/object/body.js'
import { seal, type SealedObject } from '../../../src/object/seal.js'
import { EMPTY_TREE } from '../../../src/tree/read.js'
import { readAll, remoteSuite } from '../../conformance/remote-suite.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { ACCOUNT, DATABASE, serveD1, TOKEN, type D1Server } from '../../helpers/d1-server.js'
import { anId } from '../../helpers/objects.js'
import { aLine, streamOf } from '../../helpers/remote-objects.js'

let server: D1Server
beforeAll(async () => { server = await serveD1() })
afterAll(async () => { await server[Symbol.asyncDispose]() })

const CONTEXT = { signal: new AbortController().signal, reporter: silentReporter, firstWaitMs: 1 }
const ask = (endpoint = server.endpoint): D1Query => openRestQuery({ endpoint, token: TOKEN, location: 'd1:test' }, CONTEXT)
const open = async (): Promise<Remote> => openD1Remote(ask())

const WAYS: { readonly [name: string]: () => Promise<D1Query> } = {
  'D1 over REST': async () => ask(),
  // It makes no transaction of a batch: nothing may depend on one.
  'D1 over the REST API of miniflare': async () => ask(`${server.workerd.origin}/cdn-cgi/explorer/api/d1/database/${DATABASE}`),
  'D1 in a Worker': async () => openBindingQuery(await server.miniflare.getD1Database('DB') as D1Binding, CONTEXT),
}
for (const [name, way] of Object.entries(WAYS)) {
  remoteSuite({
    name,
    make: async () => {
      await server.clear()
      return async () => openD1Remote(await way())
    },
  })
}

const MAIN = 'refs/heads/main'

/** An ATOM with a body of its own, in the order in which it is put. */
function anAtom(body: Body, { number = 1, parents = [] }: { readonly number?: number; readonly parents?: readonly ObjectId[] } = {}): { readonly body: SealedObject; readonly header: SealedObject } {
  const sealed = seal(encodeBody(body))
  const header = seal(encodeAtom({
    atomId: parseAtomId(`ATOM-CFG-20241127-${String(number).padStart(3, '0')}`), operation: 'modify_file', agent: 'qwen "the" ägent', timeMs: 1_732_703_253_000, parents, influencedBy: [], tree: EMPTY_TREE.id, body: sealed.id,
  }))
  return { body: sealed, header }
}

describe('a D1 remote', () => {
  beforeEach(() => server.clear())

  it('makes no table by being looked at, and its tables by the first push', async () => {
    const remote = await open()
    expect((await remote.refs()).refs.size).toBe(0)
    expect(await remote.missing([anId('a')])).toEqual([anId('a')])
    await remote.forget([anId('a')])
    const tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '_cf_%' ORDER BY name"
    expect(await server.sql(tables)).toEqual([])
    await remote.put(streamOf(aLine(1).objects))
    expect((await server.sql(tables)).map(({ name }) => name)).toEqual(expect.arrayContaining(['atom_migrations', 'atom_settings', 'atom_trail_remote', 'objects', 'refs']))
    expect(await server.sql('SELECT version FROM atom_migrations')).toEqual([{ version: 1 }])
  })

  it('refuses a database that holds something else, and tables of a newer program', async () => {
    await server.sql('CREATE TABLE refs (thesis TEXT)')
    const remote = await open()
    for (const call of [() => remote.refs(), () => remote.put(streamOf([])), () => remote.missing([anId('a')])]) expect(await codeOfAsync(call)).toBe('REMOTE_REFUSED')
    await server.clear()
    await remote.put(streamOf([]))
    await server.sql('INSERT INTO atom_migrations (version, applied_at) VALUES (2, 0)')
    await expect((await open()).refs()).rejects.toThrow(/newer program/)
  })

  it('goes on where making its tables was cut off', async () => {
    await server.sql('CREATE TABLE atom_migrations (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL)')
    const line = aLine(1)
    const remote = await open()
    expect((await remote.refs()).refs.size).toBe(0)
    await remote.put(streamOf(line.objects))
    expect(await (await open()).missing(line.atoms)).toEqual([])
  })

  it('has a row for each ATOM, with what anybody may ask for', async () => {
    const first = anAtom({ title: 'use Proton 9', reason: 'it is "faster"\n', project: 'halo', metadata: { fps: 60, note: '日本 \u0000 \u{1f600}' }, tokens: { input: 40, output: 2 }, contextSyncRef: 'c:1' })
    const second = anAtom({ title: '' }, { number: 2, parents: [first.header.id] })
    const remote = await open()
    await remote.put(streamOf([EMPTY_TREE, first.body, first.header]))
    // Another session, which knows neither the parent nor the body.
    await remote.put(streamOf([second.body]))
    await (await open()).put(streamOf([second.header]))
    const rows = await server.sql('SELECT * FROM atom_trail_remote ORDER BY atom_id')
    expect(rows[0]).toEqual({
      object: digestOf(first.header.id), atom_id: 'ATOM-CFG-20241127-001', type: 'CFG', operation: 'modify_file', agent: 'qwen "the" ägent', project: 'halo', timestamp: '2024-11-27T10:27:33.000Z',
      signature: `sha256:${digestOf(first.header.id)}`, previous_atom: null, previous_object: null, title: 'use Proton 9', reason: 'it is "faster"\n', metadata: JSON.stringify({ fps: 60, note: '日本 \u0000 \u{1f600}' }),
      context_sync_ref: 'c:1', token_cost: 42, tree: digestOf(EMPTY_TREE.id), body: digestOf(first.body.id), forgotten: 0, status: 'verified', synced_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    })
    expect(rows[1]).toMatchObject({ atom_id: 'ATOM-CFG-20241127-002', previous_atom: 'ATOM-CFG-20241127-001', previous_object: digestOf(first.header.id), title: '', reason: null, metadata: '{}', token_cost: 0, forgotten: 0 })
  })

  it('writes a row over what nobody had seen the objects of, and over nothing else', async () => {
    const { body, header } = anAtom({ title: 'true' })
    const remote = await open()
    await remote.put(streamOf([EMPTY_TREE]))
    await server.sql(`INSERT INTO atom_trail_remote (object, atom_id, type, operation, agent, timestamp, signature, title, token_cost, forgotten, status, synced_at) VALUES (?1, 'ATOM-X-20240101-001', 'X', 'x', 'x', '', '', 'said', 0, 0, 'unverified', '')`, digestOf(header.id))
    await remote.put(streamOf([body, header]))
    expect(await server.sql('SELECT title, status FROM atom_trail_remote')).toEqual([{ title: 'true', status: 'verified' }])
    await server.sql("UPDATE atom_trail_remote SET title = 'mark'")
    await remote.put(streamOf([body, header]))
    expect(await server.sql('SELECT title FROM atom_trail_remote')).toEqual([{ title: 'mark' }])
  })

  it('forgets the texts with the body, and a body that is put later brings no text back', async () => {
    const { body, header } = anAtom({ title: 'secret', reason: 'secret', project: 'secret', metadata: { secret: 1 }, contextSyncRef: 'secret', tokens: { input: 1 } })
    const remote = await open()
    await remote.put(streamOf([EMPTY_TREE, body, header]))
    await server.sql("INSERT INTO atom_said (object, json) VALUES (?1, 'secret')", digestOf(header.id))
    await remote.forget([body.id])
    for (const table of ['objects', 'atom_trail_remote', 'refs', 'atom_settings', 'atom_said']) expect(JSON.stringify(await server.sql(`SELECT * FROM ${table}`))).not.toMatch(/secret|c2VjcmV0/)
    await remote.put(streamOf([header]))
    expect(await server.sql('SELECT title, metadata, forgotten FROM atom_trail_remote')).toEqual([{ title: null, metadata: null, forgotten: 1 }])
  })

  it('fits what is largest into every limit: objects, names, texts that JSON makes six times as long', async () => {
    const nul = '\u0000'.repeat(60_000)
    const bodies: readonly Body[] = [
      { title: nul, reason: '\u{1f600}'.repeat(200_000) }, { title: 'x'.repeat(262_143), reason: 'y'.repeat(262_142), project: 'z'.repeat(262_142), contextSyncRef: 'w'.repeat(200_000) },
      { title: 'm', metadata: Object.fromEntries(Array.from({ length: 15 }, (_, index) => [String(index), nul])) }, { title: 'b', metadata: { bytes: new Uint8Array(1_000_000) } },
    ]
    const atoms = bodies.map((body, index) => anAtom(body, { number: index + 1 }))
    const large = Array.from({ length: 5 }, (_, index) => seal(new Uint8Array(OBJECT_MAX_BYTES).fill(index), 'raw'))
    const objects = [EMPTY_TREE, ...large, ...atoms.flatMap(({ body, header }) => [body, header])]
    const remote = await open()
    await remote.put(streamOf(objects))
    expect(await readAll(remote, objects.map(({ id }) => id))).toEqual(new Map(objects.map(({ id, bytes }) => [id, toHex(bytes)])))
    const [longest] = await server.sql('SELECT max(length(CAST(bytes AS BLOB))) AS bytes FROM objects')
    expect(longest?.['bytes']).toBeLessThan(1_400_000)
    const rows = await server.sql('SELECT atom_id, length(CAST(title AS BLOB)) AS title, reason IS NULL AS reason, metadata IS NULL AS metadata, length(CAST(concat(title, reason, project, metadata, context_sync_ref) AS BLOB)) < 1500000 AS fits FROM atom_trail_remote ORDER BY atom_id')
    expect(rows.map(({ title, reason, metadata, fits }) => [title, reason, metadata, fits])).toEqual([[null, 1, 0, 1], [null, 0, 0, 1], [1, 1, 1, 1], [1, 1, 1, 1]])
  })

  it('gives more than one answer holds in several, each bounded', async () => {
    const large = Array.from({ length: 12 }, (_, index) => seal(new Uint8Array(OBJECT_MAX_BYTES).fill(index), 'raw'))
    const remote = await open()
    await remote.put(streamOf(large))
    server.requests.length = 0
    expect((await readAll(remote, large.map(({ id }) => id))).size).toBe(12)
    expect(server.requests.length).toBe(12 * OBJECT_MAX_BYTES / PAGE_BYTES)
  })

  it('gives a long history in a few answers, without asking again for each step', async () => {
    const line = aLine(3_000)
    const remote = await open()
    await remote.put(streamOf(line.objects))
    server.requests.length = 0
    expect((await readAll(remote, [line.atoms.at(-1) as ObjectId])).size).toBe(3_000 * 5)
    expect(server.requests.length).toBeLessThan(6)
    server.requests.length = 0
    const have = line.atoms[2_989] as ObjectId
    const isHere = new Set(line.objects.slice(0, line.objects.findIndex(({ id }) => id === have) + 1).map(({ id }) => id))
    const given: ObjectId[] = []
    for await (const { id } of remote.get([line.atoms.at(-1) as ObjectId], { have: [have, anId('of another place')], isHere: (id) => isHere.has(id) })) given.push(id)
    expect(given).toHaveLength(10 * 5)
    expect(server.requests.length).toBe(2)
  })

  it('sweeps through what is wanted, and not through all that others put between', async () => {
    const [mine, others] = [aLine(20, 'mine'), aLine(4_000, 'others')]
    const remote = await open()
    await remote.put(streamOf(mine.objects))
    await remote.put(streamOf(others.objects))
    const more = aLine(1, 'more', mine.atoms.at(-1))
    await remote.put(streamOf(more.objects))
    server.requests.length = 0
    const given = await readAll(remote, more.atoms)
    expect(given.size).toBe(5)
    // What was asked for, one page, and the page after it, which may be under way by then.
    expect(server.requests.length).toBeLessThanOrEqual(3)
  })

  it('says which branch a clone begins with, as long as it is there', async () => {
    const line = aLine(2)
    const [first, second] = line.atoms as [ObjectId, ObjectId]
    const remote = await open()
    await remote.put(streamOf(line.objects))
    await remote.updateRefs([{ ref: 'refs/tags/a', expected: undefined, next: first }, { ref: 'refs/heads/work', expected: undefined, next: second }])
    expect((await remote.refs()).head).toBe('refs/heads/work')
    await remote.updateRefs([{ ref: MAIN, expected: undefined, next: first }])
    expect((await remote.refs()).head).toBe('refs/heads/work')
    await remote.updateRefs([{ ref: 'refs/heads/work', expected: second, next: undefined }])
    expect((await remote.refs()).head).toBe(MAIN)
    await remote.updateRefs([{ ref: MAIN, expected: first, next: undefined }])
    expect((await remote.refs()).head).toBeUndefined()
  })

  it('keeps many refs, and moves one of them twice in turn', async () => {
    const line = aLine(2)
    const [first, second] = line.atoms as [ObjectId, ObjectId]
    const remote = await open()
    await remote.put(streamOf(line.objects))
    const many = Array.from({ length: 6_000 }, (_, index) => ({ ref: `refs/tags/${String(index)}`, expected: undefined, next: first }))
    expect((await remote.updateRefs([...many, { ref: 'refs/tags/7', expected: first, next: second }])).filter(({ refused }) => refused !== undefined)).toEqual([])
    const { refs } = await remote.refs()
    expect([refs.size, refs.get('refs/tags/7'), refs.get('refs/tags/5999')]).toEqual([6_000, second, first])
  })

  it('moves a ref once when the answer was lost', async () => {
    const line = aLine(2)
    const [first, second] = line.atoms as [ObjectId, ObjectId]
    const remote = await open()
    await remote.put(streamOf(line.objects))
    await remote.updateRefs([{ ref: MAIN, expected: undefined, next: first }, { ref: 'refs/heads/old', expected: undefined, next: first }])
    server.requests.length = 0
    server.fault = (nth) => (nth === 1 ? 'cut-after' : undefined)
    const outcomes = await remote.updateRefs([{ ref: MAIN, expected: first, next: second }, { ref: 'refs/heads/old', expected: first, next: undefined }, { ref: 'refs/heads/new', expected: undefined, next: second }])
    expect(outcomes.map(({ refused }) => refused)).toEqual([undefined, undefined, undefined])
    expect((await remote.refs()).refs).toEqual(new Map([[MAIN, second], ['refs/heads/new', second]]))
  })

  it('is read by Cloudflare\'s own client, as the spec says', async () => {
    const { body, header } = anAtom({ title: 'for others', metadata: { fps: 60 } })
    const remote = await open()
    await remote.put(streamOf([EMPTY_TREE, body, header]))
    await remote.updateRefs([{ ref: MAIN, expected: undefined, next: header.id }])
    const client = new Cloudflare({ apiToken: TOKEN, baseURL: server.base, maxRetries: 0 })
    const rows = async (sql: string, ...params: string[]): Promise<readonly Record<string, unknown>[]> => {
      const found: Record<string, unknown>[] = []
      for await (const { results } of client.d1.database.query(DATABASE, { account_id: ACCOUNT, sql, params })) found.push(...(results ?? []) as Record<string, unknown>[])
      return found
    }
    const [ref] = await rows('SELECT target FROM refs WHERE name = ?1', MAIN)
    const [row] = await rows('SELECT bytes, size FROM objects WHERE id = ?1', String(ref?.['target']))
    const bytes = new Uint8Array(Buffer.from(String(row?.['bytes']), 'base64'))
    expect([bytes.length, idOf(bytes, 'dag-cbor')]).toEqual([row?.['size'], header.id])
    expect(await rows("SELECT title, metadata ->> 'fps' AS fps FROM atom_trail_remote")).toEqual([{ title: 'for others', fps: 60 }])
  })

  it('has nothing under way any more for who left in the middle', async () => {
    const line = aLine(40)
    await (await open()).put(streamOf(line.objects))
    const signals: (AbortSignal | undefined)[] = []
    const query = ask()
    const watched: D1Query = { location: query.location, run: (statements, left) => {
      if (statements.some(({ sql }) => sql.includes('seq < CAST'))) signals.push(left)
      return query.run(statements, left)
    } }
    const given = new Set<ObjectId>()
    for await (const { id } of openD1Remote(watched).get([line.atoms.at(-1) as ObjectId], { have: [], isHere: () => false })) if (given.add(id).size === 5) break
    expect(signals.length).toBeGreaterThan(0)
    expect(signals.every((signal) => signal?.aborted === true)).toBe(true)
  })

  it('asks nothing for who has left already', async () => {
    const before = server.requests.length
    await expect(ask().run([{ sql: 'SELECT 1', params: [] }], AbortSignal.abort(new Error('left')))).rejects.toThrow('left')
    expect(server.requests.length).toBe(before)
  })

  it('believes no answer that is not what was asked for, and ends', async () => {
    const line = aLine(1)
    const [atom] = line.atoms as [ObjectId]
    await (await open()).put(streamOf(line.objects))
    const lying = (results: readonly object[]): D1Query => ({ location: 'd1:liar', run: async (statements) => statements.map(({ sql }) => (sql.includes('sqlite_master') ? [{ name: 'atom_migrations' }] : sql.includes('max(version)') ? [{ version: 1 }] : results as readonly Record<string, unknown>[])) })
    const get = async (row: object): Promise<string | undefined> => codeOfAsync(() => readAll(openD1Remote(lying([row])), [atom]))
    const honest = { seq: 1, id: atom, kind: 'atom', bytes: Buffer.from(utf8('x')).toString('base64') }
    for (const change of [{ seq: '1' }, { seq: -1 }, { id: '../../etc' }, { id: 7 }, { kind: null }, { bytes: [1, 2] }, { bytes: 'not base64' }]) expect([change, await get({ ...honest, ...change })]).toEqual([change, 'REMOTE_REFUSED'])
    // The same page again and again: full of what was not asked for, or in no order.
    const full = Buffer.from(new Uint8Array(PAGE_BYTES)).toString('base64')
    expect(await get({ ...honest, id: anId('other'), bytes: full })).toBe('REMOTE_REFUSED')
    expect(await get({ ...honest, bytes: full })).toBe('REMOTE_REFUSED')
    expect(await codeOfAsync(() => openD1Remote(lying([{ name: MAIN, target: 'nowhere' }])).refs())).toBe('REMOTE_REFUSED')
  })
})
