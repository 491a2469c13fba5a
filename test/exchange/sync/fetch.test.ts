import { describe, expect, it } from 'vitest'
import { digestOf, type ObjectId } from '../../../src/codec/object-id.js'
import { followLinks } from '../../../src/exchange/follow-links.js'
import { openMemoryRemote } from '../../../src/exchange/memory-remote.js'
import type { Remote } from '../../../src/exchange/remote.js'
import { forget } from '../../../src/ops/keep/forget.js'
import { gc } from '../../../src/ops/keep/gc.js'
import { opPrune } from '../../../src/ops/keep/op-prune.js'
import { readLogState } from '../../../src/refs/log-state.js'
import { pointAt, resolveRef } from '../../../src/refs/ref.js'
import { readObject } from '../../../src/store/objects.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { anExchange, contentsOf, cutAt, problemsOf, refsOf, type Exchange } from '../../helpers/exchange.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { anId } from '../../helpers/objects.js'
import { LIES } from '../../helpers/lies.js'
import { aHistory } from '../../helpers/small-history.js'

const MAIN = 'refs/heads/main'
const tip = (repo: MemoryRepo, ref = MAIN): ObjectId => resolveRef(repo.store, ref) as ObjectId
const move = (repo: MemoryRepo, ref: string, next: ObjectId): Promise<unknown> =>
  repo.writer.transact({ agent: 'tester', command: 'reset' }, (tx) => { tx.edit({ ref, expected: 'any', next: pointAt(next) }) })

/** A remote that follows links by itself, as one across a wire would. */
const following = (remote: Remote): Remote => ({
  ...remote,
  get: (ids, { isHere }) => followLinks({
    async read(id) {
      for await (const { bytes } of remote.get([id], { have: [], isHere })) return bytes
      return undefined
    },
    isHere,
  }, ids),
})

/** A history that was pushed, and an empty store. */
async function pushed(): Promise<{ readonly from: MemoryRepo; readonly to: MemoryRepo; readonly exchange: Exchange }> {
  const from = await aHistory()
  const exchange = anExchange()
  await exchange.push(from, { all: true })
  return { from, to: await aRepo({ seed: 'other' }), exchange }
}

