import { describe, expect, it } from 'vitest'
import { digestOf, type ObjectId } from '../../../src/codec/object-id.js'
import { openMemoryRemote, type MemoryRemoteState } from '../../../src/exchange/memory-remote.js'
import { rebuild, type Rebuilding, type Rebuilt } from '../../../src/exchange/recover/rebuild.js'
import { readSalvage } from '../../../src/exchange/recover/salvage.js'
import { forget } from '../../../src/ops/keep/forget.js'
import { opPrune } from '../../../src/ops/keep/op-prune.js'
import { branchDelete } from '../../../src/ops/fork/branch.js'
import { undo } from '../../../src/ops/undo/undo.js'
import { OPS } from '../../../src/refs/name.js'
import { operations } from '../../../src/refs/operation-log.js'
import { readLogState } from '../../../src/refs/log-state.js'
import { resolveRef } from '../../../src/refs/ref.js'
import { getObjectKeyId, objectKey, rangeOf } from '../../../src/store/keys.js'
import { createMemoryStore } from '../../../src/store/memory-store.js'
import { readObject } from '../../../src/store/objects.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { anExchange, contentsOf, cutAt, problemsOf, refsOf, type Exchange } from '../../helpers/exchange.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { aHistory } from '../../helpers/small-history.js'

const MAIN = 'refs/heads/main'
const tip = (repo: MemoryRepo, ref = MAIN): ObjectId => resolveRef(repo.store, ref) as ObjectId

const empty = (seed = 'new'): Promise<MemoryRepo> => aRepo({ seed, init: 'none' })

function rebuildFrom(to: MemoryRepo, state: MemoryRemoteState, more: Partial<Rebuilding> = {}): Promise<Rebuilt> {
  return rebuild(to, { remote: openMemoryRemote(state, 'memory:origin'), salvage: undefined, openScratch: async () => createMemoryStore(), remoteName: 'origin', ...more })
}

async function objectsIn(repo: MemoryRepo): Promise<readonly string[]> {
  const found: string[] = []
  for await (const list of repo.store.scan(rangeOf('object'))) for (const [key] of list) found.push(getObjectKeyId(key) ?? '')
  return found.sort()
}

const commandsOf = (repo: MemoryRepo): readonly string[] => [...operations(repo.store)].map(({ op }) => `${String(op.seq)} ${op.command}`).reverse()

/** A history that was pushed once, and whose every move is in the remote's copy of its log, but for the push itself. */
async function pushed(): Promise<{ readonly from: MemoryRepo; readonly exchange: Exchange }> {
  const from = await aHistory()
  const exchange = anExchange()
  await exchange.push(from, { all: true })
  return { from, exchange }
}

