import { describe, expect, it } from 'vitest'
import { digestOf, type ObjectId } from '../../../src/codec/object-id.js'
import { createMemoryRemoteState, openMemoryRemote } from '../../../src/exchange/memory-remote.js'
import { rebuild } from '../../../src/exchange/recover/rebuild.js'
import { forget } from '../../../src/ops/keep/forget.js'
import { opPrune } from '../../../src/ops/keep/op-prune.js'
import { tagCreate } from '../../../src/ops/fork/tag.js'
import { readLogState } from '../../../src/refs/log-state.js'
import { operations } from '../../../src/refs/operation-log.js'
import { createMemoryStore } from '../../../src/store/memory-store.js'
import { readObject } from '../../../src/store/objects.js'
import { pointAt, resolveRef } from '../../../src/refs/ref.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { anExchange, cutAt, problemsOf, refsOf } from '../../helpers/exchange.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { aHistory } from '../../helpers/small-history.js'

const MAIN = 'refs/heads/main'
const tip = (repo: MemoryRepo, ref = MAIN): ObjectId => resolveRef(repo.store, ref) as ObjectId
const move = (repo: MemoryRepo, ref: string, next: ObjectId): Promise<unknown> =>
  repo.writer.transact({ agent: 'tester', command: 'reset' }, (tx) => { tx.edit({ ref, expected: 'any', next: pointAt(next) }) })

