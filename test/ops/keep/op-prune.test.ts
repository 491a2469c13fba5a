import { describe, expect, it } from 'vitest'
import { requestId } from '../../../src/ops/record/add.js'
import { opPrune } from '../../../src/ops/keep/op-prune.js'
import { findRequest, operations } from '../../../src/refs/operation-log.js'
import { rangeOf } from '../../../src/store/keys.js'
import { run } from '../../helpers/branches.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { aRepo, START_MS, type MemoryRepo } from '../../helpers/memory-repo.js'
import { verify } from '../../../src/ops/prove/verify.js'

const request = (count: number): string => requestId(String(count))

/** An INIT and four ATOMs, one a day, each with its request. */
async function aLog(): Promise<MemoryRepo> {
  const repo = await aRepo()
  for (let count = 1; count <= 4; count++) {
    repo.clock.advance(86_400_000)
    await repo.add({ title: String(count), request: String(count) })
  }
  return repo
}

const seqs = (repo: MemoryRepo): readonly number[] => [...operations(repo.store)].map(({ op }) => op.seq)
const errorsOf = async (repo: MemoryRepo): Promise<readonly string[]> => (await run(repo, verify, {})).findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)

describe('op prune', () => {
  it('keeps so many, and one more that says so; the store still verifies', async () => {
    const repo = await aLog()
    const [, , third] = [...operations(repo.store)]
    expect(await run(repo, opPrune, { keep: 2 })).toEqual({ isDryRun: false, dropped: 3, kept: 2, last: third?.id })
    expect(seqs(repo)).toEqual([6, 5, 4])
    expect(await errorsOf(repo)).toEqual([])
    await repo.add({ title: 'after it' })
    expect([seqs(repo), await errorsOf(repo)]).toEqual([[7, 6, 5, 4], []])
  })

  it('forgets the requests of what it drops, and no others', async () => {
    const repo = await aLog()
    expect((await findRequest(repo.store, request(2)))?.op.seq).toBe(3)
    await run(repo, opPrune, { keep: 2 })
    expect([await findRequest(repo.store, request(2)), (await findRequest(repo.store, request(3)))?.op.seq]).toEqual([undefined, 4])
    let requests = 0
    for await (const list of repo.store.scan(rangeOf('request'))) requests += list.length
    expect(requests).toBe(2)
  })

  it('goes by date, and a clock that went back makes no hole', async () => {
    const repo = await aLog()
    repo.clock.set(START_MS - 86_400_000)
    await repo.add({ title: 'from the past' })
    repo.clock.set(START_MS + 9 * 86_400_000)
    await repo.add({ title: 'now' })
    expect((await run(repo, opPrune, { before: new Date(START_MS).toISOString(), dryRun: true })).dropped).toBe(6)
    expect(seqs(repo)).toHaveLength(7)
    expect(await run(repo, opPrune, { before: '2000-01-01' })).toMatchObject({ dropped: 0, kept: 7, last: undefined })
    expect(seqs(repo)).toHaveLength(7)
  })

  it('can drop all, twice, and needs to be told what', async () => {
    const repo = await aLog()
    expect(await run(repo, opPrune, { keep: 0 })).toMatchObject({ dropped: 5, kept: 0 })
    expect([seqs(repo), await errorsOf(repo)]).toEqual([[6], []])
    await run(repo, opPrune, { keep: 0 })
    expect([seqs(repo), await errorsOf(repo)]).toEqual([[7], []])
    for (const input of [{}, { keep: 1, before: '2000-01-01' }]) expect(await codeOfAsync(() => run(repo, opPrune, input))).toBe('USAGE')
  })
})
