import { lstatSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { mv, type MvInput } from '../../../src/ops/record/mv.js'
import type { ChangedFiles } from '../../../src/ops/record/rm.js'
import { status, type StatusResult } from '../../../src/ops/look/status.js'
import { aWorkRepo, type WorkRepo } from '../../helpers/work-repo.js'
import { clearBenches } from '../../helpers/worktree.js'

clearBenches()

const move = (work: WorkRepo, from: string, to: string, input: Partial<MvInput> = {}): Promise<ChangedFiles> => mv.run(work.repo, mv.check({ from, to, force: false, dryRun: false, ...input })) as Promise<ChangedFiles>
const changesOf = async (work: WorkRepo): Promise<string[]> => ((await status.run(work.repo, status.check({}))) as StatusResult).changes.map(({ path, change }) => `${change} ${path}`)
const aStart = async (): Promise<WorkRepo> => {
  const work = await aWorkRepo()
  work.write({ a: { text: 'a', mode: 0o700 }, 'd/b': 'b', 'd/e/c': 'c', other: 'o' })
  await work.record('start', { files: ['.'] })
  return work
}

it('renames a file with its permissions and records it in one ATOM', async () => {
  const work = await aStart()
  const { atom } = await move(work, 'a', 'sub/x')
  expect(atom).toMatchObject({ header: { operation: 'move_file' }, body: { title: 'Move a to sub/x' }, files: [{ path: 'project/a', change: 'delete' }, { path: 'project/sub/x', change: 'add' }] })
  expect((lstatSync(join(work.root, 'sub/x')).mode & 0o777).toString(8)).toBe('700')
  expect(await changesOf(work)).toEqual([])
})

it('moves into a folder that is there, and folders whole', async () => {
  const work = await aStart()
  await move(work, 'a', 'd')
  await move(work, 'other', 'new/')
  mkdirSync(join(work.root, 'into'))
  work.write({ 'd/untracked': 'u' })
  await move(work, 'd', 'into')
  expect(Object.keys(work.read())).toEqual(['into/d/a', 'into/d/b', 'into/d/e/c', 'into/d/untracked', 'new/other'])
  expect(await changesOf(work)).toEqual(['untracked project/into/d/untracked'])
})

it('refuses local changes, what is there already, itself and what is not tracked', async () => {
  const work = await aStart()
  await expect(move(work, 'a', 'other')).rejects.toMatchObject({ code: 'LOCAL_CHANGES', data: { paths: ['other'] } })
  await expect(move(work, 'a', 'a')).rejects.toMatchObject({ code: 'PATH_INVALID' })
  await expect(move(work, 'd', 'd/e')).rejects.toMatchObject({ code: 'PATH_INVALID' })
  await expect(move(work, 'none', 'x')).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' })
  await expect(move(work, 'a', '~/x')).rejects.toMatchObject({ code: 'SCOPE_REFUSED' })
  work.write({ other: 'mine' })
  await expect(move(work, 'other', 'x')).rejects.toMatchObject({ code: 'LOCAL_CHANGES', data: { paths: ['other'] } })
  expect(Object.keys(work.read())).toEqual(['a', 'd/b', 'd/e/c', 'other'])
})

it('with force moves the file as it is, over what is there', async () => {
  const work = await aStart()
  work.write({ 'd/b': 'edited' })
  expect(await move(work, 'd/b', 'other', { dryRun: true, force: true })).toMatchObject({ atom: undefined, paths: ['project/other'] })
  await move(work, 'd/b', 'other', { force: true })
  expect(work.read()).toMatchObject({ other: 'edited' })
  expect(await changesOf(work)).toEqual([])
})

it('puts the file back when it cannot be recorded', async () => {
  const work = await aStart()
  const failing: WorkRepo = { ...work, repo: { ...work.repo, writer: { ...work.repo.writer, transact: () => Promise.reject(new TypeError('full')) } } }
  await expect(move(failing, 'a', 'x')).rejects.toThrow('full')
  expect(Object.keys(work.read())).toContain('a')
})
