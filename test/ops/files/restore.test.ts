import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { restore, type RestoreInput, type RestoreResult } from '../../../src/ops/files/restore.js'
import { status, type StatusResult } from '../../../src/ops/look/status.js'
import { aWorkRepo, type WorkRepo } from '../../helpers/work-repo.js'
import { clearBenches } from '../../helpers/worktree.js'

clearBenches()

const put = (work: WorkRepo, input: Partial<RestoreInput>): Promise<RestoreResult> => restore.run(work.repo, restore.check({ force: false, dryRun: false, ...input })) as Promise<RestoreResult>
const changesOf = async (work: WorkRepo): Promise<string[]> => ((await status.run(work.repo, status.check({}))) as StatusResult).changes.map(({ path, change }) => `${change} ${path}`)

it('brings back what is gone; what was edited only with force', async () => {
  const work = await aWorkRepo()
  work.write({ a: 'one', 'd/b': 'two' })
  await work.record('both', { files: ['.'] })
  rmSync(join(work.root, 'd'), { recursive: true })
  await put(work, { paths: ['d'] })
  expect(work.read()).toEqual({ a: 'one', 'd/b': 'two' })
  work.write({ a: 'mine' })
  await expect(put(work, { paths: ['.'] })).rejects.toMatchObject({ code: 'LOCAL_CHANGES', data: { paths: ['a'] } })
  await put(work, { paths: ['a'], force: true })
  expect(await changesOf(work)).toEqual([])
})

it('from another revision leaves HEAD, so that the file counts as changed; what that revision does not have goes', async () => {
  const work = await aWorkRepo()
  work.write({ 'd/a': 'one' })
  await work.record('one', { files: ['d'] })
  work.write({ 'd/a': 'two', 'd/b': 'new' })
  await work.record('two', { files: ['d'] })
  expect((await put(work, { paths: ['d'], source: 'HEAD~1' })).files).toMatchObject({ written: ['project/d/a'], removed: ['project/d/b'] })
  expect(await changesOf(work)).toEqual(['modify project/d/a', 'delete project/d/b'])
  expect((await put(work, { paths: ['d'], force: true })).files).toMatchObject({ written: ['project/d/a', 'project/d/b'] })
  expect(await changesOf(work)).toEqual([])
})

it('does outside the project what the refusal told to type', async () => {
  const work = await aWorkRepo()
  const file = join(work.home, 'conf')
  writeFileSync(file, 'one')
  await work.record('one', { files: ['~/conf'] })
  rmSync(file)
  expect((await put(work, { paths: ['~/conf'] })).files).toMatchObject({ lacking: ['home/conf'], written: [] })
  expect((await put(work, { paths: ['~'], scopes: ['home'] })).files).toMatchObject({ lacking: [], written: ['home/conf'] })
  expect(readFileSync(file, 'utf8')).toBe('one')
})

it('refuses no path, an unknown path and an unknown scope', async () => {
  const work = await aWorkRepo()
  await expect(put(work, { paths: [] })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  await expect(put(work, { paths: ['none'] })).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' })
  expect(() => restore.check({ paths: ['a'], force: false, dryRun: false, scopes: ['everything'] })).toThrow(/scopes/)
})
