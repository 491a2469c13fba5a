import { describe, expect, it } from 'vitest'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { collect } from '../../helpers/collect.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { grep } from '../../../src/ops/look/grep.js'

async function someFiles(): Promise<MemoryRepo> {
  const repo = await aRepo()
  repo.worktree.put('a.env', 'RADV_DEBUG=debug\r\nDXVK_HUD=1\n')
  repo.worktree.put('conf/b.env', 'dxvk_hud=0\nnothing')
  repo.worktree.put('bin', Uint8Array.of(0, 1, ...Buffer.from('DXVK_HUD')))
  await repo.add({ title: 'files', files: ['.'] })
  repo.worktree.put('a.env', 'gone\n')
  await repo.add({ title: 'changed', files: ['a.env'] })
  return repo
}

describe('grep', () => {
  it('finds lines at a revision, below paths', async () => {
    const repo = await someFiles()
    expect(await collect(repo, grep, { patterns: ['^RADV'] })).toEqual([])
    expect(await collect(repo, grep, { patterns: ['debug$'], revision: 'HEAD~1' })).toEqual([{ path: 'project/a.env', line: 1, text: 'RADV_DEBUG=debug', isBinary: false }])
    expect((await collect(repo, grep, { patterns: ['dxvk_hud'], ignoreCase: true, revision: 'HEAD~1' })).map(({ path, line }) => [path, line])).toEqual([['project/a.env', 2], ['project/bin', undefined], ['project/conf/b.env', 1]])
    expect(await collect(repo, grep, { patterns: ['o'], paths: ['conf'], want: 'counts' })).toEqual([{ path: 'project/conf/b.env', count: 1, isBinary: false }])
    expect(await collect(repo, grep, { patterns: ['noth'], word: true })).toEqual([])
    expect(await collect(repo, grep, { patterns: ['gone'], paths: ['a.env'], invert: true })).toEqual([])
  })

  it('stays in the folder where the user stands, and shows paths from there, where that is asked for', async () => {
    const repo = await someFiles()
    const inside = { ...repo, worktree: { ...repo.worktree, folder: () => 'project/conf' } }
    const input = { patterns: ['DXVK_HUD'], revision: 'HEAD~1', ignoreCase: true, want: 'files', from: 'here' } as const
    expect(await collect(inside, grep, input)).toMatchObject([{ path: 'project/conf/b.env', seen: 'b.env' }])
    expect((await collect(repo, grep, input)).map(({ path }) => path)).toEqual(['project/a.env', 'project/bin', 'project/conf/b.env'])
    expect(await collect(inside, grep, { ...input, paths: ['a.env'] })).toMatchObject([{ path: 'project/a.env', seen: '../a.env' }])
  })

  it('refuses a pattern that cannot be read', async () => {
    const repo = await someFiles()
    expect(await codeOfAsync(() => collect(repo, grep, { patterns: ['(a'] }))).toBe('USAGE')
  })

  it('finds a word across the pieces of a large file', async () => {
    const repo = await aRepo()
    repo.worktree.put('big', `${'x'.repeat(1_048_572)}needle\nlast needle\n`)
    await repo.add({ title: 'big', files: ['big'] })
    expect((await collect(repo, grep, { patterns: ['needle'] })).map(({ line }) => line)).toEqual([1, 2])
  })
})
