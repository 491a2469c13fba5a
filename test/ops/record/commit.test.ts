import { describe, expect, it } from 'vitest'
import { commit, type CommitInput } from '../../../src/ops/record/commit.js'
import type { AddResult } from '../../../src/ops/record/add.js'
import { record, run } from '../../helpers/branches.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'

const commitOf = (repo: MemoryRepo, input: Partial<CommitInput>): Promise<AddResult> => run(repo, commit, { title: 'a title', files: [], ...input })
const changed = ({ atom }: AddResult): readonly string[] => (atom.files ?? []).map(({ path, change }) => `${change} ${path}`)

async function aProject(): Promise<MemoryRepo> {
  const repo = await aRepo()
  await record(repo, { a: '1', b: '1', c: '1' })
  repo.worktree.put('a', '2')
  repo.worktree.remove('b')
  repo.worktree.put('new', '1')
  return repo
}

describe('commit', () => {
  it('takes every tracked file that changed with -a, and new ones with -A', async () => {
    expect(changed(await commitOf(await aProject(), { all: 'tracked' }))).toEqual(['modify project/a', 'delete project/b'])
    expect(changed(await commitOf(await aProject(), { all: 'new' }))).toEqual(['modify project/a', 'delete project/b', 'add project/new'])
  })

  it('takes what is named, and leaves the rest for the next', async () => {
    const repo = await aProject()
    const made = await commitOf(repo, { files: ['new'], reason: 'why', type: 'CFG' })
    expect(changed(made)).toEqual(['add project/new'])
    expect(made.atom).toMatchObject({ header: { operation: 'create_file' }, body: { title: 'a title', reason: 'why' } })
    expect(changed(await commitOf(repo, { all: 'tracked' }))).toEqual(['modify project/a', 'delete project/b'])
  })

  it('records nothing where nothing changed, and says what to type', async () => {
    const repo = await aRepo()
    await record(repo, { a: '1' })
    const atoms = repo.index.getSeq(repo.index.node(1).digest)
    await expect(commitOf(repo, { all: 'new' })).rejects.toMatchObject({ code: 'NOTHING_TO_COMMIT', data: { branch: 'main' }, hint: expect.stringContaining('atom add') as string })
    expect(await codeOfAsync(() => commitOf(repo, { files: ['a', 'nope'] }))).toBe('PATH_NOT_FOUND')
    repo.worktree.put('new', 'untracked')
    expect(await codeOfAsync(() => commitOf(repo, { all: 'tracked' }))).toBe('NOTHING_TO_COMMIT')
    await expect(commitOf(repo, {})).rejects.toMatchObject({ code: 'NOTHING_TO_COMMIT', hint: expect.stringContaining('commit -a') as string })
    expect(await codeOfAsync(() => commitOf(repo, { files: ['a'] }))).toBe('NOTHING_TO_COMMIT')
    expect(repo.index.getSeq(repo.index.node(1).digest)).toBe(atoms)
  })

  it('is a COMMIT by default, and needs a title', async () => {
    expect((await commitOf(await aProject(), { all: 'tracked' })).atom.header.atomId).toMatch(/^ATOM-COMMIT-/)
    expect(() => commit.check({ files: [] })).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }) as Error)
  })
})
