import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isAtomError } from '../../src/base/errors.js'
import { openSession } from '../../src/app/session.js'
import { add, type AddInput, type AddResult } from '../../src/ops/record/add.js'
import { verify, type VerifyResult } from '../../src/ops/prove/verify.js'
import { resolveRef } from '../../src/refs/ref.js'
import { digestOf, type ObjectId } from '../../src/codec/object-id.js'
import { toJsonLine } from '../../src/cli/terminal/json.js'
import { branchDelete } from '../../src/ops/fork/branch.js'
import { forget } from '../../src/ops/keep/forget.js'
import { gc } from '../../src/ops/keep/gc.js'
import { opPrune } from '../../src/ops/keep/op-prune.js'
import { rebuildIndexes } from '../../src/ops/keep/reindex.js'
import { exportJsonl } from '../../src/ops/transfer/jsonl/export-jsonl.js'
import { importJsonl } from '../../src/ops/transfer/jsonl/import-jsonl.js'
import { META, readObject } from '../../src/store/objects.js'
import { faultyStore, type FaultyStore } from '../helpers/faulty-store.js'
import { aRepo, type MemoryRepo, type RepoOptions } from '../helpers/memory-repo.js'
import { hasSmallDisks, smallDisk } from '../helpers/small-disk.js'
import { checkLine, checkWhole, contextIn, makePlace, readLog } from './kit.js'

describe('a write that fails', () => {
  const content = (bytes: number): Uint8Array => new Uint8Array(Buffer.alloc(bytes, 'line of a large file\n'))
  const cases: readonly (readonly [string, Partial<AddInput>])[] = [
    ['two files', { files: ['a.env', 'sub'] }],
    ['a file that goes ahead in batches', { files: ['big.bin', 'a.env'] }],
    ['large evidence', { evidence: [{ name: 'output', phase: 'after', content: content(20 * 1_048_576) }] }],
    ['a stamped file', { type: 'CFG', files: ['a.env'], stamp: 'stamp.md' }],
  ]

  it.each(cases)('leaves the store as before or after, for every n: %s', async (_name, input) => {
    for (let nth = 1; ; nth++) {
      const store = faultyStore()
      const repo = await aRepo({ store })
      repo.worktree.put('a.env', 'KEY=value\n')
      repo.worktree.put('sub/b.txt', 'text')
      repo.worktree.put('big.bin', content(3 * 1_048_576))
      repo.worktree.put('stamp.md', 'id: ATOM-CFG-@\n')
      const before = resolveRef(store, 'refs/heads/main')
      store.failAt(nth)
      const failure = await repo.add(input).then(() => undefined, (error: unknown) => error)
      const result = await (verify.run(repo, verify.check({})) as Promise<VerifyResult>)
      expect(result.findings.filter(({ severity }) => severity === 'error')).toEqual([])
      const after = resolveRef(store, 'refs/heads/main')
      if (failure === undefined) {
        expect(after).not.toBe(before)
        expect(nth).toBeGreaterThan(1)
        return
      }
      // The last write of a stamped one only remembers what lies on disk: the ATOM is there.
      if (after !== before) {
        expect(input.stamp).toBe('stamp.md')
        continue
      }
      const again = await repo.add(input)
      expect(resolveRef(store, 'refs/heads/main')).toBe(again.atom.id)
    }
  })
})

describe('a write that fails in the middle of work on many ATOMs', () => {
  /** A store with something to drop, to forget and to send. */
  async function aStore(options: RepoOptions = {}): Promise<{ readonly store: FaultyStore; readonly repo: MemoryRepo }> {
    const store = faultyStore()
    const repo = await aRepo({ store, ...options })
    for (let step = 0; step < 6; step++) {
      repo.worktree.put('a.env', `STEP=${String(step)}\n`)
      await repo.add({ title: `step ${String(step)}`, files: ['a.env'], evidence: [{ name: 'output', phase: 'after', content: new Uint8Array(Buffer.from(`output ${String(step)}`)) }] })
    }
    for (let step = 0; step < 3; step++) await repo.add({ title: `beside ${String(step)}`, branch: 'side' })
    await branchDelete.run(repo, branchDelete.check({ names: ['side'], force: true }))
    await repo.add({ title: 'last' })
    await opPrune.run(repo, opPrune.check({ keep: 1 }))
    return { store, repo }
  }
  async function linesOf(): Promise<readonly string[]> {
    const { repo } = await aStore()
    const lines: string[] = []
    for await (const line of exportJsonl.run(repo, { revisions: [] }) as AsyncIterable<unknown>) lines.push(toJsonLine(line))
    return lines
  }
  const works: readonly (readonly [string, () => Promise<{ readonly store: FaultyStore; readonly repo: MemoryRepo; readonly work: () => Promise<unknown>; readonly isDone: () => boolean }>])[] = [
    ['gc', async () => {
      const made = await aStore()
      const dropped = made.repo.index.node(8).id
      return { ...made, work: async () => gc.run(made.repo, gc.check({ dryRun: false })), isDone: () => made.repo.objects.getObject(dropped) === undefined }
    }],
    ['forget', async () => {
      const made = await aStore()
      const { body } = readObject(made.repo.objects, made.repo.index.node(3).id, 'atom')
      return { ...made, work: async () => forget.run(made.repo, forget.check({ target: 'HEAD~4', reason: 'secret', dryRun: false })), isDone: () => made.repo.objects.getObject(body) === undefined }
    }],
    ['reindex', async () => {
      // It makes no names, so its work runs once, and it remembers between two transactions how far it is.
      const made = await aStore({ writer: 'plain' })
      return { ...made, work: () => rebuildIndexes(made.repo).then(() => made.store.write({ puts: [], deletes: [META.reindex] }, 'sync')), isDone: () => made.store.getRecord(META.reindex) === undefined }
    }],
    ['import jsonl', async () => {
      const lines = await linesOf()
      const store = faultyStore()
      const repo = await aRepo({ store, seed: 'other' })
      const source = importJsonl(async function* () { yield await Promise.resolve(Buffer.from(lines.join('\n'))) }, 'trail.jsonl')
      return { store, repo, work: async () => source.run(repo, {}), isDone: () => resolveRef(store, 'refs/heads/main') !== undefined && repo.index.getSeq(digestOf(resolveRef(store, 'refs/heads/main') as ObjectId)) === 8 }
    }],
  ]

  it.each(works)('leaves a whole store, for every n, and another run completes it: %s', async (name, make) => {
    for (let nth = 1; ; nth++) {
      const { store, repo, work, isDone } = await make()
      store.failAt(nth)
      const failure = await work().then(() => undefined, (error: unknown) => error)
      if (failure === undefined) {
        expect(nth).toBeGreaterThan(1)
        return
      }
      // Indexes that are being made again are marked as such, and finished by whoever opens the store.
      if (name !== 'reindex') expect(await errorsIn(repo)).toEqual([])
      await work()
      expect([isDone(), await errorsIn(repo)]).toEqual([true, []])
    }
  })
})