describe('push', () => {
  it('sends the current branch with all that it owns, and the operation log', async () => {
    const repo = await aHistory()
    const log = readLogState(repo.store)
    const { state, push } = anExchange()
    const result = await push(repo)
    expect(result).toMatchObject({ remote: 'origin', location: 'memory:origin', refused: [], atoms: 6, refs: [{ ref: MAIN, before: undefined, after: tip(repo), change: 'new' }] })
    expect([...state.refs.keys()]).toEqual([MAIN, expect.stringMatching(/^refs\/atom\/ops\/[0-9a-f]{32}$/)])
    expect(state.refs.get([...state.refs.keys()][1] as string)).toBe(log.tip)
    expect(result.objects).toBe(state.objects.size)
    expect(tip(repo, 'refs/remotes/origin/main')).toBe(tip(repo))
    expect(await problemsOf(repo)).toEqual([])
  })

  it('sends nothing a second time, and then what is new', async () => {
    const repo = await aHistory()
    const { state, push } = anExchange()
    await push(repo)
    // The first push moved refs/remotes: one operation more.
    expect(await push(repo)).toMatchObject({ refs: [{ change: 'same' }], atoms: 0, objects: 1 })
    expect(await push(repo)).toMatchObject({ refs: [{ change: 'same' }], atoms: 0, objects: 0 })
    const before = state.objects.size
    repo.worktree.put('a.env', 'A=2\n')
    await repo.add({ title: 'six', files: ['a.env'] })
    const result = await push(repo)
    expect(result).toMatchObject({ refs: [{ ref: MAIN, change: 'forward' }], atoms: 1 })
    // Content, two trees, body, header, one operation.
    expect(result.objects).toBe(6)
    expect(state.objects.size).toBe(before + 6)
  })

  it('asks little for one ATOM on a long history', async () => {
    const repo = await aRepo()
    for (let count = 0; count < 120; count++) await repo.add({ title: `n ${String(count)}` })
    const { state, push } = anExchange()
    await push(repo)
    await push(repo)
    await repo.add({ title: 'one more' })
    const counted = cutAt(openMemoryRemote(state), Number.POSITIVE_INFINITY)
    await push(repo, {}, counted)
    expect(counted.steps()).toBeLessThan(10)
  })

  it('sends every branch and every tag when told to, and single ones by name', async () => {
    const repo = await aHistory()
    await tagCreate.run(repo, tagCreate.check({ name: 'v1', target: 'main~1', message: 'the first' }))
    await tagCreate.run(repo, tagCreate.check({ name: 'light', target: 'side' }))
    const one = anExchange()
    await one.push(repo, { refs: ['side', 'v1'] })
    expect([...one.state.refs.keys()].filter((name) => !name.startsWith('refs/atom/'))).toEqual(['refs/heads/side', 'refs/tags/v1'])
    const every = anExchange()
    await every.push(repo, { all: true, tags: true })
    expect([...every.state.refs.keys()].filter((name) => !name.startsWith('refs/atom/')).sort()).toEqual([MAIN, 'refs/heads/side', 'refs/tags/light', 'refs/tags/v1'])
    expect(every.state.objects.has(every.state.refs.get('refs/tags/v1') as ObjectId)).toBe(true)
    expect(await codeOfAsync(() => one.push(repo, { refs: ['no-such'] }))).toBe('REF_NOT_FOUND')
  })

  it('says what it would do, and does nothing', async () => {
    const repo = await aHistory()
    const { state, push } = anExchange()
    expect(await push(repo, { dryRun: true })).toMatchObject({ isDryRun: true, atoms: 6, refs: [{ change: 'new' }] })
    expect([state.objects.size, state.refs.size]).toEqual([0, 0])
    expect(resolveRef(repo.store, 'refs/remotes/origin/main')).toBeUndefined()
  })

  it('remembers nothing of a remote without a name', async () => {
    const repo = await aHistory()
    await anExchange(createMemoryRemoteState(), null).push(repo)
    expect(Object.keys(await refsOf(repo)).filter((name) => name.startsWith('refs/remotes/'))).toEqual([])
  })

  it('refuses to take a branch of the remote back or aside, and sends the others', async () => {
    const repo = await aHistory()
    const { state, push } = anExchange()
    await push(repo, { all: true })
    const before = tip(repo)
    await move(repo, MAIN, repo.index.node(1).id)
    const result = await push(repo, { all: true })
    expect(result.refused).toMatchObject([{ ref: MAIN, code: 'NOT_FAST_FORWARD', data: { ref: MAIN, ours: digestOf(repo.index.node(1).id), theirs: digestOf(before) } }])
    expect(result.refs).toMatchObject([{ ref: 'refs/heads/side', change: 'same' }])
    expect(state.refs.get(MAIN)).toBe(before)
    expect(await push(repo, { forceWithLease: true })).toMatchObject({ refused: [], refs: [{ ref: MAIN, change: 'forced' }] })
    expect(state.refs.get(MAIN)).toBe(repo.index.node(1).id)
  })

  it('refuses a branch with ATOMs that were never seen here, also by force', async () => {
    const [ours, theirs] = [await aRepo({ seed: 'ours' }), await aRepo({ seed: 'theirs' })]
    const { push } = anExchange()
    await push(theirs)
    expect((await push(ours)).refused).toMatchObject([{ code: 'NOT_FAST_FORWARD' }])
    expect((await push(ours, { forceWithLease: true })).refused).toMatchObject([{ code: 'REF_MOVED' }])
  })

  it('refuses a tag that is another one there', async () => {
    const repo = await aHistory()
    const { state, push } = anExchange()
    await tagCreate.run(repo, tagCreate.check({ name: 'v1', target: 'main' }))
    await push(repo, { tags: true })
    await move(repo, 'refs/tags/v1', repo.index.node(1).id)
    expect((await push(repo, { tags: true })).refused).toMatchObject([{ ref: 'refs/tags/v1', code: 'NOT_FAST_FORWARD' }])
    expect((await push(repo, { tags: true, forceWithLease: true })).refused).toEqual([])
    expect(state.refs.get('refs/tags/v1')).toBe(repo.index.node(1).id)
  })

  it('names a remote whose branch was taken back since it was last seen', async () => {
    const repo = await aHistory()
    const { state, push } = anExchange()
    await push(repo)
    state.refs.set(MAIN, repo.index.node(1).id)
    expect((await push(repo)).refused).toMatchObject([{ code: 'REMOTE_REWOUND', data: { remote: 'origin', ref: MAIN, remembered: digestOf(tip(repo)), found: digestOf(repo.index.node(1).id) } }])
  })

  it('tells the one of two who comes later', async () => {
    const repo = await aHistory()
    const { state, push } = anExchange()
    await push(repo)
    await repo.add({ title: 'six' })
    const remote = openMemoryRemote(state)
    const result = await push(repo, {}, { ...remote, updateRefs: async (updates) => {
      state.refs.set(MAIN, repo.index.node(3).id)
      return await remote.updateRefs(updates)
    } })
    expect(result.refused).toMatchObject([{ ref: MAIN, code: 'REF_MOVED' }])
    expect(result.refs).toEqual([])
  })

  it('sends ATOMs that no branch reaches any more, since an operation names them', async () => {
    const repo = await aHistory()
    const gone = tip(repo)
    await move(repo, MAIN, repo.index.node(1).id)
    const { state, push } = anExchange()
    await push(repo)
    expect(state.refs.get(MAIN)).toBe(repo.index.node(1).id)
    expect(state.objects.has(gone)).toBe(true)
  })

  it('sends the receipt of what was forgotten, and has the remote drop it', async () => {
    const repo = await aHistory()
    const { state, push } = anExchange()
    await push(repo)
    const body = readObject(repo.objects, repo.index.node(3).id, 'atom').body
    expect(state.objects.has(body)).toBe(true)
    await forget.run(repo, forget.check({ target: digestOf(repo.index.node(3).id), reason: 'secret' }))
    await push(repo)
    expect(state.refs.has(`refs/atom/forgotten/${digestOf(body)}`)).toBe(true)
    expect(state.objects.has(body)).toBe(false)
    const fresh = anExchange()
    await fresh.push(repo)
    expect(fresh.state.objects.has(body)).toBe(false)
  })

  it('does not send again what the remote forgot', async () => {
    const [repo, other] = [await aHistory(), await aHistory()]
    const { state, push } = anExchange()
    await push(repo)
    const body = readObject(repo.objects, repo.index.node(3).id, 'atom').body
    await forget.run(repo, forget.check({ target: digestOf(repo.index.node(3).id), reason: 'secret' }))
    await push(repo)
    await push(other, { all: true })
    expect(state.objects.has(body)).toBe(false)
  })

  it('names a log of this store that goes on otherwise, and pushes the branches all the same', async () => {
    const repo = await aHistory()
    const { state, push } = anExchange()
    await push(repo)
    const copy = await aHistory()
    await copy.add({ title: 'in a copy of the store' })
    const remote = anExchange(state)
    await repo.add({ title: 'here' })
    await push(repo)
    const result = await remote.push(copy, { refs: ['side'] })
    expect(result.refused).toMatchObject([{ code: 'NOT_FAST_FORWARD', ref: expect.stringMatching(/^refs\/atom\/ops\//) as string }])
    expect(result.refs).toMatchObject([{ ref: 'refs/heads/side', change: 'new' }])
  })

  it('carries a prune of the log, also one beyond what the remote had; a store made again from it goes on behind it', async () => {
    const repo = await aHistory()
    const { state, push } = anExchange()
    await push(repo, { all: true })
    const ref = [...state.refs.keys()].find((name) => name.startsWith('refs/atom/ops/')) as string
    const old = state.refs.get(ref)
    for (let count = 0; count < 3; count++) await repo.add({ title: `later ${String(count)}` })
    await opPrune.run(repo, opPrune.check({ keep: 1, dryRun: false }))
    expect(await push(repo, { all: true })).toMatchObject({ refused: [] })
    expect(state.refs.get(ref)).not.toBe(old)
    const again = await aRepo({ seed: 'again', init: 'none' })
    await rebuild(again, { remote: openMemoryRemote(state), salvage: undefined, openScratch: async () => createMemoryStore(), remoteName: 'origin' })
    expect((await problemsOf(again)).filter((problem) => !problem.startsWith('ref-unlogged'))).toEqual([])
    expect([tip(again), again.objects.getObject(old as ObjectId)]).toEqual([tip(repo), undefined])
    // What was kept, the prune, what was sent and what recovers: nothing from before.
    expect([...operations(again.store)].map(({ op }) => op.command)).toEqual(['recover', 'op prune', 'add'])
    await repo.add({ title: 'after it' })
    expect(await push(repo)).toMatchObject({ refused: [] })
  })

  it('does not carry a prune to a remote that was never seen under that name, or that has another log since', async () => {
    const repo = await aHistory()
    const { state, push } = anExchange()
    await push(repo)
    await repo.add({ title: 'later' })
    await opPrune.run(repo, opPrune.check({ keep: 1, dryRun: false }))
    expect((await anExchange(state, null).push(repo)).refused).toMatchObject([{ code: 'NOT_FAST_FORWARD' }])
    const copy = await aHistory()
    await copy.add({ title: 'in a copy of the store' })
    const [ref] = [...state.refs.keys()].filter((name) => name.startsWith('refs/atom/ops/')) as [string]
    const { id, op } = [...operations(copy.store)][0] as { id: ObjectId; op: object }
    expect(op).toBeDefined()
    state.objects.set(id, copy.objects.getObject(id) as Uint8Array)
    state.refs.set(ref, id)
    expect((await push(repo)).refused).toMatchObject([{ code: 'NOT_FAST_FORWARD', ref }])
    expect(await push(repo, { forceWithLease: true })).toMatchObject({ refused: [] })
  })

  it.each([['before the push', ['forget', 'prune', 'push']], ['after a push', ['forget', 'push', 'prune', 'push']], ['before the forget', ['prune', 'forget', 'push']]])('has the remote drop what was forgotten when the log is pruned %s', async (_when, steps) => {
    const repo = await aHistory()
    const { state, push } = anExchange()
    await push(repo, { all: true })
    const body = readObject(repo.objects, repo.index.node(3).id, 'atom').body
    const deeds: Readonly<Record<string, () => unknown>> = {
      forget: () => forget.run(repo, forget.check({ target: digestOf(repo.index.node(3).id), reason: 'secret' })),
      prune: () => opPrune.run(repo, opPrune.check({ keep: 0, dryRun: false })), push: () => push(repo, { all: true }),
    }
    for (const step of steps) await deeds[step]?.()
    expect(state.objects.has(body)).toBe(false)
    // A second remote that had the words before any of this.
    const second = anExchange()
    await second.push(await aHistory(), { all: true })
    expect(second.state.objects.has(body)).toBe(true)
    expect((await second.push(repo, { all: true, forceWithLease: true })).refused).toEqual([])
    expect(second.state.objects.has(body)).toBe(false)
    const again = await aRepo({ seed: 'again', init: 'none' })
    await rebuild(again, { remote: openMemoryRemote(state), salvage: undefined, openScratch: async () => createMemoryStore(), remoteName: 'origin' })
    expect(again.objects.getObject(body)).toBeUndefined()
    expect((await problemsOf(again)).filter((problem) => !problem.startsWith('ref-unlogged'))).toEqual([])
    // And a fresh one that has nothing to drop.
    await anExchange().push(again, { all: true })
  })

  it('is cut off at every step: nothing is damaged, and repeating it ends as if it had not been', async () => {
    const whole = anExchange()
    const counted = cutAt(openMemoryRemote(whole.state), Number.POSITIVE_INFINITY)
    await whole.push(await aHistory(), { all: true }, counted)
    expect(counted.steps()).toBeGreaterThan(20)
    for (let nth = 1; nth <= counted.steps(); nth++) {
      const repo = await aHistory()
      const { state, push } = anExchange()
      expect(await codeOfAsync(() => push(repo, { all: true }, cutAt(openMemoryRemote(state), nth)))).toBe('REMOTE_UNREACHABLE')
      // Whatever a ref there names is whole.
      for (const id of state.refs.values()) expect(state.objects.has(id)).toBe(true)
      expect((await push(repo, { all: true })).refused).toEqual([])
      expect([...state.objects.keys()].sort()).toEqual([...whole.state.objects.keys()].sort())
      expect(new Map([...state.refs].filter(([name]) => name.startsWith('refs/heads/')))).toEqual(new Map([...whole.state.refs].filter(([name]) => name.startsWith('refs/heads/'))))
    }
  })

  it('stops when it is told to', async () => {
    const repo = await aHistory()
    const stop = new AbortController()
    stop.abort()
    await expect(anExchange().push({ ...repo, signal: stop.signal })).rejects.toThrow()
  })
})
