import { describe, expect, it } from 'vitest'
import { digestOf } from '../../../src/codec/object-id.js'
import { layoutTree, putLayout } from '../../../src/ops/record/record-draft.js'
import { worktreeKey } from '../../../src/store/keys.js'
import { EMPTY_TREE, getEntry } from '../../../src/tree/read.js'
import { aRepo } from '../../helpers/memory-repo.js'
import { anId } from '../../helpers/objects.js'
import { file } from '../../helpers/trees.js'

describe('recording a draft', () => {
  it('checks under the lock that all it links is there', async () => {
    const repo = await aRepo()
    const rejects = (draft: Parameters<typeof repo.draft>[0], code: string): Promise<void> => expect(repo.draft(draft)).rejects.toMatchObject({ code })
    await rejects({ files: new Map([['project/a', file('nowhere')]]) }, 'LINK_MISSING')
    await rejects({ files: { tree: anId('no tree') } }, 'LINK_MISSING')
    await rejects({ body: { title: 'x', evidence: [{ name: 'e', phase: 'other', content: anId('none', 'raw') }] } }, 'LINK_MISSING')
    await rejects({ otherParents: [anId('no atom')] }, 'OBJECT_NOT_FOUND')
    await rejects({ otherParents: [repo.index.node(0).id] }, 'OBJECT_INVALID')
    expect(await repo.index.withPrefix('')).toHaveLength(1)
  })

  it('takes a whole tree, the empty one too', async () => {
    const repo = await aRepo()
    repo.worktree.put('a', '1')
    const { atom } = await repo.add({ files: ['a'] })
    const emptied = await repo.draft({ type: 'CFG', files: { tree: EMPTY_TREE.id } })
    expect(emptied.changes.map(({ change }) => change)).toEqual(['delete'])
    expect(emptied.header.operation).toBe('delete_file')
    expect((await repo.draft({ files: { tree: atom.header.tree } })).header.tree).toBe(atom.header.tree)
  })

  it('fails with REF_MOVED where it was told what to expect', async () => {
    const repo = await aRepo()
    await expect(repo.draft({}, { expected: anId('other') })).rejects.toMatchObject({ code: 'REF_MOVED', data: { expected: digestOf(anId('other')), actual: repo.index.node(0).digest } })
    const { previous } = await repo.draft({}, { expected: repo.index.node(0).id })
    expect(previous).toBe(repo.index.node(0).id)
  })

  it('remembers what lies on disk, and nothing that it did not read there', async () => {
    const repo = await aRepo()
    repo.worktree.put('a', '1')
    repo.worktree.put('b', '1')
    expect(layoutTree(repo.store)).toBe(EMPTY_TREE.id)
    await repo.add({ files: ['a'] })
    expect(getEntry(repo.objects, layoutTree(repo.store), 'project/a')).toBeDefined()
    expect(repo.store.getRecord(worktreeKey('project/a'))).toBeDefined()
    const { atom } = await repo.add({ files: ['b'], branch: 'elsewhere' })
    expect(getEntry(repo.objects, layoutTree(repo.store), 'project/b')).toBeDefined()
    expect(getEntry(repo.objects, atom.header.tree, 'project/a')).toBeDefined()
    repo.worktree.remove('a')
    await repo.add({ files: ['a'] })
    expect(getEntry(repo.objects, layoutTree(repo.store), 'project/a')).toBeUndefined()
    expect(repo.store.getRecord(worktreeKey('project/a'))).toBeUndefined()
    await repo.add({ title: 'no files' })
    expect(getEntry(repo.objects, layoutTree(repo.store), 'project/b')).toBeDefined()
    await repo.writer.transact({ agent: 'a', command: 'checkout' }, (tx) => { putLayout(tx, EMPTY_TREE.id, [{ path: 'project/b', bytes: undefined }]) })
    expect([layoutTree(repo.store), repo.store.getRecord(worktreeKey('project/b'))]).toEqual([EMPTY_TREE.id, undefined])
  })
})