async function errorsIn(repo: MemoryRepo): Promise<readonly unknown[]> {
  const result = await (verify.run(repo, verify.check({})) as Promise<VerifyResult>)
  return result.findings.filter(({ severity }) => severity === 'error')
}

/** Returns a store whose log holds `count` recordings, not yet moved into tables. */
async function recorded(count: number): Promise<Awaited<ReturnType<typeof makePlace>>> {
  const place = await makePlace()
  const session = await openSession(place.context)
  for (let index = 0; index < count; index++) await session.run(add, { type: 'TASK', title: `t${String(index)}` })
  await session.close()
  return place
}

describe('a log that was cut off', () => {
  it('opens as an earlier state that is whole, wherever the cut is', async () => {
    await using place = await recorded(8)
    const titles = (await readLogOfCopy(place.folder)).reverse()
    const name = readdirSync(join(place.folder, '.atom/store')).find((file) => file.endsWith('.log')) ?? ''
    const bytes = readFileSync(join(place.folder, '.atom/store', name))
    expect(bytes.length).toBeGreaterThan(2_000)
    const lengths = new Set<number>()
    for (let length = 0; length < bytes.length; length += 97 + (length % 31)) {
      const copy = mkdtempSync(join(tmpdir(), 'atom-cut-'))
      try {
        cpSync(join(place.folder, '.atom'), join(copy, '.atom'), { recursive: true })
        writeFileSync(join(copy, '.atom/store', name), bytes.subarray(0, length))
        const found = await readLog({ context: contextIn(copy) })
        await checkWhole({ context: contextIn(copy) })
        expect(found.map(({ title }) => title).reverse()).toEqual(titles.slice(0, found.length))
        lengths.add(found.length)
      } finally {
        rmSync(copy, { recursive: true, force: true })
      }
    }
    expect(lengths.size).toBe(8)
  })
})

async function readLogOfCopy(folder: string): Promise<(string | undefined)[]> {
  const copy = mkdtempSync(join(tmpdir(), 'atom-copy-'))
  try {
    cpSync(join(folder, '.atom'), join(copy, '.atom'), { recursive: true })
    return (await readLog({ context: contextIn(copy) })).map(({ title }) => title)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

describe.skipIf(!hasSmallDisks('a full disk'))('a disk that is full', () => {
  it('is said as STORE_FULL, and everything acknowledged is there', async () => {
    using disk = smallDisk('6m')
    const place = await makePlace(disk.folder)
    const acks: { title: string; atomId: string; object: string; ms: number }[] = []
    const failures: unknown[] = []
    const session = await openSession(place.context)
    for (let index = 0; index < 40; index++) {
      const bytes = new Uint8Array(300_000).map((_, at) => (at * 7_919 + index * 104_729) % 251 ^ Math.floor(Math.random() * 256))
      try {
        const { atom } = await session.run(add, { type: 'TASK', title: `t${String(index)}`, evidence: [{ name: 'output', phase: 'other', content: bytes }] }) as AddResult
        acks.push({ title: `t${String(index)}`, atomId: atom.header.atomId, object: atom.id.slice(2), ms: 0 })
      } catch (error) {
        failures.push(error)
      }
    }
    await session.close()
    expect(failures.length).toBeGreaterThan(0)
    expect(failures.filter((error) => !isAtomError(error, 'STORE_FULL'))).toEqual([])
    disk.resize('64m')
    const again = await openSession(place.context)
    await again.run(add, { type: 'TASK', title: 'room again' })
    await again.close()
    const entries = await checkLine(place, acks)
    expect(entries[0]?.title).toBe('room again')
  })
})
