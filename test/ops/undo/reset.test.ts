import { expect, it } from 'vitest'
import { getMergeState } from '../../../src/ops/fork/merge-state.js'
import { reset } from '../../../src/ops/undo/reset.js'
import { status } from '../../../src/ops/look/status.js'
import { codeOfAsync, mergeInto, record, run, switchTo, tip, twoSides } from '../../helpers/branches.js'
import { aRepo } from '../../helpers/memory-repo.js'

it('moves the branch, with the files or without, and loses nothing', async () => {
  const repo = await aRepo()
  const first = await record(repo, { 'a.env': 'A=1\n' })
  await record(repo, { 'a.env': 'A=2\n' })
  const last = await record(repo, { 'a.env': 'A=3\n', 'b.env': 'B=1\n' })
  expect(await run(repo, reset, { revision: 'HEAD~2', mode: 'soft' })).toMatchObject({ ref: 'refs/heads/main', before: last, left: 2, atom: { id: first, files: [{ path: 'project/a.env', change: 'add' }] }, files: undefined })
  expect([tip(repo, 'main'), repo.worktree.text('a.env')]).toEqual([first, 'A=3\n'])
  await run(repo, reset, { revision: 'main@{1}', mode: 'hard' })
  expect([tip(repo, 'main'), repo.worktree.text('b.env')]).toEqual([last, 'B=1\n'])
  await run(repo, reset, { revision: 'HEAD~2', mode: 'hard' })
  expect([tip(repo, 'main'), repo.worktree.text('a.env'), repo.worktree.text('b.env')]).toEqual([first, 'A=1\n', undefined])
  expect(repo.objects.getObject(last)).toBeDefined()
})

it('is stopped by local changes unless forced, and writes nothing on a dry run', async () => {
  const repo = await aRepo()
  const first = await record(repo, { 'a.env': 'A=1\n', 'b.env': 'B=1\n' })
  const last = await record(repo, { 'a.env': 'A=2\n' })
  repo.worktree.put('b.env', 'local\n')
  expect(await codeOfAsync(run(repo, reset, { revision: 'HEAD~1', mode: 'hard' }))).toBe('LOCAL_CHANGES')
  await run(repo, reset, { revision: 'HEAD~1', mode: 'hard', dryRun: true })
  expect([tip(repo, 'main'), repo.worktree.text('b.env')]).toEqual([last, 'local\n'])
  await run(repo, reset, { revision: 'HEAD~1', mode: 'hard', force: true })
  expect([tip(repo, 'main'), repo.worktree.text('b.env'), (await run(repo, status, {})).changes]).toEqual([first, 'B=1\n', []])
})

it('ends a merge that waits when it is hard, and is refused when it is not', async () => {
  const repo = await aRepo()
  await twoSides(repo, { base: { 'f.txt': '1\n' }, ours: { 'f.txt': '2\n' }, theirs: { 'f.txt': '3\n' } })
  await mergeInto(repo, 'side')
  expect(await codeOfAsync(run(repo, reset, { revision: 'HEAD', mode: 'soft' }))).toBe('OPERATION_IN_PROGRESS')
  await run(repo, reset, { revision: 'HEAD', mode: 'hard' })
  expect([repo.worktree.text('f.txt'), getMergeState(repo.store)]).toEqual(['2\n', undefined])
})

it('moves a branch that is not on disk without touching a file', async () => {
  const repo = await aRepo()
  const first = await record(repo, { 'a.env': 'A=1\n' })
  await switchTo(repo, 'main', { create: 'side' })
  await record(repo, { 'a.env': 'A=2\n' })
  await run(repo.as({ branch: 'refs/heads/main' }), reset, { revision: 'side', mode: 'hard' })
  expect([tip(repo, 'main'), tip(repo, 'side') === first, repo.worktree.text('a.env')]).toEqual([tip(repo, 'side'), false, 'A=2\n'])
})
