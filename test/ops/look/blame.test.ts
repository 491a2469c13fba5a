import { describe, expect, it } from 'vitest'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { collect } from '../../helpers/collect.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { blame } from '../../../src/ops/look/blame.js'

async function aFile(): Promise<MemoryRepo> {
  const repo = await aRepo()
  const write = async (title: string, content: string): Promise<void> => {
    repo.worktree.put('a.env', content)
    await repo.add({ type: 'CFG', title, files: ['a.env'] })
  }
  await write('one', 'a\nb\nc\n')
  await repo.add({ title: 'nothing' })
  await write('two', 'a\nB\nc\nd')
  await repo.worktree.move('project/a.env', 'project/b.env', 'refuse')
  await repo.add({ type: 'CFG', title: 'renamed', files: ['b.env'], deletes: ['a.env'] })
  return repo
}

describe('blame', () => {
  it('finds who wrote each line, through renames and ATOMs that touched nothing', async () => {
    const repo = await aFile()
    const lines = await collect(repo, blame, { path: 'b.env' })
    const [one, two] = [repo.index.node(1).atomId, repo.index.node(3).atomId]
    expect(lines.map(({ line, text, node, isRenamed }) => [line, text, node.atomId, isRenamed])).toEqual([[1, 'a', one, true], [2, 'B', two, true], [3, 'c', one, true], [4, 'd', two, true]])
  })

  it('takes ranges and revisions', async () => {
    const repo = await aFile()
    expect((await collect(repo, blame, { path: 'b.env', range: '2,+2' })).map(({ line }) => line)).toEqual([2, 3])
    expect((await collect(repo, blame, { path: 'a.env', revision: 'HEAD~3', range: '3,99' })).map(({ text }) => text)).toEqual(['c'])
    expect(await codeOfAsync(() => collect(repo, blame, { path: 'b.env', range: '9' }))).toBe('USAGE')
    expect(await codeOfAsync(() => collect(repo, blame, { path: 'b.env', range: 'x' }))).toBe('USAGE')
    expect(await codeOfAsync(() => collect(repo, blame, { path: 'nope' }))).toBe('PATH_NOT_FOUND')
  })

  it('gives the lines of a merge to the side that wrote them', async () => {
    const repo = await aRepo()
    repo.worktree.put('f', '1\n2\n3\n4\n5\n6\n')
    const base = await repo.add({ title: 'base', files: ['f'] })
    repo.worktree.put('f', '1\n2\n3\n4\n5\nsix\n')
    const side = await repo.add({ title: 'side', files: ['f'], branch: 'side' })
    repo.worktree.put('f', 'one\n2\n3\n4\n5\n6\n')
    const main = await repo.add({ title: 'main', files: ['f'] })
    repo.worktree.put('f', 'one\n2\n3\n4\n5\nsix\n')
    const captured = await repo.worktree.capture('project/f', () => Promise.resolve())
    if (captured === undefined) throw new TypeError('the file is there')
    await repo.draft({ type: 'MERGE', files: new Map([['project/f', captured.entry]]), objects: captured.objects, otherParents: [side.atom.id] })
    const names = (await collect(repo, blame, { path: 'f' })).map(({ node }) => node.atomId)
    expect([names[0], names[1], names[5]]).toEqual([main.atom.header.atomId, base.atom.header.atomId, side.atom.header.atomId])
  })
})
