import { describe, expect, it } from 'vitest'
import { readContent } from '../../../src/store/content.js'
import { getEntry } from '../../../src/tree/read.js'
import { aRepo } from '../../helpers/memory-repo.js'

describe('--stamp', () => {
  it('puts the new atom id into the file and into what is hashed, everywhere it stands', async () => {
    const repo = await aRepo()
    repo.worktree.put('doc.md', 'ATOM-CFG-@ and ATOM-CFG-@, not ATOM-DOC-@\n')
    const { atom } = await repo.add({ type: 'CFG', title: 'stamped', stamp: 'doc.md' })
    const wanted = `${atom.header.atomId} and ${atom.header.atomId}, not ATOM-DOC-@\n`
    expect(repo.worktree.text('doc.md')).toBe(wanted)
    expect(new TextDecoder().decode(readContent(repo.objects, getEntry(repo.objects, atom.header.tree, 'project/doc.md')?.link as never))).toBe(wanted)
    expect(atom.files).toMatchObject([{ path: 'project/doc.md', change: 'add' }])
    expect(await repo.worktree.changes({ ...repo.store, ...repo.objects }, atom.header.tree, { untracked: 'show' })).toEqual([])
  })

  it('works with the same path as a file, and with large ones', async () => {
    const repo = await aRepo()
    repo.worktree.put('doc.md', `ATOM-CFG-@\n${'x'.repeat(1_200_000)}`)
    const { atom } = await repo.add({ type: 'CFG', title: 'stamped', stamp: 'doc.md', files: ['doc.md'] })
    expect(repo.worktree.text('doc.md')?.startsWith(`${atom.header.atomId}\n`)).toBe(true)
    expect(repo.worktree.text('doc.md')).toHaveLength(1_200_001 + atom.header.atomId.length)
  })

  it('refuses a file without the mark, binary, or absent', async () => {
    const repo = await aRepo()
    repo.worktree.put('doc.md', 'ATOM-DOC-@')
    repo.worktree.put('binary', Uint8Array.of(0xff, 0xfe))
    const stamp = (path: string): Promise<unknown> => repo.add({ type: 'CFG', title: 'x', stamp: path })
    await expect(stamp('doc.md')).rejects.toMatchObject({ code: 'INPUT_INVALID', data: { field: 'stamp' } })
    await expect(stamp('binary')).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await expect(stamp('none')).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' })
    expect(repo.worktree.text('doc.md')).toBe('ATOM-DOC-@')
  })
})
