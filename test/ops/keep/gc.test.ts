import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../../src/base/ports.js'
import { digestOf } from '../../../src/codec/object-id.js'
import { verifyStore, type VerifyOptions } from '../../../src/history/verify/verify.js'
import { forget, type ForgetResult } from '../../../src/ops/keep/forget.js'
import { gc, type GcResult } from '../../../src/ops/keep/gc.js'
import { opPrune, type OpPruneResult } from '../../../src/ops/keep/op-prune.js'
import type { Repo } from '../../../src/ops/repo.js'
import { pointAt } from '../../../src/refs/ref.js'
import { objectKey } from '../../../src/store/keys.js'
import { seal } from '../../../src/object/seal.js'
import { utf8 } from '../../../src/base/bytes.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'

const collect = (repo: Repo, input: object = {}): Promise<GcResult> => gc.run(repo, gc.check({ dryRun: false, ...input })) as Promise<GcResult>
const prune = (repo: Repo, input: object): Promise<OpPruneResult> => opPrune.run(repo, opPrune.check({ dryRun: false, ...input })) as Promise<OpPruneResult>

async function errorsOf(repo: Repo, options?: VerifyOptions): Promise<readonly string[]> {
  const result = await verifyStore({ records: repo.store, random: repo.random, reporter: silentReporter, signal: repo.signal }, options)
  return result.findings.filter(({ severity }) => severity === 'error').map(({ message }) => message)
}

/** Ten ATOMs on main, three on a branch that is deleted, one of them with a file of its own. */
async function withLostBranch(): Promise<{ readonly repo: MemoryRepo; readonly lost: readonly Awaited<ReturnType<MemoryRepo['draft']>>[] }> {
  const repo = await aRepo()
  for (let index = 0; index < 10; index++) await repo.draft({ body: { title: `main ${String(index)}` } })
  const content = seal(utf8('only there\n'), 'raw')
  const lost = [
    await repo.draft({ body: { title: 'lost 1' }, objects: [content], files: new Map([['project/lost.txt', { mode: 0o100644 as const, link: content.id }]]) }, { ref: 'refs/heads/lost' }),
  ]
  lost.push(await repo.draft({ body: { title: 'lost 2' }, influencedBy: [{ object: digestOf(lost[0]!.id) }] }, { ref: 'refs/heads/lost' }))
  lost.push(await repo.draft({ type: 'REVERT', operation: 'revert', body: { title: 'lost 3' }, influencedBy: [{ object: digestOf(lost[0]!.id) }] }, { ref: 'refs/heads/lost' }))
  await repo.writer.transact({ agent: 'ann', command: 'branch' }, (tx) => { tx.edit({ ref: 'refs/heads/lost', expected: pointAt(lost[2]!.id), next: undefined }) })
  return { repo, lost }
}

