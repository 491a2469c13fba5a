import { expect, it } from 'vitest'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { forget } from '../../../src/ops/keep/forget.js'
import { readObject } from '../../../src/store/objects.js'
import { readTaint } from '../../../src/trail/taint.js'
import type { ReadAtom } from '../../../src/views/sqlite/project.js'
import { createAtomSource } from '../../../src/views/sqlite/read-atom.js'

const noTurn = async (): Promise<void> => undefined

async function inLists(repo: MemoryRepo, lists: readonly (readonly number[])[]): Promise<readonly ReadAtom[]> {
  const found: ReadAtom[] = []
  const source = createAtomSource(repo, await readTaint(repo, async () => [lists.flat().length - 1]))
  // Bytes hold for one list: texts and ids are what rows are made of.
  for await (const list of source.readLists(lists, noTurn)) for (const atom of list) found.push({ ...atom, body: atom.body && { ...atom.body, salt: new Uint8Array(16) } })
  return found
}

async function aTrail(): Promise<MemoryRepo> {
  const repo = await aRepo()
  repo.worktree.put('a.env', 'A=1\n')
  await repo.add({ title: 'with a file', files: ['a.env'] })
  await repo.add({ title: 'a secret', reason: 'nobody shall know' })
  await forget.run(repo, forget.check({ target: 'HEAD', reason: 'secret' }))
  for (let count = 0; count < 5; count++) await repo.add({ title: `number ${String(count)}`, reason: count === 3 ? 'long '.repeat(40_000) : 'short' })
  return repo
}

it('many ATOMs are read as each by itself, whatever lists they come in', async () => {
  const repo = await aTrail()
  const seqs = Array.from({ length: 8 }, (_, seq) => seq)
  const one = createAtomSource(repo, await readTaint(repo, async () => [7]))
  const each = seqs.map((seq) => one.read(seq)).map((atom) => ({ ...atom, body: atom.body && { ...atom.body, salt: new Uint8Array(16) } }))
  expect(each.map(({ body }) => body?.title)).toEqual([expect.any(String), 'with a file', undefined, 'number 0', 'number 1', 'number 2', 'number 3', 'number 4'])
  for (const lists of [[seqs], seqs.map((seq) => [seq]), [[0, 1, 2], [3, 4, 5, 6], [7]], [[], seqs, []]]) expect(await inLists(repo, lists)).toEqual(each)
  expect(await inLists(repo, [])).toEqual([])
})

it('a header that is gone is told when its turn comes', async () => {
  const repo = await aTrail()
  const gone = repo.index.node(4).id
  const objects = { getObject: (id: ObjectId) => id === gone ? undefined : repo.objects.getObject(id) }
  const titles: unknown[] = []
  const source = createAtomSource({ ...repo, objects }, await readTaint(repo, async () => [7]))
  expect(await codeOfAsync(async () => {
    for await (const list of source.readLists([[0, 1], [2, 3, 4, 5]], noTurn)) for (const { body } of list) titles.push(body?.title)
  })).toBe('OBJECT_NOT_FOUND')
  expect(titles.slice(1)).toEqual(['with a file', undefined, 'number 0'])
  expect(readObject(repo.objects, gone, 'atom').agent).toBe('tester')
})
