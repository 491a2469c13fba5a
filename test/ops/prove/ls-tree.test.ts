import { beforeAll, describe, expect, it } from 'vitest'
import { digestOf } from '../../../src/codec/object-id.js'
import { lsTree, type LsTreeInput, type TreeItem } from '../../../src/ops/prove/ls-tree.js'
import { objectKey } from '../../../src/store/keys.js'
import { record, runAll } from '../../helpers/branches.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'

let repo: MemoryRepo
beforeAll(async () => {
  repo = await aRepo()
  await record(repo, { 'a.env': 'A=1\n', 'dir.x': 'x', 'dir/b': 'bb', 'dir/in/c': 'c', '~/h': 'home', '/etc/s': 's' })
})

const list = (tree: string, input: Partial<LsTreeInput> = {}): Promise<readonly TreeItem[]> => runAll(repo, lsTree, { tree, ...input })
const names = async (tree: string, input: Partial<LsTreeInput> = {}): Promise<readonly string[]> => (await list(tree, input)).map(({ path }) => path)

describe('the entries of a tree', () => {
  it('of an ATOM are those of all scopes, the project\'s without its name, folders as git sorts them', async () => {
    expect(await names('HEAD')).toEqual(['a.env', 'dir.x', 'dir', '~/h', '/etc'])
    expect(await names('HEAD', { recursive: true })).toEqual(expect.arrayContaining(['a.env', 'dir.x', 'dir/b', 'dir/in/c', '~/h', '/etc/s']))
    expect(await names('HEAD', { folders: true })).toEqual(['dir', '/etc'])
  })

  it('at a path are the folder itself, or what is in it after a slash, as git does', async () => {
    expect(await names('HEAD', { paths: ['dir'] })).toEqual(['dir'])
    expect(await names('HEAD', { paths: ['dir/'] })).toEqual(['dir/b', 'dir/in'])
    expect(await names('HEAD', { paths: ['dir'], recursive: true })).toEqual(['dir/b', 'dir/in/c'])
    expect(await names('HEAD', { paths: ['a.env', 'dir/in/c'] })).toEqual(['a.env', 'dir/in/c'])
  })

  it('are those of the folder where the user stands, and shown from there, where that is asked for', async () => {
    const inside = (input: Partial<LsTreeInput>, folder = 'project/dir'): Promise<readonly (readonly [string, string | undefined])[]> =>
      runAll({ ...repo, worktree: { ...repo.worktree, folder: () => folder } }, lsTree, { tree: 'HEAD', from: 'here', ...input }).then((items) => items.map(({ path, seen }) => [path, seen]))
    expect(await inside({})).toEqual([['dir/b', 'b'], ['dir/in', 'in']])
    expect(await inside({ recursive: true })).toEqual([['dir/b', 'b'], ['dir/in/c', 'in/c']])
    expect(await inside({ paths: ['in', '../a.env', '..', '~/h'] })).toEqual([['dir/in', 'in'], ['a.env', '../a.env'], ['a.env', '../a.env'], ['dir.x', '../dir.x'], ['dir', './'], ['~/h', undefined]])
    expect(await inside({}, 'project/elsewhere')).toEqual([])
    expect(await inside({ from: 'root' })).toHaveLength(5)
    expect(await inside({ tree: 'HEAD:dir' })).toEqual([['b', undefined], ['in', undefined]])
    expect(await codeOfAsync(() => inside({ paths: ['../..'] }))).toBe('PATH_NOT_FOUND')
    expect(await names('HEAD', { paths: ['.'] })).toEqual(['a.env', 'dir.x', 'dir'])
  })

  it('of a folder by REV:path, or of a tree by its id, are named from there', async () => {
    expect(await names('HEAD:dir')).toEqual(['b', 'in'])
    const dir = (await list('HEAD', { paths: ['dir'] }))[0]
    expect(await names(digestOf(dir?.object ?? '' as never))).toEqual(['b', 'in'])
    expect(await names('HEAD:dir', { paths: ['in/'] })).toEqual(['in/c'])
  })

  it('have sizes where asked for, none where the content was forgotten', async () => {
    const [file] = await list('HEAD', { paths: ['dir/b'], sizes: true })
    expect(file).toMatchObject({ sizeBytes: 2, type: 'file' })
    await repo.store.write({ puts: [], deletes: [objectKey(file?.object ?? '' as never)] }, 'sync')
    expect((await list('HEAD', { paths: ['dir/b'], sizes: true }))[0]?.sizeBytes).toBeUndefined()
  })

  it('are refused where there is no such path or no tree', async () => {
    expect(await codeOfAsync(() => list('HEAD', { paths: ['nope'] }))).toBe('PATH_NOT_FOUND')
    expect(await codeOfAsync(() => list('HEAD:a.env'))).toBe('USAGE')
  })
})