describe('a store made again from a remote', () => {
  it('has the same objects and refs, and goes on with the same log', async () => {
    const { from, exchange } = await pushed()
    const to = await empty()
    const result = await rebuildFrom(to, exchange.state)
    expect(result).toMatchObject({ location: 'memory:origin', trail: 'same', salvaged: 0, odd: [], name: 'origin' })
    expect(await problemsOf(to)).toEqual([])
    expect(await refsOf(to)).toEqual(await refsOf(from))
    const [old, fresh] = [commandsOf(from), commandsOf(to)]
    // The push itself is in no copy of the log: in its place stands what noted the remote again.
    expect([old.at(-1), fresh.at(-1)]).toEqual([`${String(old.length)} push`, `${String(old.length)} recover`])
    expect(fresh.slice(0, -1)).toEqual(old.slice(0, -1))
    const lastOp = [...operations(from.store)][0]?.id as string
    expect(await objectsIn(to)).toEqual([...(await objectsIn(from)).filter((id) => id !== lastOp), [...operations(to.store)][0]?.id as string].sort())
  })

  it('can be undone in, and gives no atom id out again', async () => {
    const { from, exchange } = await pushed()
    const to = await empty()
    await rebuildFrom(to, exchange.state)
    const [parent] = readObject(from.objects, tip(from), 'atom').parents
    await undo.run(to, undo.check({ force: true }))
    expect(tip(to)).toBe(parent)
    const [next, other] = [await to.add({ title: 'next' }), await from.add({ title: 'next' })]
    expect(next.atom.header.atomId).toBe(other.atom.header.atomId)
    expect((await problemsOf(to)).filter((problem) => !problem.startsWith('clock-'))).toEqual([])
  })

  it('goes on from the store: what is recorded next can be pushed back', async () => {
    const { exchange } = await pushed()
    const to = await empty()
    await rebuildFrom(to, exchange.state)
    await to.add({ title: 'after' })
    expect(await exchange.push(to, { all: true })).toMatchObject({ refused: [] })
    expect(exchange.state.refs.get(MAIN)).toBe(tip(to))
  })

  it('still refuses what was forgotten, and knows what was pruned and deleted', async () => {
    const { from, exchange } = await pushed()
    const { body } = readObject(from.objects, tip(from), 'atom')
    await forget.run(from, forget.check({ target: 'HEAD', reason: 'privacy' }))
    await branchDelete.run(from, branchDelete.check({ names: ['side'], force: true }))
    await exchange.push(from)
    await opPrune.run(from, opPrune.check({ keep: 3 }))
    await exchange.push(from)
    const to = await empty()
    await rebuildFrom(to, exchange.state)
    expect(to.objects.getObject(body)).toBeUndefined()
    expect(await refsOf(to)).toMatchObject({ [`refs/atom/forgotten/${digestOf(body)}`]: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect((await problemsOf(to)).filter((problem) => !problem.startsWith('index-'))).toEqual([])
  })

  it('drops bytes that the lost store had forgotten and the remote still gives', async () => {
    const { from, exchange } = await pushed()
    const { body } = readObject(from.objects, tip(from), 'atom')
    const bytes = from.objects.getObject(body) as Uint8Array
    await forget.run(from, forget.check({ target: 'HEAD', reason: 'privacy' }))
    await exchange.push(from)
    exchange.state.objects.set(body, bytes)
    const to = await empty()
    await rebuildFrom(to, exchange.state)
    expect(to.objects.getObject(body)).toBeUndefined()
    expect((await problemsOf(to)).filter((problem) => !problem.startsWith('index-'))).toEqual([])
  })

  it('begins a log of its own where the remote has several, unless one is named', async () => {
    const { from, exchange } = await pushed()
    const other = await empty('clone')
    await rebuildFrom(other, { ...exchange.state, refs: new Map([...exchange.state.refs].filter(([ref]) => !ref.startsWith(OPS))) })
    await other.add({ title: 'there' })
    await exchange.push(other, { all: true })
    const to = await empty()
    const result = await rebuildFrom(to, exchange.state)
    expect([result.log, result.logs.length, commandsOf(to)]).toEqual([undefined, 2, ['1 recover']])
    expect(tip(to)).toBe(tip(other))
    const store = [...operations(from.store)][0]?.op.store as string
    const named = await empty()
    expect((await rebuildFrom(named, exchange.state, { log: store })).log?.store).toBe(store)
    // Further on than the log left it: the other machine's work is there too.
    expect(tip(named)).toBe(tip(other))
    expect(await codeOfAsync(async () => await rebuildFrom(await empty(), exchange.state, { log: 'f'.repeat(32) }))).toBe('REF_NOT_FOUND')
  })

  it('of an empty remote is refused', async () => {
    expect(await codeOfAsync(async () => await rebuildFrom(await empty(), anExchange().state))).toBe('REF_NOT_FOUND')
  })
})

describe('a remote that lies, or breaks', () => {
  it('moves no ref, whatever object is altered or missing', async () => {
    const { exchange } = await pushed()
    for (const [id, bytes] of exchange.state.objects) {
      const to = await empty()
      exchange.state.objects.set(id, bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte)))
      expect(await codeOfAsync(async () => await rebuildFrom(to, exchange.state))).toBe('OBJECT_CORRUPT')
      exchange.state.objects.set(id, bytes)
      expect(await refsOf(to)).toEqual({})
    }
    const content = [...exchange.state.objects.keys()].find((id) => id.startsWith('55')) as ObjectId
    exchange.state.objects.delete(content)
    expect(await codeOfAsync(async () => await rebuildFrom(await empty(), exchange.state))).toBe('LINK_MISSING')
  })

  it('cut off at any step leaves a store without refs', async () => {
    const { exchange } = await pushed()
    const counter = cutAt(openMemoryRemote(exchange.state), 0)
    await rebuildFrom(await empty(), exchange.state, { remote: counter })
    for (let step = 1; step <= counter.steps(); step++) {
      const to = await empty()
      expect(await codeOfAsync(async () => await rebuildFrom(to, exchange.state, { remote: cutAt(openMemoryRemote(exchange.state), step) }))).toBe('REMOTE_UNREACHABLE')
      expect(await refsOf(to)).toEqual({})
    }
  })
})

