import { describe, expect, it } from 'vitest'
import { diff, type DiffResult } from '../../../src/ops/look/diff.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'

const run = (repo: MemoryRepo, ...revisions: readonly string[]): Promise<DiffResult> => diff.run(repo, diff.check({ revisions })) as Promise<DiffResult>
const patches = ({ files }: DiffResult): string => files.map(({ patch }) => patch).join('')

async function twoFiles(): Promise<MemoryRepo> {
  const repo = await aRepo()
  repo.worktree.put('games/a.env', 'A=1\n')
  repo.worktree.put('games/b.env', 'A=1\nB=2\n')
  repo.worktree.put('~/.profile', 'x\n')
  await repo.add({ title: 'one', files: ['games', '~/.profile'] })
  repo.worktree.put('games/a.env', 'A=2\n')
  await repo.add({ title: 'two', files: ['games'] })
  return repo
}

describe('diff REV:PATH', () => {
  it('compares two states of a file, and two files under two names, as git prints them', async () => {
    const repo = await twoFiles()
    const states = await run(repo, 'HEAD~1:games/a.env', 'HEAD:games/a.env')
    expect(patches(states)).toBe('diff --git a/games/a.env b/games/a.env\n--- a/games/a.env\n+++ b/games/a.env\n@@ -1 +1 @@\n-A=1\n+A=2\n')
    expect(states).toMatchObject({ before: undefined, after: undefined, fields: [], files: [{ file: { path: 'project/games/a.env', change: 'modify' } }] })
    expect(patches(await run(repo, 'HEAD~1:games/a.env', 'HEAD:games/b.env'))).toBe('diff --git a/games/a.env b/games/b.env\n--- a/games/a.env\n+++ b/games/b.env\n@@ -1 +1,2 @@\n A=1\n+B=2\n')
    expect(patches(await run(repo, 'HEAD:games/b.env', 'HEAD~1:games/b.env'))).toBe('')
  })

  it('compares folders, with paths from there, and whole trees', async () => {
    const repo = await twoFiles()
    expect((await run(repo, 'HEAD~1:games', 'HEAD:games')).files.map(({ file }) => file.path)).toEqual(['project/a.env'])
    expect((await run(repo, 'HEAD~2:', 'HEAD:')).files.map(({ file }) => file.path)).toEqual(['home/.profile', 'project/games/a.env', 'project/games/b.env'])
  })

  it('compares one file with the one on disk, of the same name or another', async () => {
    const repo = await twoFiles()
    repo.worktree.put('games/a.env', 'A=3\n')
    expect(patches(await run(repo, 'HEAD~1:games/a.env'))).toContain('-A=1\n+A=3\n')
    expect(patches(await run(repo, 'HEAD:games/b.env', 'games/a.env'))).toBe('diff --git a/games/b.env b/games/a.env\n--- a/games/b.env\n+++ b/games/a.env\n@@ -1,2 +1 @@\n-A=1\n-B=2\n+A=3\n')
    await expect(run(repo, 'HEAD:games/b.env', 'nope')).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' })
  })
})
