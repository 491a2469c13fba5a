import { expect, it } from 'vitest'
import { resolveContext, targetRef, tipTree, treeOf } from '../../src/ops/context.js'
import { pointAt } from '../../src/refs/ref.js'
import { EMPTY_TREE } from '../../src/tree/read.js'
import { aRepo } from '../helpers/memory-repo.js'

it('names the ref that a command moves', async () => {
  const repo = await aRepo()
  expect(targetRef(repo)).toBe('refs/heads/main')
  expect(targetRef(repo, 'side')).toBe('refs/heads/side')
  expect(targetRef(repo, 'refs/heads/side')).toBe('refs/heads/side')
  expect(targetRef(repo.as({ branch: 'refs/heads/mine' }))).toBe('refs/heads/mine')
  await repo.writer.transact({ agent: 'a', command: 'switch' }, (tx) => { tx.edit({ ref: 'HEAD', expected: 'any', next: pointAt(repo.index.node(0).id) }) })
  expect(targetRef(repo)).toBe('HEAD')
})

it('gives the tree of an ATOM and of a tip, the empty one before the first', async () => {
  const repo = await aRepo()
  repo.worktree.put('a', '1')
  const { atom } = await repo.add({ files: ['a'] })
  const source = { ...repo.store, ...repo.objects }
  expect(tipTree(source, 'refs/heads/main')).toBe(atom.header.tree)
  expect(treeOf(repo.objects, atom.id)).toBe(atom.header.tree)
  expect(treeOf(repo.objects, undefined)).toBe(EMPTY_TREE.id)
  expect(tipTree(source, 'refs/heads/none')).toBe(EMPTY_TREE.id)
})

it('resolves with the clock, the reporter and the branch of the session', async () => {
  const repo = await aRepo()
  expect(resolveContext(repo)).toMatchObject({ nowMs: repo.clock.nowMs(), reporter: repo.reporter })
  expect(resolveContext(repo.as({ branch: 'refs/heads/x' })).branch).toBe('refs/heads/x')
})