describe('what could be salvaged', () => {
  it('goes beyond what the remote has, with its operations', async () => {
    const { from, exchange } = await pushed()
    await from.add({ title: 'not sent' })
    await from.add({ title: 'aside', branch: 'new' })
    const to = await empty()
    const result = await rebuildFrom(to, exchange.state, { salvage: await readSalvage(from.store) })
    expect([result.salvaged, result.trail, result.log?.ops]).toEqual([2, 'same', readLogState(from.store).ops])
    expect(await refsOf(to)).toEqual(await refsOf(from))
    expect(commandsOf(to)).toEqual(commandsOf(from))
    expect(await problemsOf(to)).toEqual([])
  })

  it('is taken ATOM by ATOM, as far as it is whole', async () => {
    const { from, exchange } = await pushed()
    const whole = await from.add({ title: 'whole' })
    const torn = await from.add({ title: 'torn' })
    await from.store.write({ puts: [], deletes: [objectKey(torn.atom.header.body)] }, 'sync')
    const to = await empty()
    const result = await rebuildFrom(to, exchange.state, { salvage: await readSalvage(from.store) })
    expect(result.salvaged).toBe(1)
    expect(to.index.getSeq(digestOf(torn.atom.id))).toBeUndefined()
    expect(to.index.getSeq(digestOf(whole.atom.id))).toBeDefined()
    expect((await problemsOf(to)).filter((problem) => !/^(?:op-|index-)/.test(problem))).toEqual([])
  })

  it('fills what the remote lacks, and the other way round', async () => {
    const { from, exchange } = await pushed()
    const [first, second] = [...exchange.state.objects.keys()].filter((id) => id.startsWith('55'))
    exchange.state.objects.delete(first as ObjectId)
    await from.store.write({ puts: [], deletes: [objectKey(second as ObjectId)] }, 'sync')
    const to = await empty()
    await rebuildFrom(to, exchange.state, { salvage: await readSalvage(from.store) })
    expect(await problemsOf(to)).toEqual([])
  })

  it('continues its log even where the remote has none of it', async () => {
    const { from, exchange } = await pushed()
    const bare = { ...exchange.state, refs: new Map([...exchange.state.refs].filter(([ref]) => !ref.startsWith(OPS))) }
    const to = await empty()
    expect((await rebuildFrom(to, bare, { salvage: await readSalvage(from.store) })).log?.ops).toBe(readLogState(from.store).ops)
    expect(await problemsOf(to)).toEqual([])
  })

  it('of another trail is told apart', async () => {
    const { exchange } = await pushed()
    expect((await rebuildFrom(await empty(), exchange.state, { salvage: await readSalvage((await aRepo({ seed: 'elsewhere' })).store) })).trail).toBe('other')
  })

  it('changes nothing in what it was read from', async () => {
    const { from, exchange } = await pushed()
    const before = await contentsOf(from)
    await rebuildFrom(await empty(), exchange.state, { salvage: await readSalvage(from.store) })
    expect(await contentsOf(from)).toBe(before)
  })
})
