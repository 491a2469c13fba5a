import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../../src/base/ports.js'
import { toHex } from '../../../src/base/bytes.js'
import { verifyStore } from '../../../src/history/verify/verify.js'
import { rebuildIndexes, type ReindexResult } from '../../../src/ops/keep/reindex.js'
import type { Repo } from '../../../src/ops/repo.js'
import { createTrailIndex } from '../../../src/index/trail-index.js'
import { rangeOf, SPACES, type Space } from '../../../src/store/keys.js'
import { META } from '../../../src/store/objects.js'
import type { Store } from '../../../src/store/types.js'
import { makeSample } from '../../history/verify/sample-store.js'
import { aRepo } from '../../helpers/memory-repo.js'

const INDEXES: readonly Space[] = ['node', 'title', 'seq', 'atomId', 'path', 'influence', 'refutation', 'request', 'count']

async function sampleRepo(): Promise<Repo> {
  const { store, writer } = await makeSample(undefined, { large: 'none' })
  return { ...await aRepo(), store, writer, objects: { getObject: (id) => store.getRecord(Uint8Array.from([SPACES.object, ...Buffer.from(id, 'hex')])) }, index: createTrailIndex(store) }
}

async function dump(store: Store): Promise<readonly string[]> {
  const all: string[] = []
  for await (const list of store.scan({ gte: Uint8Array.of(0), lt: Uint8Array.of(255) })) for (const [key, value] of list) all.push(`${toHex(key)} ${toHex(value)}`)
  return all
}

const run = (repo: Repo): Promise<ReindexResult> => rebuildIndexes({ ...repo, index: createTrailIndex(repo.store) })
const isOk = async (repo: Repo): Promise<boolean> => (await verifyStore({ records: repo.store, random: repo.random, reporter: silentReporter, signal: repo.signal })).ok

describe('reindex', () => {
  it('makes the same records that recording made', async () => {
    const repo = await sampleRepo()
    const before = await dump(repo.store)
    expect(await run(repo)).toMatchObject({ left: [] })
    // The mark that it is under way is for the caller to take off.
    await repo.store.write({ puts: [], deletes: [META.reindex] }, 'sync')
    expect(await dump(repo.store)).toEqual(before)
  })

  it('mends every index that is gone or lies', async () => {
    for (const space of INDEXES) {
      const repo = await sampleRepo()
      for await (const list of repo.store.scan(rangeOf(space))) await repo.store.write({ puts: [], deletes: list.map(([key]) => key) }, 'sync')
      expect(await isOk(repo), space).toBe(false)
      await run(repo)
      expect(await isOk(repo), space).toBe(true)
    }
    const repo = await sampleRepo()
    await repo.store.write({ puts: [[META.log, Uint8Array.of(1, 2, 3)]], deletes: [] }, 'sync')
    await run(repo)
    expect(await isOk(repo)).toBe(true)
  })

  it('is completed by another run when it was cut off', async () => {
    for (let writes = 0; writes < 14; writes++) {
      const repo = await sampleRepo()
      let left = writes
      const cut = <Result>(work: () => Promise<Result>): Promise<Result> => left-- > 0 ? work() : Promise.reject(new Error('killed'))
      const store: Store = { ...repo.store, write: (batch, durability) => cut(() => repo.store.write(batch, durability)) }
      const writer = { ...repo.writer, transact: (stamp, work) => cut(() => repo.writer.transact(stamp, work)) } as typeof repo.writer
      await run({ ...repo, store, writer }).catch((error: unknown) => { expect(String(error)).toContain('killed') })
      await run(repo)
      expect(await isOk(repo), String(writes)).toBe(true)
    }
  })
})
