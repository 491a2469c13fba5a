import { expect, it } from 'vitest'
import { branchCreate, branchDelete } from '../../../src/ops/fork/branch.js'
import { opLog, reflog } from '../../../src/ops/undo/op-log.js'
import { codeOfAsync, record, run, runAll, switchTo } from '../../helpers/branches.js'
import { aRepo } from '../../helpers/memory-repo.js'

it('lists every move, newest first, without gaps', async () => {
  const repo = await aRepo()
  await record(repo, { 'a.env': 'A=1\n' })
  await switchTo(repo, 'main', { create: 'side' })
  const ops = await runAll(repo, opLog, { all: false })
  expect(ops.map(({ op }) => [op.seq, op.command])).toEqual([[3, 'switch'], [2, 'add'], [1, 'init']])
  expect(ops[0]?.op.changes.map(({ ref }) => ref)).toEqual(['HEAD', 'refs/heads/side'])
  expect(await runAll(repo, opLog, { all: false, limit: 1 })).toHaveLength(1)
  expect(await runAll(repo, opLog, { all: true, limit: 0 })).toHaveLength(0)
})

it('shows where a ref has been, also one that is gone', async () => {
  const repo = await aRepo()
  const id = await record(repo, { 'a.env': 'A=1\n' }, 'first')
  await run(repo, branchCreate, { name: 'gone', force: false })
  await run(repo, branchDelete, { names: ['gone'], force: false })
  const main = await runAll(repo, reflog, { ref: 'main' })
  expect(main.map(({ name, moves, title }) => `${name}@{${String(moves)}} ${title ?? ''}`)).toEqual(['main@{0} first', 'main@{1} Start of demo'])
  expect(main[0]?.change.after).toEqual({ is: 'object', digest: id.slice(2) })
  expect((await runAll(repo, reflog, { ref: 'gone' })).map(({ change }) => change.after === undefined)).toEqual([true, false])
  expect((await runAll(repo, reflog, {})).map(({ op }) => op.command)).toEqual(['add', 'init'])
  expect(await codeOfAsync(runAll(repo, reflog, { ref: 'never' }))).toBe('REF_NOT_FOUND')
})
