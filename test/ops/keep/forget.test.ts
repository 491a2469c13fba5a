import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentReporter } from '../../../src/base/ports.js'
import { utf8 } from '../../../src/base/bytes.js'
import { digestOf } from '../../../src/codec/object-id.js'
import { verifyStore, type VerifyOptions } from '../../../src/history/verify/verify.js'
import { forget, type ForgetInput, type ForgetResult } from '../../../src/ops/keep/forget.js'
import { encodeReceipt } from '../../../src/object/receipt.js'
import { encodeAtom } from '../../../src/object/atom.js'
import { parseAtomId } from '../../../src/object/atom-id.js'
import { encodeBody } from '../../../src/object/body.js'
import { seal, type SealedObject } from '../../../src/object/seal.js'
import type { SideFiles } from '../../../src/ops/ports.js'
import { EMPTY_TREE } from '../../../src/tree/read.js'
import { anAtomHeader } from '../../helpers/objects.js'
import { encodeMergeState, getMergeState, type MergeState } from '../../../src/ops/fork/merge-state.js'
import { pointAt } from '../../../src/refs/ref.js'
import { sealContent } from '../../../src/store/content.js'
import { objectKey } from '../../../src/store/keys.js'
import { META } from '../../../src/store/objects.js'
import { openLevelStore } from '../../../src/store/level/level-store.js'
import type { Store } from '../../../src/store/types.js'
import { readRecord } from '../../../src/trail/record.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'

let folder: string
let store: Store
let repo: MemoryRepo

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'atom-forget-'))
  store = await openLevelStore(folder, { createIfMissing: 'yes' })
  repo = await aRepo({ store })
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const run = (input: Partial<ForgetInput>): Promise<ForgetResult> => forget.run(repo, forget.check({ dryRun: false, ...input })) as Promise<ForgetResult>

async function verdict(options?: VerifyOptions): Promise<readonly string[]> {
  const result = await verifyStore({ records: store, random: repo.random, reporter: silentReporter, signal: repo.signal }, options)
  return result.findings.filter(({ severity }) => severity !== 'info').map(({ message }) => message)
}

/** Returns the files of the database in which a text stands, as it is. Compressed blocks keep a text's first occurrence as it is. */
function filesWith(text: string): readonly string[] {
  return readdirSync(folder).filter((name) => name !== 'LOCK' && readFileSync(join(folder, name)).includes(text))
}

async function addFiles(texts: Readonly<Record<string, string>>): Promise<Awaited<ReturnType<MemoryRepo['draft']>>> {
  const sealed = Object.entries(texts).map(([path, text]) => ({ path, content: sealContent(utf8(text)) }))
  return repo.draft({
    type: 'CFG', objects: sealed.flatMap(({ content }) => content.objects),
    files: new Map(sealed.map(({ path, content }) => [path, { mode: 0o100644 as const, link: content.id }])),
  })
}