describe('gc', () => {
  it('drops nothing that the operation log still names', async () => {
    const { repo } = await withLostBranch()
    expect(await collect(repo)).toMatchObject({ objects: 0, atoms: 0 })
  })

  it('drops what no ref and no operation reaches, with its index records, and leaves the rest provable', async () => {
    const { repo, lost } = await withLostBranch()
    await prune(repo, { keep: 0 })
    const dry = await collect(repo, { dryRun: true })
    expect(dry).toMatchObject({ isDryRun: true, atoms: 3 })
    expect(await errorsOf(repo)).toEqual([])
    expect(await collect(repo)).toMatchObject({ objects: dry.objects, bytes: dry.bytes, atoms: 3 })
    for (const { id, header } of lost) {
      expect(repo.objects.getObject(id)).toBeUndefined()
      expect(repo.index.getSeq(digestOf(id))).toBeUndefined()
      expect(await repo.index.withAtomId(header.atomId)).toEqual([])
    }
    const changing: number[] = []
    for await (const seq of repo.index.changing('project/lost.txt')) changing.push(seq)
    expect(changing).toEqual([])
    expect(await errorsOf(repo)).toEqual([])
    expect(await collect(repo)).toMatchObject({ objects: 0 })
    const next = await repo.draft({ body: { title: 'after' } })
    expect(next.header.atomId).not.toBe(lost[2]!.header.atomId)
    expect(await errorsOf(repo)).toEqual([])
  })

  it('harms nothing when it is cut off after any batch', async () => {
    for (let writes = 1; writes < 3; writes++) {
      const { repo } = await withLostBranch()
      await prune(repo, { keep: 0 })
      let left = writes
      const failing: Repo = { ...repo, writer: { ...repo.writer, transact: (stamp, work) => left-- > 0 ? repo.writer.transact(stamp, work) : Promise.reject(new Error('killed')) } }
      await collect(failing).catch((error: unknown) => { expect(String(error)).toContain('killed') })
      expect(await errorsOf(repo)).toEqual([])
    }
  })

  it('counts again when somebody records meanwhile, and keeps what was taken up again', async () => {
    const repo = await aRepo()
    const content = seal(utf8('taken up again\n'), 'raw')
    await repo.store.write({ puts: [[objectKey(content.id), content.bytes]], deletes: [] }, 'sync')
    let isFirst = true
    const busy: Repo = {
      ...repo,
      writer: {
        ...repo.writer,
        transact: async (stamp, work) => {
          if (isFirst) {
            isFirst = false
            await repo.draft({ objects: [content], files: new Map([['project/a', { mode: 0o100644 as const, link: content.id }]]) })
          }
          return repo.writer.transact(stamp, work)
        },
      },
    }
    expect(await collect(busy)).toMatchObject({ objects: 0 })
    expect(repo.objects.getObject(content.id)).toEqual(content.bytes)
    expect(await errorsOf(repo)).toEqual([])
  })

  it('drops nothing from a store with an object that cannot be read', async () => {
    const { repo, lost } = await withLostBranch()
    await repo.store.write({ puts: [[objectKey(lost[0]!.header.body), Uint8Array.of(1)]], deletes: [] }, 'sync')
    await expect(collect(repo)).rejects.toMatchObject({ code: 'OBJECT_CORRUPT', hint: 'atom verify' })
  })

  it('keeps the tree that was laid out, and everything after something was forgotten', async () => {
    const repo = await aRepo()
    const { header } = await repo.draft({ body: { title: 'to be forgotten' } })
    await (forget.run(repo, forget.check({ target: header.atomId, reason: 'test', dryRun: false })) as Promise<ForgetResult>)
    await prune(repo, { keep: 1 })
    await collect(repo)
    expect(await errorsOf(repo)).toEqual([])
  })
})

describe('op prune', () => {
  it('names the last one dropped, and stays provable however often it is done', async () => {
    const { repo } = await withLostBranch()
    expect(await prune(repo, { keep: 5, dryRun: true })).toMatchObject({ isDryRun: true, kept: 5 })
    for (const keep of [5, 3, 0, 1]) {
      expect((await prune(repo, { keep })).kept).toBe(keep)
      expect(await errorsOf(repo)).toEqual([])
      await repo.draft({ body: { title: `after ${String(keep)}` } })
      expect(await errorsOf(repo)).toEqual([])
    }
  })

  it('does not hide a ref that is moved behind the log afterwards', async () => {
    const { repo, lost } = await withLostBranch()
    await prune(repo, { keep: 0 })
    const { refKey } = await import('../../../src/store/keys.js')
    const { encodeTarget } = await import('../../../src/refs/ref.js')
    await repo.store.write({ puts: [[refKey('refs/heads/main'), encodeTarget(pointAt(lost[0]!.id))]], deletes: [] }, 'sync')
    expect((await errorsOf(repo)).join('\n')).toContain('refs/heads/main is not where the operation log left it')
  })

  it('goes by date, and wants one of the two', async () => {
    const { repo } = await withLostBranch()
    repo.clock.advance(86_400_000)
    await repo.draft({ body: { title: 'a day later' } })
    expect((await prune(repo, { before: '2024-11-28' })).kept).toBe(1)
    await expect(prune(repo, {})).rejects.toMatchObject({ code: 'USAGE' })
    await expect(prune(repo, { keep: 1, before: 'monday' })).rejects.toMatchObject({ code: 'USAGE' })
  })
})
