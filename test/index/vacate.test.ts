import { expect, it } from 'vitest'
import { toHex } from '../../src/base/bytes.js'
import { createTrailIndex } from '../../src/index/trail-index.js'
import { vacateAtom } from '../../src/index/vacate.js'
import { rangeOf, titleBlockKey, type Space } from '../../src/store/keys.js'
import { readObject } from '../../src/store/objects.js'
import { diffTrees } from '../../src/tree/diff.js'
import { aRepo, type MemoryRepo } from '../helpers/memory-repo.js'

const INDEXES: readonly Space[] = ['seq', 'atomId', 'path', 'influence', 'refutation']

async function recordsOf(repo: MemoryRepo): Promise<readonly string[]> {
  const keys: string[] = []
  for (const space of INDEXES) for await (const list of repo.store.scan(rangeOf(space))) for (const [key] of list) keys.push(toHex(key))
  return keys
}

it('an ATOM leaves every index, its number stays vacant, and all others are as they were', async () => {
  const repo = await aRepo()
  const first = await repo.add({ type: 'RESEARCH', title: 'first' })
  const before = await recordsOf(repo)
  repo.worktree.put('a.env', 'A=1\n')
  const { atom } = await repo.add({ type: 'CFG', title: 'goes', files: ['a.env'], influencedBy: [first.atom.header.atomId] })
  const { id, seq } = atom
  expect((await recordsOf(repo)).length).toBeGreaterThan(before.length + 2)
  const changes = diffTrees(repo.objects, first.atom.header.tree, atom.header.tree)
  await repo.writer.transact({ agent: 'tester', command: 'gc' }, (tx) => { vacateAtom(tx, seq, { id, header: readObject(repo.objects, id, 'atom'), changes }) })
  expect(await recordsOf(repo)).toEqual(before)
  const index = createTrailIndex(repo.store)
  expect([index.getSeq(repo.index.node(1).digest), index.node(0).atomId, index.node(1).atomId]).toEqual([1, repo.index.node(0).atomId, first.atom.header.atomId])
  expect(toHex(repo.store.getRecord(titleBlockKey(0)) ?? new Uint8Array())).not.toContain(toHex(new TextEncoder().encode('goes')))
})

it('one in the middle of a block leaves those after it readable', async () => {
  const repo = await aRepo()
  for (const title of ['one', 'two', 'three']) await repo.add({ title })
  const node = repo.index.node(2)
  await repo.writer.transact({ agent: 'tester', command: 'gc' }, (tx) => { vacateAtom(tx, 2, { id: node.id, header: readObject(repo.objects, node.id, 'atom'), changes: [] }) })
  const index = createTrailIndex(repo.store)
  expect([index.getSeq(node.digest), index.node(1).digest, index.node(3).atomId]).toEqual([undefined, repo.index.node(1).digest, repo.index.node(3).atomId])
})
