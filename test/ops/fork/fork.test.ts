import { describe, expect, it } from 'vitest'
import { fork, type ForkResult } from '../../../src/ops/fork/fork.js'
import { getHeadBranch } from '../../../src/refs/ref.js'
import { codeOfAsync, mergeInto, record, run, tip, twoSides } from '../../helpers/branches.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'

const forkAt = (repo: MemoryRepo, revision: string, options: object = {}): Promise<ForkResult> => run(repo, fork, { revision, name: 'try', ...options })

async function twoAtoms(): Promise<MemoryRepo> {
  const repo = await aRepo()
  for (const content of ['1', '2']) await record(repo, { a: content })
  return repo
}

describe('fork', () => {
  it('begins a branch at an ATOM, switches to it and lays its files out', async () => {
    const repo = await twoAtoms()
    const { branch, files } = await forkAt(repo, 'HEAD~1')
    expect(branch).toMatchObject({ name: 'try', isCurrent: true, object: tip(repo, 'try') })
    expect([getHeadBranch(repo.store), tip(repo, 'try'), repo.worktree.text('a'), files?.written]).toEqual(['refs/heads/try', repo.index.node(1).id, '1', ['project/a']])
  })

  it('only makes the branch for a session that has one of its own', async () => {
    const repo = (await twoAtoms()).as({ branch: 'refs/heads/main' })
    const { branch, files } = await forkAt(repo, 'HEAD~1')
    expect([branch.name, files, getHeadBranch(repo.store), repo.worktree.text('a')]).toEqual(['try', undefined, 'refs/heads/main', '2'])
  })

  it('makes nothing in a dry run, over local changes, at a taken name, or while a merge waits', async () => {
    const repo = await twoAtoms()
    expect((await forkAt(repo, 'HEAD~1', { dryRun: true })).branch.isCurrent).toBe(false)
    expect([tip(repo, 'try'), getHeadBranch(repo.store)]).toEqual([undefined, 'refs/heads/main'])
    repo.worktree.put('a', 'mine')
    expect(await codeOfAsync(forkAt(repo, 'HEAD~1'))).toBe('LOCAL_CHANGES')
    expect([tip(repo, 'try'), repo.worktree.text('a')]).toEqual([undefined, 'mine'])
    expect(await codeOfAsync(forkAt(repo, 'HEAD', { name: 'main' }))).toBe('REF_EXISTS')
    const waiting = await aRepo()
    await twoSides(waiting, { base: { f: '1' }, ours: { f: '2' }, theirs: { f: '3' } })
    await mergeInto(waiting, 'side')
    expect(await codeOfAsync(forkAt(waiting, 'HEAD'))).toBe('OPERATION_IN_PROGRESS')
  })
})
