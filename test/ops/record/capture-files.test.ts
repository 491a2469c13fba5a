import { describe, expect, it } from 'vitest'
import { captureFiles } from '../../../src/ops/record/capture-files.js'
import { faultyStore } from '../../helpers/faulty-store.js'
import { aRepo } from '../../helpers/memory-repo.js'

const NOTHING = { files: [], deletes: [] }

describe('capturing files', () => {
  it('takes files and folders, each once', async () => {
    const repo = await aRepo()
    for (const path of ['a', 'dir/x', 'dir/y', '~/h']) repo.worktree.put(path, path)
    let reads = 0
    const { capture } = repo.worktree
    const worktree = { ...repo.worktree, capture: (path: string, ahead: Parameters<typeof capture>[1]) => { reads++; return capture(path, ahead) } }
    const captured = await captureFiles({ ...repo, worktree }, { ...NOTHING, files: ['a', 'dir', 'dir/x', 'a', '~/h'] })
    expect([...captured.files.keys()]).toEqual(['project/a', 'project/dir/x', 'project/dir/y', 'home/h'])
    expect(reads).toBe(4)
    expect(captured.layout).toHaveLength(4)
    expect(captured.objects).toHaveLength(4)
  })

  it('of a folder also takes that tracked files below it are gone', async () => {
    const repo = await aRepo()
    for (const path of ['dir/x', 'dir/y', 'other']) repo.worktree.put(path, path)
    await repo.add({ files: ['.'] })
    repo.worktree.remove('dir/y')
    repo.worktree.remove('other')
    repo.worktree.put('dir/x', 'changed')
    expect([...(await captureFiles(repo, { ...NOTHING, files: ['dir'] })).files].map(([path, entry]) => [path, entry !== undefined])).toEqual([['project/dir/x', true], ['project/dir/y', false]])
    repo.worktree.remove('dir/x')
    expect((await captureFiles(repo, { ...NOTHING, files: ['dir'] })).files.size).toBe(2)
    const gone = await captureFiles(repo, { ...NOTHING, files: ['other'] })
    expect([...gone.files]).toEqual([['project/other', undefined]])
    expect(gone.layout).toEqual([{ path: 'project/other', bytes: undefined }])
  })

  it('takes what was named as gone, unread', async () => {
    const repo = await aRepo()
    repo.worktree.put('still-here', '1')
    expect([...(await captureFiles(repo, { ...NOTHING, deletes: ['still-here', 'never/there'] })).files.entries()]).toEqual([['project/still-here', undefined], ['project/never/there', undefined]])
  })

  it('takes every tracked file that changed, or new ones too', async () => {
    const repo = await aRepo()
    for (const path of ['a', 'b', 'c']) repo.worktree.put(path, path)
    await repo.add({ files: ['a', 'b'] })
    repo.worktree.put('a', 'changed')
    repo.worktree.remove('b')
    expect([...(await captureFiles(repo, { ...NOTHING, all: 'tracked' })).files.keys()].sort()).toEqual(['project/a', 'project/b'])
    expect([...(await captureFiles(repo, { ...NOTHING, all: 'new' })).files.keys()].sort()).toEqual(['project/a', 'project/b', 'project/c'])
  })

  it('refuses a path that is neither there nor tracked', async () => {
    const repo = await aRepo()
    await expect(captureFiles(repo, { ...NOTHING, files: ['nothing'] })).rejects.toMatchObject({ code: 'PATH_NOT_FOUND', data: { path: 'nothing' } })
    await expect(captureFiles(repo, { ...NOTHING, files: ['a/../b'] })).rejects.toMatchObject({ code: 'PATH_INVALID' })
  })

  it('writes ahead when many small files are as much as a large one', async () => {
    const store = faultyStore()
    const repo = await aRepo({ store })
    for (let index = 0; index < 20; index++) repo.worktree.put(`f${String(index)}`, new Uint8Array(1_000_000).fill(index))
    const before = store.writes.length
    const captured = await captureFiles(repo, { ...NOTHING, files: ['.'] })
    expect(store.writes.length - before).toBe(2)
    expect(captured.objects.length).toBeLessThan(9)
    const { atom } = await repo.add({ files: ['.'] })
    expect(atom.files).toHaveLength(20)
  })
})
