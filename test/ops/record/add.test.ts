import { describe, expect, it } from 'vitest'
import { digestOf } from '../../../src/codec/object-id.js'
import { checkAddInput, recordPast, requestId } from '../../../src/ops/record/add.js'
import { FORGOTTEN } from '../../../src/refs/name.js'
import { readLogState } from '../../../src/refs/log-state.js'
import { operations } from '../../../src/refs/operation-log.js'
import { getRef, pointAt } from '../../../src/refs/ref.js'
import { sealContent } from '../../../src/store/content.js'
import { toAtomJson } from '../../../src/trail/atom-json.js'
import { readRecord } from '../../../src/trail/record.js'
import { aRepo, START_MS } from '../../helpers/memory-repo.js'
import { codeOf } from '../../helpers/objects.js'

describe('add', () => {
  it('records on the current branch, after its tip', async () => {
    const repo = await aRepo()
    const first = await repo.add({ title: 'first' })
    expect(first).toMatchObject({ ref: 'refs/heads/main', isNewBranch: false, isRepeat: false })
    const second = await repo.add({ title: 'second', reason: '' })
    expect(second.atom).toMatchObject({ seq: 2, previousAtomId: first.atom.header.atomId, header: { agent: 'tester', parents: [first.atom.id], timeMs: START_MS }, body: { title: 'second', project: 'demo' } })
    expect(second.atom.body?.reason).toBeUndefined()
    expect(getRef(repo.store, 'refs/heads/main')).toEqual(pointAt(second.atom.id))
  })

  it('makes a branch that is missing from HEAD, and says so', async () => {
    const repo = await aRepo()
    const on = await repo.add({ title: 'on a new one', branch: 'side' })
    expect(on).toMatchObject({ ref: 'refs/heads/side', isNewBranch: true, atom: { header: { parents: [repo.index.node(0).id] } } })
    expect(await repo.add({ title: 'again', branch: 'side' })).toMatchObject({ isNewBranch: false, atom: { header: { parents: [on.atom.id] } } })
    const session = repo.as({ branch: 'refs/heads/session' })
    const influenced = await session.add({ title: 'of a session', influencedBy: ['HEAD'] })
    expect(influenced.atom.influences.map(({ atomId }) => atomId)).toEqual(['ATOM-INIT-20241127-001'])
    expect((await session.add({ title: 'then', influencedBy: ['HEAD'] })).atom.influences.map(({ object }) => object)).toEqual([digestOf(influenced.atom.id)])
    await expect(repo.add({ title: 'x', branch: 'a..b' })).rejects.toMatchObject({ code: 'REF_NAME_INVALID' })
    await expect(repo.add({ title: 'x', branch: 'ATOM-CFG-20241127-001' })).rejects.toMatchObject({ code: 'REF_NAME_INVALID' })
  })

  it('records on an unborn branch and on a detached HEAD', async () => {
    const repo = await aRepo({ init: 'none' })
    await repo.writer.transact({ agent: 'a', command: 'init' }, (tx) => { tx.edit({ ref: 'HEAD', expected: undefined, next: { is: 'symbolic', ref: 'refs/heads/main' } }) })
    const { atom, isNewBranch } = await repo.add({ title: 'the first' })
    expect([atom.header.parents, isNewBranch]).toEqual([[], false])
    await repo.writer.transact({ agent: 'a', command: 'checkout' }, (tx) => { tx.edit({ ref: 'HEAD', expected: 'any', next: pointAt(atom.id) }) })
    const detached = await repo.add({ title: 'detached' })
    expect(detached.ref).toBe('HEAD')
    expect([getRef(repo.store, 'HEAD'), getRef(repo.store, 'refs/heads/main')]).toEqual([pointAt(detached.atom.id), pointAt(atom.id)])
  })

  it('tracks a file from the first ATOM that carries it, and only what it was given', async () => {
    const repo = await aRepo()
    repo.worktree.put('a', '1')
    repo.worktree.put('b', '1')
    expect((await repo.add({ type: 'CFG', files: ['a', 'b'] })).atom.header.operation).toBe('create_file')
    repo.worktree.put('a', '2')
    repo.worktree.put('b', '2')
    const { atom } = await repo.add({ type: 'CFG', files: ['a'] })
    expect([atom.header.operation, atom.files?.map(({ path, change }) => [path, change])]).toEqual(['modify_file', [['project/a', 'modify']]])
    repo.worktree.remove('b')
    expect((await repo.add({ type: 'CFG', deletes: ['b'] })).atom.header.operation).toBe('delete_file')
    expect((await repo.add({ type: 'CFG', operation: 'tune' })).atom.header.operation).toBe('tune')
    const nothing = await repo.add({ files: ['a'] })
    expect(nothing.atom.files).toEqual([])
  })

  it('refuses a path that is said to be gone and was never tracked, and records nothing', async () => {
    const repo = await aRepo()
    repo.worktree.put('folder/a', '1')
    repo.worktree.put('untracked', '1')
    await repo.add({ type: 'CFG', files: ['folder/a'] })
    for (const path of ['nope', 'untracked', 'folder/b', 'folder/a/c']) {
      await expect(repo.add({ type: 'CFG', deletes: ['folder/a', path] })).rejects.toMatchObject({ code: 'PATH_NOT_FOUND', message: `${path} is not tracked`, data: { path } })
    }
    expect(readLogState(repo.store).atoms).toBe(2)
    expect((await repo.add({ type: 'CFG', deletes: ['folder'] })).atom.files?.map(({ path, change }) => [path, change])).toEqual([['project/folder/a', 'delete']])
    // What is in the spool happened.
    expect((await recordPast(repo, checkAddInput({ type: 'CFG', title: 'gone', deletes: ['nope'] }))).atom.files).toEqual([])
  })

  it('says that what it builds on was taken back, the second time too', async () => {
    const repo = await aRepo()
    const basis = await repo.add({ type: 'RESEARCH', title: 'basis' })
    const fine = await repo.add({ title: 'before', influencedBy: [digestOf(basis.atom.id)] })
    expect(fine.atom.isTainted).toBe(false)
    await repo.add({ type: 'SAGE', title: 'no', operation: 'refute', influencedBy: [digestOf(basis.atom.id)] })
    for (const builtOn of [basis, fine]) {
      const input = { title: 'after', influencedBy: [digestOf(builtOn.atom.id)], request: `r ${builtOn.atom.header.atomId}` }
      expect((await repo.add(input)).atom.isTainted).toBe(true)
      expect(await repo.add(input)).toMatchObject({ isRepeat: true, atom: { isTainted: true } })
    }
    expect((await repo.add({ title: 'other' })).atom.isTainted).toBe(false)
  })

  it('takes a date as people type it, and counts the day of that', async () => {
    const repo = await aRepo()
    const { atom } = await repo.add({ title: 'then', date: '2024-11-20T12:00:00Z' })
    expect([atom.header.atomId, toAtomJson(atom).timestamp]).toEqual(['ATOM-DECISION-20241120-001', '2024-11-20T12:00:00.000Z'])
    await expect(repo.add({ date: 'whenever' })).rejects.toMatchObject({ code: 'DATE_INVALID' })
  })

  it('keeps metadata whatever it holds', async () => {
    const repo = await aRepo()
    const metadata = JSON.parse('{"$bytes":"00","__proto__":{"x":1},"n":-0,"deep":{"$bytes":"ff"},"big":1e300}') as { [key: string]: unknown }
    const { atom } = await repo.add({ metadata })
    expect(JSON.stringify(toAtomJson(readRecord(repo, atom.seq)).metadata)).toBe('{"n":0,"big":1e+300,"deep":{"$bytes":"ff"},"$bytes":"00","__proto__":{"x":1}}')
    const only = await repo.add({ metadata: { $bytes: '00' } })
    expect(toAtomJson(readRecord(repo, only.atom.seq)).metadata).toEqual({ $bytes: '00' })
    await expect(repo.add({ metadata: { bad: '\ud800' } })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })

  it('keeps long texts whole', async () => {
    const repo = await aRepo()
    const title = `${'t'.repeat(10_000_000)}\u0007`
    const { atom } = await repo.add({ title, metadata: { note: 'n'.repeat(70_000) } })
    expect(atom.body?.title).toBe(title)
    expect(readRecord(repo, atom.seq).body).toMatchObject({ title, metadata: { note: 'n'.repeat(70_000) } })
  })

  it('fails where the tip is not what was expected', async () => {
    const repo = await aRepo()
    const { atom } = await repo.add({ title: 'a' })
    await repo.add({ title: 'b', expect: 'HEAD' })
    await expect(repo.add({ title: 'c', expect: digestOf(atom.id) })).rejects.toMatchObject({ code: 'REF_MOVED' })
    expect([...operations(repo.store)]).toHaveLength(3)
  })

  it('names what it built on once, and fails on what is not there', async () => {
    const repo = await aRepo()
    const { atom } = await repo.add({ influencedBy: ['main', 'HEAD', 'ATOM-INIT-20241127-001'] })
    expect(atom.influences).toHaveLength(1)
    await expect(repo.add({ influencedBy: ['nothing'] })).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' })
  })

  it('answers a request once: repeated, at the same time, and not for another command', async () => {
    const repo = await aRepo()
    const first = await repo.add({ title: 'once', request: 'my request' })
    const again = await repo.add({ title: 'something else', request: 'my request' })
    expect(again).toMatchObject({ isRepeat: true, ref: 'refs/heads/main' })
    expect(toAtomJson(again.atom)).toEqual(toAtomJson(first.atom))
    const all = await Promise.all(Array.from({ length: 8 }, () => repo.add({ title: 'at once', request: 'ab'.repeat(16) })))
    expect(new Set(all.map(({ atom }) => atom.id)).size).toBe(1)
    expect(all.filter(({ isRepeat }) => !isRepeat)).toHaveLength(1)
    await repo.writer.transact({ agent: 'a', command: 'branch', request: requestId('cd'.repeat(16)) }, (tx) => { tx.edit({ ref: 'refs/heads/x', expected: undefined, next: pointAt(first.atom.id) }) })
    await expect(repo.add({ request: 'cd'.repeat(16) })).rejects.toMatchObject({ code: 'REQUEST_REUSED' })
    expect(requestId('my request')).toMatch(/^[0-9a-f]{32}$/)
  })

  it('tells requests apart that begin alike: ids that are counted up, or made of the time', async () => {
    const repo = await aRepo()
    const ids = [1, 2, 3].map((count) => count.toString(16).padStart(32, '0'))
    const added = await Promise.all(ids.map((request) => repo.add({ title: request, request })))
    expect(new Set(added.map(({ atom }) => atom.id)).size).toBe(3)
    expect(added.every(({ isRepeat }) => !isRepeat)).toBe(true)
  })

  it('refuses content that was forgotten, small or large', async () => {
    const repo = await aRepo()
    for (const [path, content] of [['small', 'secret'], ['large', 's'.repeat(1_500_000)]] as const) {
      repo.worktree.put(path, content)
      const [first] = sealContent(new TextEncoder().encode(content)).objects
      await repo.writer.transact({ agent: 'a', command: 'forget' }, (tx) => { tx.edit({ ref: FORGOTTEN + digestOf(first?.id as never), expected: undefined, next: pointAt(repo.index.node(0).id) }) })
      await expect(repo.add({ files: [path] })).rejects.toMatchObject({ code: 'FORGOTTEN' })
      expect(repo.objects.getObject(first?.id as never)).toBeUndefined()
    }
  })

  it('loses nothing of many at once', async () => {
    const repo = await aRepo()
    repo.worktree.put('f', 'x')
    const all = await Promise.all(Array.from({ length: 60 }, (_, index) => repo.add({ title: String(index), ...(index % 3 === 0 && { branch: `b${String(index % 4)}` }), files: ['f'] })))
    expect(new Set(all.map(({ atom }) => atom.header.atomId)).size).toBe(60)
    expect(new Set(all.map(({ atom }) => atom.seq)).size).toBe(60)
  })

  it('checks its input', () => {
    const input = { type: 'CFG', title: 't' }
    expect(checkAddInput(input)).toEqual({ ...input, influencedBy: [], files: [], deletes: [], evidence: [] })
    for (const bad of [{}, { ...input, type: 'cfg' }, { ...input, title: '' }, { ...input, metadata: [] }, { ...input, metadata: 'x' }, { ...input, tokens: { input: -1 } }, { ...input, tokens: { cost: 1 } }, { ...input, all: 'everything' }, { ...input, files: [''] }, { ...input, unknown: 1 }]) {
      expect(codeOf(() => checkAddInput(bad)), JSON.stringify(bad)).toBe('INPUT_INVALID')
    }
  })
})
