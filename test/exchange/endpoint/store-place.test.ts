import { describe, expect, it } from 'vitest'
import { digestOf, type ObjectId } from '../../../src/codec/object-id.js'
import { createEndpoint } from '../../../src/exchange/endpoint/endpoint.js'
import { openStorePlace } from '../../../src/exchange/endpoint/store-place.js'
import { openHttpRemote } from '../../../src/exchange/http/http-remote.js'
import type { Remote } from '../../../src/exchange/remote.js'
import { readLogState } from '../../../src/refs/log-state.js'
import { resolveRef } from '../../../src/refs/ref.js'
import { readAll } from '../../conformance/remote-suite.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { anExchange, problemsOf } from '../../helpers/exchange.js'
import { ENTRIES, hostAt, TOKENS } from '../../helpers/http-endpoint.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { streamOf } from '../../helpers/remote-objects.js'

const MAIN = 'refs/heads/main'
const ATOMS = 40

async function filled(): Promise<MemoryRepo> {
  const repo = await aRepo()
  for (let count = 1; count < ATOMS; count++) {
    repo.worktree.put('a.env', `A=${String(count)}\n`)
    await repo.add({ type: count % 2 === 0 ? 'DECISION' : 'CFG', title: `step ${String(count)}`, files: ['a.env'] })
  }
  return repo
}

interface Served {
  readonly remote: Remote
  readonly requests: string[]
  /** How many visits were under way at once, at most. */
  readonly most: () => number
  get(path: string): Promise<{ readonly status: number; readonly value: Record<string, unknown> }>
}

function serve(repo: MemoryRepo): Served {
  const requests: string[] = []
  let [now, most] = [0, 0]
  const place = openStorePlace(async (work) => {
    most = Math.max(most, ++now)
    try {
      return await work(repo)
    } finally {
      now--
    }
  }, 'store')
  const endpoint = createEndpoint({ tokens: ENTRIES, writes: 'refused', open: async () => place, report: (error) => { throw error as Error } })
  const send = async (url: string, init: RequestInit): Promise<Response> => {
    requests.push(new URL(url).pathname)
    return endpoint.fetch(new Request(url, init))
  }
  return {
    requests, most: () => most, remote: openHttpRemote(hostAt('http://127.0.0.1', { send })),
    async get(path) {
      const answer = await send(`http://127.0.0.1${path}`, { headers: { authorization: `Bearer ${TOKENS.reader}` } })
      return { status: answer.status, value: await answer.json() as Record<string, unknown> }
    },
  }
}

describe('a store as a remote that is read', () => {
  it('gives all of it to a store that has nothing, with its operation log, in few requests', async () => {
    const repo = await filled()
    const { remote, requests, most } = serve(repo)
    const other = await aRepo({ seed: 'other', init: 'none' })
    await anExchange().fetch(other, {}, remote)
    expect(resolveRef(other.store, 'refs/remotes/origin/main')).toBe(resolveRef(repo.store, MAIN))
    // Nobody has chosen a branch in it.
    expect(await problemsOf(other)).toEqual(['ref-missing: there is no HEAD'])
    const { tip } = readLogState(repo.store)
    expect(other.objects.getObject(tip as ObjectId)).toBeDefined()
    expect(requests.length).toBeLessThan(12)
    expect(most()).toBe(1)
  })

  it('gives one that has the trail up to yesterday little more than what is new', async () => {
    const repo = await filled()
    const { remote, requests } = serve(repo)
    const other = await aRepo({ seed: 'other', init: 'none' })
    await anExchange().fetch(other, {}, remote)
    await repo.add({ type: 'DECISION', title: 'today' })
    requests.length = 0
    const before = resolveRef(other.store, 'refs/remotes/origin/main') as ObjectId
    const tip = resolveRef(repo.store, MAIN) as ObjectId
    expect((await readAll(remote, [tip], [before])).size).toBeLessThan(6)
    await anExchange().fetch(other, {}, remote)
    expect(resolveRef(other.store, 'refs/remotes/origin/main')).toBe(tip)
  })

  it('takes nothing', async () => {
    const repo = await filled()
    const { remote } = serve(repo)
    const tip = resolveRef(repo.store, MAIN)
    for (const work of [() => remote.put(streamOf([{ id: tip as ObjectId, bytes: repo.objects.getObject(tip as ObjectId) as Uint8Array }])), () => remote.updateRefs([{ ref: MAIN, expected: tip, next: undefined }]), () => remote.forget([tip as ObjectId])]) {
      expect(await codeOfAsync(work)).toBe('REMOTE_AUTH')
    }
    const place = openStorePlace(async (work) => work(repo), 'store')
    expect(await codeOfAsync(() => place.remote.forget([tip as ObjectId]))).toBe('REMOTE_REFUSED')
    expect(resolveRef(repo.store, MAIN)).toBe(tip)
  })
})

describe('a store as scripts ask it', () => {
  it('lists its ATOMs page by page, and finds some of them', async () => {
    const repo = await filled()
    const { get } = serve(repo)
    const seen: unknown[] = []
    for (let after: unknown = ''; after !== null;) {
      const { value } = await get(`/atoms?limit=7${after === '' ? '' : `&after=${String(after)}`}`)
      seen.push(...(value['atoms'] as readonly Record<string, unknown>[]).map(({ title }) => title))
      after = value['next']
      expect(seen.length).toBeLessThanOrEqual(ATOMS)
    }
    expect(seen.slice(0, 3)).toEqual([39, 38, 37].map((count) => `step ${String(count)}`))
    expect(new Set(seen).size).toBe(ATOMS)
    const count = async (query: string): Promise<number> => ((await get(`/atoms?limit=200&${query}`)).value['atoms'] as readonly unknown[]).length
    expect([await count('type=DECISION'), await count('type=CFG&q=STEP%201'), await count('agent=nobody'), await count('since=2999-01-01')]).toEqual([19, 6, 0, 0])
    expect((await get('/atoms?after=nowhere')).status).toBe(400)
  })

  it('shows one, counts, and verifies itself', async () => {
    const repo = await filled()
    const { get } = serve(repo)
    const tip = digestOf(resolveRef(repo.store, MAIN) as ObjectId)
    expect((await get(`/atoms/${tip}`)).value).toMatchObject({ object: tip, title: 'step 39', files: [{ path: 'a.env', change: 'modify' }] })
    const { value: stats } = await get('/stats')
    expect(stats).toMatchObject({ atoms: ATOMS, unverified: 0, by_type: { CFG: 20, DECISION: 19, INIT: 1 } })
    const sum = { objects: 0, bytes: 0, atoms: 0 }
    for (let after: unknown = ''; after !== null;) {
      const { value } = await get(`/verify?limit=50${after === '' ? '' : `&after=${String(after)}`}`)
      expect(value['findings']).toEqual([])
      for (const key of ['objects', 'bytes', 'atoms'] as const) sum[key] += Number(value[key])
      after = value['next']
      expect(sum.atoms).toBeLessThanOrEqual(ATOMS)
    }
    expect(sum).toEqual({ objects: stats['objects'], bytes: stats['bytes'], atoms: ATOMS })
  })
})
