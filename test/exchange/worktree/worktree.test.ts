import { expect, it } from 'vitest'
import { aBench, clearBenches } from '../../helpers/worktree.js'

clearBenches()

it('knows its root, and refuses project paths where there is none', async () => {
  const bench = aBench()
  expect(bench.worktree.root).toBe(bench.root)
  const machine = bench.with({ root: undefined })
  await expect(machine.list('project/a')).rejects.toMatchObject({ code: 'PATH_INVALID' })
})

it('tells folders from files', async () => {
  const bench = aBench()
  bench.write({ 'd/a': 'a', link: { link: 'd' } })
  expect(await Promise.all(['project', 'project/d', 'project/d/a', 'project/link', 'project/none'].map((path) => bench.worktree.isFolder(path)))).toEqual([true, true, false, false, false])
})
