import { createMemoryRemoteState, openMemoryRemote, type MemoryRemoteState } from '../../src/exchange/memory-remote.js'
import type { Remote } from '../../src/exchange/remote.js'
import { unreachable } from '../../src/exchange/remote-errors.js'
import { fetchFrom, type FetchInput, type FetchResult } from '../../src/exchange/sync/fetch.js'
import { pushTo, type PushInput, type PushResult } from '../../src/exchange/sync/push.js'
import { verifyStore } from '../../src/history/verify/verify.js'
import type { Repo } from '../../src/ops/repo.js'
import { listRefs } from '../../src/refs/ref.js'
import { formatTarget } from '../../src/object/op.js'
import { createMemoryStore } from '../../src/store/memory-store.js'
import { scanAll } from '../conformance/store-suite.js'

/** A remote in memory, and what the use cases make of it under the name `origin`. */
export interface Exchange {
  readonly state: MemoryRemoteState
  push(repo: Repo, input?: Partial<PushInput>, remote?: Remote): Promise<PushResult>
  fetch(repo: Repo, input?: Partial<FetchInput>, remote?: Remote): Promise<FetchResult>
}

export function anExchange(state: MemoryRemoteState = createMemoryRemoteState(), name: string | null = 'origin'): Exchange {
  const open = (remote: Remote = openMemoryRemote(state, 'memory:origin')) => async () => ({ name: name ?? undefined, remote })
  return {
    state,
    push: (repo, input = {}, remote) => {
      const push = pushTo(open(remote))
      return push.run(repo, push.check(input)) as Promise<PushResult>
    },
    fetch: (repo, input = {}, remote) => {
      const fetch = fetchFrom({ open: open(remote), openScratch: async () => createMemoryStore() })
      return fetch.run(repo, fetch.check(input)) as Promise<FetchResult>
    },
  }
}

/** Returns the errors and warnings of a verification. */
export async function problemsOf(repo: Repo): Promise<readonly string[]> {
  const { findings } = await verifyStore({ records: repo.store, random: repo.random, reporter: repo.reporter, signal: repo.signal })
  return findings.filter(({ severity }) => severity !== 'info').map(({ code, message }) => `${code}: ${message}`)
}

export async function refsOf(repo: Repo): Promise<Record<string, string | null>> {
  return Object.fromEntries((await listRefs(repo.store, '')).map(({ name, target }) => [name, formatTarget(target)]))
}

/** Everything in a store, to compare before and after. */
export async function contentsOf(repo: Repo): Promise<string> {
  return JSON.stringify((await scanAll(repo.store)).map(([key, value]) => [[...key], [...value]]))
}

/** A remote whose n-th step breaks the wire: each call is one, and each object of a stream. */
export function cutAt(remote: Remote, nth: number): Remote & { readonly steps: () => number } {
  let steps = 0
  const step = (): void => {
    if (++steps === nth) throw unreachable(remote.location, 'cut off')
  }
  return {
    ...remote,
    steps: () => steps,
    async refs() {
      step()
      return await remote.refs()
    },
    async missing(ids) {
      step()
      return await remote.missing(ids)
    },
    async* get(ids, options) {
      step()
      for await (const object of remote.get(ids, options)) {
        step()
        yield object
      }
    },
    async put(objects) {
      step()
      await remote.put((async function* () {
        for await (const object of objects) {
          step()
          yield object
        }
      })())
    },
    async updateRefs(updates) {
      step()
      const outcomes = await remote.updateRefs(updates)
      // Done there, and the answer is lost.
      step()
      return outcomes
    },
    async forget(ids) {
      step()
      await remote.forget(ids)
    },
  }
}
