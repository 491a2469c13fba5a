import { describe, expect, it } from 'vitest'
import { branchCreate, branchDelete, branchList, branchRename } from '../../../src/ops/fork/branch.js'
import type { BranchItem } from '../../../src/ops/fork/branch-item.js'
import { getHeadBranch, pointAt } from '../../../src/refs/ref.js'
import { codeOfAsync, record, run, runAll, switchTo, tip } from '../../helpers/branches.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'

const names = async (repo: MemoryRepo, which?: string): Promise<string[]> => (await runAll(repo, branchList, { which })).map((item) => `${item.isCurrent ? '*' : ''}${item.name}`)

describe('branch', () => {
  it('lists branches with the current one, and makes them anywhere without switching', async () => {
    const repo = await aRepo()
    const first = await record(repo, { 'a.env': 'A=1\n' })
    await record(repo, { 'a.env': 'A=2\n' })
    const made: BranchItem = await run(repo, branchCreate, { name: 'before', from: 'HEAD~1', force: false })
    expect(made).toMatchObject({ name: 'before', object: first, isCurrent: false, upstream: undefined })
    expect(await names(repo)).toEqual(['before', '*main'])
    expect(await names(repo.as({ branch: 'refs/heads/before' }))).toEqual(['*before', 'main'])
  })

  it('refuses names that exist, would be a folder of another, or are no names', async () => {
    const repo = await aRepo()
    await run(repo, branchCreate, { name: 'topic', force: false })
    const create = (name: string): Promise<string> => codeOfAsync(run(repo, branchCreate, { name, force: false }))
    expect(await create('topic')).toBe('REF_EXISTS')
    expect(await create('topic/one')).toBe('REF_EXISTS')
    for (const name of ['HEAD', '-x', 'a..b', 'ATOM-CFG-20241127-003', 'a b', '\u0000']) expect(await create(name), name).toBe('REF_NAME_INVALID')
    expect(await codeOfAsync(run(repo, branchCreate, { name: 'x', from: 'nothing', force: false }))).toBe('REVISION_NOT_FOUND')
    expect(await codeOfAsync(run(repo, branchCreate, { name: 'main', from: 'HEAD', force: true }))).toBe('BRANCH_IN_USE')
  })

  it('deletes what is merged, the rest only with force, and never the current one', async () => {
    const repo = await aRepo()
    await run(repo, branchCreate, { name: 'merged', force: false })
    await switchTo(repo, 'main', { create: 'ahead' })
    await record(repo, { 'a.env': 'A=1\n' })
    await switchTo(repo, 'main')
    expect(await codeOfAsync(run(repo, branchDelete, { names: ['main'], force: true }))).toBe('BRANCH_IN_USE')
    expect(await codeOfAsync(run(repo, branchDelete, { names: ['merged', 'ahead'], force: false }))).toBe('BRANCH_NOT_MERGED')
    expect(await names(repo)).toEqual(['ahead', '*main', 'merged'])
    await run(repo, branchDelete, { names: ['merged', 'ahead'], force: true })
    expect(await names(repo)).toEqual(['*main'])
    expect(await codeOfAsync(run(repo, branchDelete, { names: ['ahead'], force: true }))).toBe('REF_NOT_FOUND')
  })

  it('renames the current branch and takes HEAD along', async () => {
    const repo = await aRepo()
    const before = tip(repo, 'main')
    await run(repo, branchRename, { to: 'trunk', force: false })
    expect([getHeadBranch(repo.store), tip(repo, 'trunk'), tip(repo, 'main')]).toEqual(['refs/heads/trunk', before, undefined])
    await run(repo, branchCreate, { name: 'other', force: false })
    expect(await codeOfAsync(run(repo, branchRename, { from: 'other', to: 'trunk', force: false }))).toBe('REF_EXISTS')
    expect(await codeOfAsync(run(repo, branchRename, { from: 'other', to: 'trunk', force: true }))).toBe('BRANCH_IN_USE')
  })

  it('shows a detached HEAD, remote branches, and the upstream that is beyond doubt', async () => {
    const repo = await aRepo()
    const id = await record(repo, { 'a.env': 'A=1\n' })
    await repo.writer.transact({ agent: 'x', command: 'fetch' }, (tx) => { tx.edit({ ref: 'refs/remotes/origin/main', expected: undefined, next: pointAt(id) }) })
    expect((await runAll(repo, branchList, {}))[0]).toMatchObject({ name: 'main', upstream: 'origin/main' })
    await repo.writer.transact({ agent: 'x', command: 'fetch' }, (tx) => { tx.edit({ ref: 'refs/remotes/backup/main', expected: undefined, next: pointAt(id) }) })
    expect((await runAll(repo, branchList, {}))[0]?.upstream).toBeUndefined()
    expect(await names(repo, 'all')).toEqual(['*main', 'backup/main', 'origin/main'])
    await repo.writer.transact({ agent: 'x', command: 'checkout' }, (tx) => { tx.edit({ ref: 'HEAD', expected: 'any', next: pointAt(id) }) })
    expect(await names(repo)).toEqual(['*HEAD', 'main'])
  })
})
