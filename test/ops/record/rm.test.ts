import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { resolveRef } from '../../../src/refs/ref.js'
import { listed, rm, type ChangedFiles, type RmInput } from '../../../src/ops/record/rm.js'
import { status, type StatusResult } from '../../../src/ops/look/status.js'
import { aWorkRepo, type WorkRepo } from '../../helpers/work-repo.js'
import { clearBenches } from '../../helpers/worktree.js'

clearBenches()

const remove = (work: WorkRepo, input: Partial<RmInput>): Promise<ChangedFiles> =>
  rm.run(work.repo, rm.check({ folders: 'refuse', files: 'remove', force: false, dryRun: false, ...input })) as Promise<ChangedFiles>
const changesOf = async (work: WorkRepo): Promise<string[]> => ((await status.run(work.repo, status.check({}))) as StatusResult).changes.map(({ path, change }) => `${change} ${path}`)
const aStart = async (): Promise<WorkRepo> => {
  const work = await aWorkRepo()
  work.write({ a: 'a', 'd/b': 'b', 'd/c': 'c' })
  await work.record('start', { files: ['.'] })
  return work
}

it('removes a file and records it in one ATOM', async () => {
  const work = await aStart()
  const { atom } = await remove(work, { paths: ['a'], reason: 'not needed' })
  expect(atom).toMatchObject({ header: { operation: 'delete_file' }, body: { title: 'Remove a', reason: 'not needed', project: 'demo' }, files: [{ path: 'project/a', change: 'delete' }] })
  expect(resolveRef(work.repo.store, 'HEAD')).toBe(atom?.id)
  expect(work.read()).toEqual({ 'd/b': 'b', 'd/c': 'c' })
  expect(await changesOf(work)).toEqual([])
})

it('takes a folder only when told to', async () => {
  const work = await aStart()
  await expect(remove(work, { paths: ['d'] })).rejects.toMatchObject({ code: 'INPUT_INVALID', hint: 'atom rm -r d' })
  expect((await remove(work, { paths: ['d'], folders: 'take' })).atom).toMatchObject({ body: { title: 'Remove d/b and d/c' } })
  expect(existsSync(join(work.root, 'd'))).toBe(false)
})

it('refuses local changes, and records a file that is gone already', async () => {
  const work = await aStart()
  work.write({ a: 'mine' })
  await expect(remove(work, { paths: ['a', 'd/b'] })).rejects.toMatchObject({ code: 'LOCAL_CHANGES' })
  expect(work.read()['d/b']).toBe('b')
  await remove(work, { paths: ['a'], force: true })
  rmSync(join(work.root, 'd/b'))
  expect((await remove(work, { paths: ['d/b'] })).atom?.files).toMatchObject([{ path: 'project/d/b', change: 'delete' }])
  expect(await changesOf(work)).toEqual([])
})

it('may leave the file where it is, or only show what it would do', async () => {
  const work = await aStart()
  expect(await remove(work, { paths: ['a'], dryRun: true })).toMatchObject({ atom: undefined, paths: ['project/a'] })
  await remove(work, { paths: ['a'], files: 'keep' })
  expect(await changesOf(work)).toEqual(['untracked project/a'])
})

it('does nothing outside the project without leave', async () => {
  const work = await aStart()
  writeFileSync(join(work.home, 'conf'), 'c')
  await work.record('conf', { files: ['~/conf'] })
  await expect(remove(work, { paths: ['~/conf'] })).rejects.toMatchObject({ code: 'SCOPE_REFUSED', data: { paths: ['~/conf'], scopes: ['home'] } })
  await remove(work, { paths: ['~/conf'], scopes: ['home'] })
  expect(existsSync(join(work.home, 'conf'))).toBe(false)
})

it('refuses what is not tracked', async () => {
  const work = await aStart()
  work.write({ new: 'n' })
  await expect(remove(work, { paths: ['new'] })).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' })
  await expect(remove(work, {})).rejects.toMatchObject({ code: 'INPUT_INVALID' })
})

it('lists paths as a title can hold them', () => {
  expect([['project/a'], ['project/a', 'home/b'], ['project/a', 'home/b', 'system/c']].map(listed)).toEqual(['a', 'a and ~/b', 'a and 2 others'])
})