describe('fetch', () => {
  it.each([['asks step by step', (remote: Remote) => remote], ['is given all at once', following]])('takes everything, %s, and moves no branch of ours', async (_how, kind) => {
    const { from, to, exchange } = await pushed()
    const before = await refsOf(to)
    const result = await exchange.fetch(to, {}, kind(openMemoryRemote(exchange.state, 'memory:origin')))
    expect(result).toMatchObject({ remote: 'origin', location: 'memory:origin', atoms: 6, refused: [], odd: [], offered: [], head: { ref: MAIN, object: tip(from) } })
    expect(result.refs.map(({ name, ref, change }) => [name, ref, change])).toEqual([
      [MAIN, 'refs/remotes/origin/main', 'new'], ['refs/heads/side', 'refs/remotes/origin/side', 'new'],
      [expect.stringMatching(/^refs\/atom\/ops\//), expect.stringMatching(/^refs\/atom\/ops\//), 'new'],
    ])
    expect(await refsOf(to)).toMatchObject({ ...before, 'refs/remotes/origin/main': digestOf(tip(from)), 'refs/remotes/origin/side': digestOf(tip(from, 'refs/heads/side')) })
    expect(await problemsOf(to)).toEqual([])
  })

  it('leaves no number to be given again that an ATOM which came has', async () => {
    const { to, exchange } = await pushed()
    await exchange.fetch(to)
    const { atom } = await to.add({ type: 'INIT' })
    const ids = Array.from({ length: readLogState(to.store).atoms }, (_, seq) => to.index.node(seq).atomId)
    expect(ids.filter((id) => id === atom.header.atomId)).toHaveLength(1)
    expect(atom.header.atomId).toBe('ATOM-INIT-20241127-007')
  })

  it('takes nothing a second time, and then what is new', async () => {
    const { from, to, exchange } = await pushed()
    await exchange.fetch(to)
    const before = await contentsOf(to)
    expect(await exchange.fetch(to)).toMatchObject({ atoms: 0, objects: 0, refs: [{ change: 'same' }, { change: 'same' }, { change: 'same' }] })
    expect(await contentsOf(to)).toBe(before)
    from.worktree.put('a.env', 'A=2\n')
    await from.add({ title: 'six', files: ['a.env'] })
    await exchange.push(from)
    expect(await exchange.fetch(to)).toMatchObject({ atoms: 1, refs: [{ name: MAIN, change: 'forward' }, { change: 'same' }, { change: 'forward' }] })
    expect(await problemsOf(to)).toEqual([])
  })

  it('asks little for one ATOM on a long history', async () => {
    const from = await aRepo()
    for (let count = 0; count < 60; count++) await from.add({ title: `n ${String(count)}` })
    const exchange = anExchange()
    const to = await aRepo({ seed: 'other' })
    await exchange.push(from)
    await exchange.fetch(to)
    await from.add({ title: 'one more' })
    await exchange.push(from)
    const counted = cutAt(openMemoryRemote(exchange.state), Number.POSITIVE_INFINITY)
    await exchange.fetch(to, {}, counted)
    expect(counted.steps()).toBeLessThan(15)
  })

  it('takes contents above 1 MiB, annotated tags and folders that are split', async () => {
    const from = await aRepo()
    from.worktree.put('large', 'x'.repeat(2_500_000))
    for (let count = 0; count < 1_100; count++) from.worktree.put(`many/${String(count)}`, '')
    await from.add({ files: ['large', 'many'] })
    const { tagCreate } = await import('../../../src/ops/fork/tag.js')
    await tagCreate.run(from, tagCreate.check({ name: 'v1', message: 'the first' }))
    const exchange = anExchange()
    await exchange.push(from, { tags: true, all: true })
    const to = await aRepo({ seed: 'other' })
    await exchange.fetch(to)
    expect(tip(to, 'refs/tags/v1')).toBe(tip(from, 'refs/tags/v1'))
    expect(await problemsOf(to)).toEqual([])
  })

  it('keeps a tag of ours that is another one there', async () => {
    const { from, to, exchange } = await pushed()
    await move(from, 'refs/tags/v1', tip(from))
    await exchange.push(from, { tags: true })
    await move(to, 'refs/tags/v1', tip(to))
    const before = tip(to)
    expect((await exchange.fetch(to)).refs).toContainEqual({ name: 'refs/tags/v1', ref: 'refs/tags/v1', before, after: tip(from), change: 'kept' })
    expect(tip(to, 'refs/tags/v1')).toBe(before)
  })

  it('names a remote that was rewound, follows only when told to, and takes the rest', async () => {
    const { from, to, exchange } = await pushed()
    await exchange.fetch(to)
    const remembered = tip(from)
    exchange.state.refs.set(MAIN, from.index.node(1).id)
    const result = await exchange.fetch(to)
    expect(result.refused).toMatchObject([{ ref: MAIN, code: 'REMOTE_REWOUND', data: { remote: 'origin', ref: MAIN, remembered: digestOf(remembered), found: digestOf(from.index.node(1).id) } }])
    expect(tip(to, 'refs/remotes/origin/main')).toBe(remembered)
    expect((await exchange.fetch(to, { force: true })).refs[0]).toMatchObject({ name: MAIN, change: 'forced' })
    expect(tip(to, 'refs/remotes/origin/main')).toBe(from.index.node(1).id)
  })

  it('names a remote whose branch was replaced by another history', async () => {
    const { to, exchange } = await pushed()
    await exchange.fetch(to)
    const other = await aRepo({ seed: 'another history' })
    const elsewhere = anExchange()
    await elsewhere.push(other)
    for (const [id, bytes] of elsewhere.state.objects) exchange.state.objects.set(id, bytes)
    exchange.state.refs.set(MAIN, tip(other))
    expect((await exchange.fetch(to)).refused).toMatchObject([{ code: 'REMOTE_REWOUND' }])
    expect(to.index.getSeq(digestOf(tip(other)))).toBeUndefined()
  })

  it('names another store\'s log that is told differently, and keeps one that is behind', async () => {
    const { from, to, exchange } = await pushed()
    const [log] = [...exchange.state.refs.keys()].filter((name) => name.startsWith('refs/atom/ops/')) as [string]
    const old = exchange.state.refs.get(log) as ObjectId
    await from.add({ title: 'six' })
    await exchange.push(from)
    await exchange.fetch(to)
    exchange.state.refs.set(log, old)
    expect((await exchange.fetch(to)).refs).toContainEqual(expect.objectContaining({ name: log, change: 'kept' }))
    const copy = await aHistory()
    await copy.add({ title: 'otherwise' })
    const elsewhere = anExchange()
    await elsewhere.push(copy)
    for (const [id, bytes] of elsewhere.state.objects) exchange.state.objects.set(id, bytes)
    exchange.state.refs.set(log, elsewhere.state.refs.get(log) as ObjectId)
    expect((await exchange.fetch(to)).refused).toMatchObject([{ ref: log, code: 'REMOTE_REWOUND' }])
  })

  it('follows another store\'s log that was pruned beyond what is here, and keeps the later of two', async () => {
    const { from, to, exchange } = await pushed()
    await exchange.fetch(to)
    const old = new Map(exchange.state.refs)
    for (let count = 0; count < 3; count++) await from.add({ title: `later ${String(count)}` })
    await opPrune.run(from, opPrune.check({ keep: 1, dryRun: false }))
    await exchange.push(from, { all: true })
    const result = await exchange.fetch(to)
    expect(result).toMatchObject({ refused: [] })
    expect(result.refs.find(({ name }) => name.startsWith('refs/atom/ops/'))).toMatchObject({ change: 'forward' })
    expect(await problemsOf(to)).toEqual([])
    const behind = await anExchange({ ...exchange.state, refs: old }, 'usb').fetch(to)
    expect(behind.refs.find(({ name }) => name.startsWith('refs/atom/ops/'))).toMatchObject({ change: 'kept' })
  })

  it('takes a receipt for what is gone, and only offers it for what is here', async () => {
    const { from, to, exchange } = await pushed()
    const { body } = readObject(from.objects, from.index.node(3).id, 'atom')
    const early = await aRepo({ seed: 'early' })
    await exchange.fetch(early)
    await forget.run(from, forget.check({ target: digestOf(from.index.node(3).id), reason: 'secret' }))
    await exchange.push(from)
    expect((await exchange.fetch(to)).offered).toEqual([])
    expect(to.objects.getObject(body)).toBeUndefined()
    expect(tip(to, `refs/atom/forgotten/${digestOf(body)}`)).toBeDefined()
    expect(await problemsOf(to)).toEqual([])
    expect((await exchange.fetch(early)).offered).toMatchObject([{ object: body, role: 'body', reason: 'secret' }])
    expect(early.objects.getObject(body)).toBeDefined()
    expect(resolveRef(early.store, `refs/atom/forgotten/${digestOf(body)}`)).toBeUndefined()
    await gc.run(early, gc.check({}))
    await forget.run(early, forget.check({ accept: digestOf(body) }))
    expect(early.objects.getObject(body)).toBeUndefined()
    expect(await problemsOf(early)).toEqual([])
  })

  it('does not take what was forgotten here', async () => {
    const { from, to, exchange } = await pushed()
    await exchange.fetch(to)
    const { body } = readObject(from.objects, from.index.node(3).id, 'atom')
    await forget.run(to, forget.check({ target: digestOf(from.index.node(3).id), reason: 'secret' }))
    await exchange.fetch(to)
    const empty = await aRepo({ seed: 'third' })
    await exchange.push(to, { all: true })
    await exchange.fetch(empty)
    expect([to.objects.getObject(body), empty.objects.getObject(body)]).toEqual([undefined, undefined])
    expect(await problemsOf(to)).toEqual([])
  })

  it('leaves out names that no ref can have, and kinds of refs that it does not know', async () => {
    const { from, to, exchange } = await pushed()
    for (const name of ['refs/heads/../../etc', 'refs/heads/a..b', 'refs/pull/1', 'refs/atom/ops/x', 'HEAD']) exchange.state.refs.set(name, tip(from))
    expect((await exchange.fetch(to)).odd.map(({ name }) => name)).toEqual(['refs/heads/../../etc', 'refs/heads/a..b', 'refs/pull/1', 'refs/atom/ops/x', 'HEAD'])
    expect(await problemsOf(to)).toEqual([])
  })

  it('needs a name to remember by', async () => {
    const { to, exchange } = await pushed()
    expect(await codeOfAsync(() => anExchange(exchange.state, null).fetch(to))).toBe('USAGE')
  })

  it('is cut off at every step: the store is as before, or whole', async () => {
    const { to: first, exchange } = await pushed()
    const counted = cutAt(openMemoryRemote(exchange.state), Number.POSITIVE_INFINITY)
    await exchange.fetch(first, {}, counted)
    const whole = await refsOf(first)
    expect(counted.steps()).toBeGreaterThan(20)
    for (let nth = 1; nth <= counted.steps(); nth++) {
      const to = await aRepo({ seed: 'other' })
      const before = await contentsOf(to)
      expect(await codeOfAsync(() => exchange.fetch(to, {}, cutAt(openMemoryRemote(exchange.state), nth)))).toBe('REMOTE_UNREACHABLE')
      expect(await contentsOf(to)).toBe(before)
      await exchange.fetch(to)
      expect(await refsOf(to)).toEqual(whole)
    }
  })
})

describe('a remote that lies', () => {
  it.each(LIES)('tells of %s: %s, and the store is as it was', async (_what, code, tell) => {
    for (const kind of [(remote: Remote) => remote, following]) {
      const { from, to, exchange } = await pushed()
      tell(exchange.state, from)
      const before = await contentsOf(to)
      const error = await exchange.fetch(to, {}, kind(openMemoryRemote(exchange.state, 'memory:origin'))).then(() => undefined, (reason: unknown) => reason as Error & { code: string })
      expect(error?.code).toBe(code)
      expect(error?.message).toContain('memory:origin')
      expect(await contentsOf(to)).toBe(before)
    }
  })

  it('sends without end what nobody asked for: it is dropped', async () => {
    const { from, to, exchange } = await pushed()
    const remote = openMemoryRemote(exchange.state)
    let sent = 0
    const flooding: Remote = { ...remote, async* get(ids, options) {
      for (; sent < 20_000; sent++) yield { id: anId(`flood ${String(sent)}`, 'raw'), bytes: new Uint8Array(100) }
      yield* remote.get(ids, options)
    } }
    await exchange.fetch(to, {}, flooding)
    expect(sent).toBe(20_000)
    expect(tip(to, 'refs/remotes/origin/main')).toBe(tip(from))
    expect(to.objects.getObject(anId('flood 1', 'raw'))).toBeUndefined()
  })
})
