import { describe, expect, it } from 'vitest'
import { blame } from '../../src/history/blame.js'
import { SYMLINK_MODE } from '../../src/object/tree.js'
import { objectKey } from '../../src/store/keys.js'
import { getEntry } from '../../src/tree/read.js'
import { mergeInto, record, treeAt, twoSides } from '../helpers/branches.js'
import { aRepo, type MemoryRepo } from '../helpers/memory-repo.js'

/** Where the lines of a file at an ATOM came from: `seq path line`. */
async function originsOf(repo: MemoryRepo, seq: number, path: string, range: readonly [from: number, to: number]): Promise<readonly string[]> {
  const origins = await blame(repo, { seq, path: `project/${path}`, from: range[0], to: range[1] })
  return origins.map((origin) => `${String(origin.seq)} ${origin.path.replace('project/', '')} ${String(origin.line)}`)
}

describe('the origin of lines', () => {
  it('is where they stood when they came in, however they moved since', async () => {
    const repo = await aRepo()
    await record(repo, { f: 'a\nb\n' })
    await record(repo, { f: 'new\na\nb\n' })
    await record(repo, { other: 'x' })
    expect(await originsOf(repo, 3, 'f', [0, 3])).toEqual(['2 f 0', '1 f 0', '1 f 1'])
    expect(await originsOf(repo, 3, 'f', [2, 3])).toEqual(['1 f 1'])
    expect(await originsOf(repo, 3, 'f', [1, 1])).toEqual([])
  })

  it('of a line that went and came back is where it came back', async () => {
    const repo = await aRepo()
    for (const content of ['a\nb\n', 'a\n', 'a\nb\n']) await record(repo, { f: content })
    expect(await originsOf(repo, 3, 'f', [0, 2])).toEqual(['1 f 0', '3 f 1'])
  })

  it('of a merge is on the side that wrote it; what the merge itself wrote is its own', async () => {
    const repo = await aRepo()
    await twoSides(repo, { base: { f: '1\n2\n3\n4\n5\n' }, ours: { f: 'ours\n2\n3\n4\n5\n' }, theirs: { f: '1\n2\n3\n4\ntheirs\n' } })
    const merged = await mergeInto(repo, 'side')
    expect(await originsOf(repo, merged.atom?.seq ?? -1, 'f', [0, 5])).toEqual(['3 f 0', '1 f 1', '1 f 2', '1 f 3', '2 f 4'])
  })

  it('is followed through a rename with changes, and not into a copy', async () => {
    const repo = await aRepo()
    const lines = Array.from({ length: 20 }, (_, index) => `line ${String(index)}\n`).join('')
    await record(repo, { old: lines })
    await record(repo, { old: undefined, new: `${lines}more\n` })
    expect(await originsOf(repo, 2, 'new', [19, 21])).toEqual(['1 old 19', '2 new 20'])
    await record(repo, { copy: lines })
    expect(await originsOf(repo, 3, 'copy', [0, 1])).toEqual(['3 copy 0'])
  })

  it('ends where the content was forgotten, and where the path was a symlink', async () => {
    const repo = await aRepo()
    await record(repo, { f: 'secret\na\n' })
    const content = getEntry(repo.objects, treeAt(repo, 'main'), 'project/f')
    await record(repo, { f: 'a\n' })
    await repo.store.write({ puts: [], deletes: [objectKey(content?.link ?? '' as never)] }, 'sync')
    expect(await originsOf(repo, 2, 'f', [0, 1])).toEqual(['2 f 0'])
    repo.worktree.put('link', 'a', SYMLINK_MODE)
    await repo.add({ title: 'a link', files: ['link'] })
    await record(repo, { link: 'a' })
    expect(await originsOf(repo, 4, 'link', [0, 1])).toEqual(['4 link 0'])
  })
})
