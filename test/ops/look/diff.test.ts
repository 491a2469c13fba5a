import { describe, expect, it } from 'vitest'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { diff, type DiffResult } from '../../../src/ops/look/diff.js'

const run = (repo: MemoryRepo, input: object = {}): Promise<DiffResult> => diff.run(repo, diff.check(input)) as Promise<DiffResult>
const files = ({ files: list }: DiffResult): unknown => list.map(({ file, counts }) => [file.path, file.change, counts?.inserted, counts?.deleted])

async function twoConfigs(): Promise<MemoryRepo> {
  const repo = await aRepo()
  repo.worktree.put('a.env', 'A=1\nB=2\n')
  repo.worktree.put('same', 'same\n')
  await repo.add({ type: 'CFG', title: 'one', files: ['.'], metadata: { game: 'cp', deep: { fps: 1 } } })
  repo.worktree.put('a.env', 'A=1\nB=3\n')
  await repo.add({ type: 'CFG', title: 'two', files: ['a.env'], metadata: { game: 'cp', deep: { fps: 2 } } })
  return repo
}

describe('diff', () => {
  it('compares two ATOMs: files as patches, records field by field', async () => {
    const repo = await twoConfigs()
    const result = await run(repo, { revisions: ['HEAD~1', 'HEAD'] })
    expect(files(result)).toEqual([['project/a.env', 'modify', 1, 1]])
    expect(result.files[0]?.patch).toBe('diff --git a/a.env b/a.env\n--- a/a.env\n+++ b/a.env\n@@ -1,2 +1,2 @@\n A=1\n-B=2\n+B=3\n')
    expect(result.fields).toContainEqual({ field: 'metadata.deep.fps', before: 1, after: 2 })
    expect(result.fields).toContainEqual({ field: 'title', before: 'one', after: 'two' })
    expect(result.fields.map(({ field }) => field)).not.toContain('object')
    expect(files(await run(repo, { revisions: ['HEAD~1..HEAD'] }))).toEqual(files(result))
    expect(files(await run(repo, { revisions: ['HEAD', 'HEAD~1'], paths: ['same'] }))).toEqual([])
  })

  it('compares the files on disk with what was recorded last, and with any ATOM', async () => {
    const repo = await twoConfigs()
    expect(files(await run(repo))).toEqual([])
    repo.worktree.put('a.env', 'A=1\nB=3\nC=4\n')
    repo.worktree.put('untracked', 'x')
    repo.worktree.remove('same')
    expect(files(await run(repo))).toEqual([['project/a.env', 'modify', 1, 0], ['project/same', 'delete', 0, 1]])
    expect(files(await run(repo, { revisions: ['HEAD~1'], paths: ['a.env'] }))).toEqual([['project/a.env', 'modify', 2, 1]])
    expect(files(await run(repo, { revisions: ['a.env'] }))).toEqual([['project/a.env', 'modify', 1, 0]])
  })

  it('finds renames, and drops what differs in white space alone, where asked', async () => {
    const repo = await aRepo()
    const text = Array.from({ length: 30 }, (_, line) => `line ${String(line)}\n`).join('')
    repo.worktree.put('old', text)
    await repo.add({ title: 'one', files: ['old'] })
    await repo.worktree.move('project/old', 'project/new', 'refuse')
    repo.worktree.put('new', `${text}more\n`)
    await repo.add({ title: 'two', files: ['new'], deletes: ['old'] })
    expect(files(await run(repo, { revisions: ['HEAD~1', 'HEAD'], renames: true }))).toEqual([['project/new', 'rename', 1, 0]])
    expect(files(await run(repo, { revisions: ['HEAD~1', 'HEAD'] }))).toEqual([['project/new', 'add', 31, 0], ['project/old', 'delete', 0, 30]])
    repo.worktree.put('new', `${text.replace('line 3', 'line   3')}more\n`)
    expect(files(await run(repo, { ignoreSpace: true }))).toEqual([])
  })

  it('refuses what cannot be compared', async () => {
    const repo = await twoConfigs()
    expect(await codeOfAsync(() => run(repo, { revisions: ['HEAD', 'HEAD', 'HEAD'] }))).toBe('USAGE')
    for (const revisions of [['HEAD:a.env', 'HEAD'], ['HEAD', 'HEAD:a.env'], ['HEAD:a.env', 'HEAD:'], ['HEAD:', 'HEAD:', 'HEAD:']]) expect(await codeOfAsync(() => run(repo, { revisions })), revisions.join(' ')).toBe('USAGE')
    for (const revisions of [['HEAD:nope', 'HEAD:a.env'], ['HEAD:a.env', 'HEAD:nope']]) expect(await codeOfAsync(() => run(repo, { revisions }))).toBe('PATH_NOT_FOUND')
    expect(await codeOfAsync(() => run(repo, { revisions: ['nope'] }))).toBe('REVISION_NOT_FOUND')
  })
})
