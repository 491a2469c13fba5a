import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { createWorktree } from '../../../src/exchange/worktree/worktree.js'
import { scratchCompare, scratchLayOut } from '../../../src/ops/files/scratch.js'
import { codeOfAsync, record, run } from '../../helpers/branches.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'

const folders: string[] = []
afterEach(() => { for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true }) })

it('lays trees out one after the other, and sees what was changed there', async () => {
  const repo = await aRepo()
  const digests: string[] = []
  for (const files of [{ 'a.env': 'A=1\n', 'dir/b.env': 'B=1\n', '~/h.env': 'H=1\n' }, { 'a.env': 'A=2\n', 'dir/b.env': undefined }]) digests.push((await record(repo, files)).slice(2))
  const [first, second] = digests as [string, string]
  const folder = mkdtempSync(join(tmpdir(), 'atom-scratch-'))
  folders.push(folder)
  const onDisk = { ...repo, worktree: createWorktree({ root: folder, home: folder, cwd: folder, storeFolder: join(folder, '.atom') }) } as unknown as MemoryRepo
  const target = join(folder, 'out')
  expect(await run(onDisk, scratchLayOut, { folder: target, object: first, force: false })).toMatchObject({ written: 3, removed: 0, left: [] })
  expect(readFileSync(join(target, '.atom-home/h.env'), 'utf8')).toBe('H=1\n')
  writeFileSync(join(target, '.atom-home/h.env'), 'tampered\n')
  expect((await run(onDisk, scratchCompare, { folder: target, object: first })).different).toEqual(['home/h.env'])
  expect(await run(onDisk, scratchLayOut, { folder: target, object: second, previous: first, force: true })).toMatchObject({ written: 2, removed: 1 })
  expect([readFileSync(join(target, 'a.env'), 'utf8'), readFileSync(join(target, '.atom-home/h.env'), 'utf8'), existsSync(join(target, 'dir/b.env'))]).toEqual(['A=2\n', 'H=1\n', false])
  writeFileSync(join(target, 'a.env'), 'mine\n')
  expect(await run(onDisk, scratchLayOut, { folder: target, object: first, force: false })).toMatchObject({ written: 0, left: [{ path: 'project/a.env', isInTheWay: true }] })
  expect(readFileSync(join(target, 'a.env'), 'utf8')).toBe('mine\n')
  expect(await codeOfAsync(Promise.resolve().then(() => run(onDisk, scratchLayOut, { folder: target, object: 'HEAD', force: false })))).toBe('INPUT_INVALID')
})