describe('forget', () => {
  it('erases a content from every file of the database, however it lies there', async () => {
    const secret = 'SECRET-of-a-file-7f3a'
    const texts = { small: `${secret}\n`, compressible: `${secret} ${'again and again '.repeat(10_000)}`, large: `${secret} ${'0123456789abcdef'.repeat(160_000)}` }
    const { header } = await addFiles({ 'project/small': texts.small, 'project/copy': texts.small, 'project/compressible': texts.compressible, 'project/large': texts.large, 'project/other': 'stays\n' })
    // Some of it in tables, the rest still in the log.
    await store.compact({ gte: Uint8Array.of(0), lt: Uint8Array.of(255) })
    await repo.draft({ body: { title: 'after' } })
    expect(filesWith(secret)).not.toEqual([])
    const dry = await run({ target: 'small@HEAD', reason: 'secret', dryRun: true })
    expect(dry.uses).toEqual([{ atomId: header.atomId, object: dry.uses[0]?.object, path: 'project/copy' }, { atomId: header.atomId, object: dry.uses[0]?.object, path: 'project/small' }])
    expect(filesWith(secret)).not.toEqual([])
    for (const name of ['small', 'compressible', 'large']) await run({ target: `${name}@HEAD`, reason: 'secret' })
    expect(filesWith(secret)).toEqual([])
    expect(await verdict()).toEqual([])
    expect(readRecord(repo, 1).header).toEqual(header)
  })

  it('erases the words of an ATOM, also those that were too large for its body, and keeps its ids and links', async () => {
    const [title, reason, evidence] = ['TITLE-secret-91', 'REASON-secret-92', 'EVIDENCE-secret-93']
    const output = sealContent(utf8(`${evidence}\n`))
    const { id, header } = await repo.draft({
      objects: output.objects,
      body: { title, reason: `${reason} ${'because '.repeat(12_000)}`, metadata: { note: `${title} ${'n'.repeat(70_000)}` }, evidence: [{ name: 'run', phase: 'after', content: output.id }] },
    })
    await repo.draft({ body: { title: 'built on it' }, influencedBy: [{ object: digestOf(id) }] })
    const before = await verifyStore({ records: store, random: repo.random, reporter: silentReporter, signal: repo.signal })
    const result = await run({ target: header.atomId, reason: 'gdpr-17' })
    expect(result).toMatchObject({ target: { role: 'body', id: header.body }, uses: [{ atomId: header.atomId, part: 'body' }], kept: [] })
    for (const text of [title, reason, evidence]) expect(filesWith(text)).toEqual([])
    expect(await verdict({ expected: [before.root as never, digestOf(id)] })).toEqual([])
    expect(readRecord(repo, repo.index.seqOf(id)).body).toBeUndefined()
    // What was asked for is refused from then on; what merely belonged to it is not.
    await expect(repo.writer.putAhead([{ id: header.body, bytes: Uint8Array.of(1) }])).rejects.toMatchObject({ code: 'FORGOTTEN' })
    await repo.writer.putAhead(output.objects)
  })

  it('erases a title from a revert that waits for its conflicts, now or earlier', async () => {
    const { id, header } = await repo.draft({ body: { title: 'TITLE-secret-95' } })
    const waiting: MergeState = {
      kind: 'revert', ref: 'refs/heads/main', ours: id, theirs: id, tree: header.tree, before: header.tree, layout: header.tree, skipped: [], conflicts: [], rest: [],
      title: 'Revert "TITLE-secret-95"', names: [':/TITLE-secret-95'],
    }
    const wait = (state: MergeState): Promise<void> => store.write({ puts: [[META.merge, encodeMergeState(state)]], deletes: [] }, 'sync')
    await wait(waiting)
    await wait({ ...waiting, title: 'Revert "TITLE-secret-95" as well' })
    await run({ target: header.atomId, reason: 'secret' })
    expect(filesWith('TITLE-secret-95')).toEqual([])
    expect(getMergeState(store)).toMatchObject({ title: 'Revert "(forgotten)" as well', names: [':/(forgotten)'] })
  })

  it('keeps parts that something else holds too, and says so', async () => {
    const chunk = 'c'.repeat(1_048_576)
    await addFiles({ 'project/one': `${chunk}one`, 'project/two': `${chunk}two` })
    const result = await run({ target: 'one@HEAD', reason: 'secret' })
    expect(result.kept).toHaveLength(1)
    expect(await verdict()).toEqual([])
    await addFiles({ 'project/three': 'still works\n' })
  })

  it('erases what comes in while it looks, and keeps what that links', async () => {
    const evidence = sealContent(utf8('captured output'))
    const secret = seal(encodeBody({ title: 'SECRET title 5c1d', evidence: [{ name: 'log', phase: 'other', content: evidence.id }] }))
    const record = (text: string, body: SealedObject): Promise<unknown> => repo.writer.transact({ agent: 'a', command: 'import jsonl' }, (tx) => {
      for (const object of [...evidence.objects, body]) tx.put(object)
      const header = anAtomHeader({ atomId: parseAtomId(text), parents: [], influencedBy: [], tree: EMPTY_TREE.id, body: body.id })
      const object = seal(encodeAtom(header))
      tx.putAtom(object, { header, changes: [] })
      tx.edit({ ref: `refs/heads/${text.slice(-3)}x`, expected: undefined, next: pointAt(object.id) })
    })
    await record('ATOM-DOC-20241127-101', secret)
    const erased: unknown[] = []
    const sideFiles: SideFiles = {
      trailLog: () => Promise.resolve(undefined),
      async erase({ atoms }) {
        erased.push(atoms.size)
        if (erased.length > 1) return []
        await record('ATOM-DOC-20241127-102', secret)
        await record('ATOM-DOC-20241127-103', seal(encodeBody({ title: 'keeps the output', evidence: [{ name: 'log', phase: 'other', content: evidence.id }] })))
        return []
      },
    }
    const result = await forget.run({ ...repo, sideFiles }, forget.check({ target: 'ATOM-DOC-20241127-101', reason: 'secret', dryRun: false })) as ForgetResult
    expect(result.uses.map(({ atomId }) => atomId)).toEqual(['ATOM-DOC-20241127-101', 'ATOM-DOC-20241127-102'])
    expect(erased).toEqual([1, 2, 0])
    expect(filesWith('SECRET title 5c1d')).toEqual([])
    expect(repo.objects.getObject(evidence.id)).toBeDefined()
    expect(await verdict()).toEqual([])
  })

  it('refuses what is part of the proof, with the reason', async () => {
    const { header } = await addFiles({ 'project/dir/a': 'a\n' })
    await expect(run({ target: digestOf(header.tree), reason: 'x' })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    await expect(run({ target: 'dir@HEAD', reason: 'x' })).rejects.toThrow(/folder/)
    await expect(run({ target: 'nothing@HEAD', reason: 'x' })).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' })
    await expect(run({ target: 'HEAD' })).rejects.toMatchObject({ code: 'USAGE' })
    await expect(run({ target: 'HEAD', reason: 'Because my name is Ann' })).rejects.toMatchObject({ code: 'USAGE' })
    await expect(run({})).rejects.toMatchObject({ code: 'USAGE' })
  })

  it('is completed by being run again, and follows a receipt from elsewhere', async () => {
    const { header } = await repo.draft({ body: { title: 'ACCEPTED-secret-94' } })
    const receipt = seal(encodeReceipt({ object: header.body, role: 'body', timeMs: 1, reason: 'their-reason' }))
    await repo.writer.transact({ agent: 'ann', command: 'fetch' }, (tx) => { tx.put(receipt) })
    const result = await run({ accept: digestOf(receipt.id) })
    expect(result).toMatchObject({ reason: 'their-reason', target: { id: header.body } })
    expect(filesWith('ACCEPTED-secret-94')).toEqual([])
    expect(repo.objects.getObject(receipt.id)).toBeDefined()
    expect((await run({ target: header.atomId, reason: 'secret' })).erased).toEqual([])
    expect(await verdict()).toEqual([])
  })

  it('leaves everything to be found where the receipt is missing', async () => {
    const { header } = await repo.draft({ body: { title: 'gone without a word' } })
    await store.write({ puts: [], deletes: [objectKey(header.body)] }, 'sync')
    await repo.writer.transact({ agent: 'ann', command: 'tag' }, (tx) => { tx.edit({ ref: 'refs/tags/x', expected: undefined, next: pointAt(repo.index.node(1).id) }) })
    expect((await verdict()).join('\n')).toContain('as its body, and it is not there')
  })
})
