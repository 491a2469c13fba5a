import { join } from 'node:path'
import { expect, it } from 'vitest'
import { status, type StatusInput, type StatusResult } from '../../../src/ops/look/status.js'
import { worktreeKey } from '../../../src/store/keys.js'
import { aWorkRepo, type WorkRepo } from '../../helpers/work-repo.js'
import { age, clearBenches } from '../../helpers/worktree.js'

clearBenches()

const look = (work: WorkRepo, input: Partial<StatusInput> = {}): Promise<StatusResult> => status.run(work.repo, status.check(input)) as Promise<StatusResult>

it('says where HEAD stands and what no ATOM carries', async () => {
  const work = await aWorkRepo()
  work.write({ a: 'one', b: 'two' })
  const { atom } = await work.record('first', { files: ['a'] })
  work.write({ a: 'edited' })
  expect(await look(work)).toEqual({
    folder: 'project',
    branch: 'refs/heads/main', head: { object: atom.id, atomId: atom.header.atomId, title: 'first', timeMs: atom.header.timeMs },
    changes: [{ path: 'project/a', change: 'modify' }, { path: 'project/b', change: 'untracked' }], waiting: undefined, spooled: 0, queued: 0, trouble: undefined,
  })
  expect((await look(work, { untracked: 'hide' })).changes).toEqual([{ path: 'project/a', change: 'modify' }])
  expect((await look(work, { paths: ['b'] })).changes).toEqual([{ path: 'project/b', change: 'untracked' }])
})

it('remembers many files that it had to read, and reads them no second time', async () => {
  const work = await aWorkRepo()
  const names = Array.from({ length: 100 }, (_, index) => `f${String(index)}`)
  work.write(Object.fromEntries(names.map((name) => [name, name])))
  await work.record('many', { files: ['.'] })
  for (const name of names) age(join(work.root, name))
  await new Promise((resolve) => setTimeout(resolve, 40))
  const before = work.repo.store.getRecord(worktreeKey('project/f1'))
  expect((await look(work)).changes).toEqual([])
  expect(work.repo.store.getRecord(worktreeKey('project/f1'))).not.toEqual(before)
})
