import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolders } from '../../helpers/git.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { opPrune } from '../../../src/ops/keep/op-prune.js'
import { pick } from '../../../src/ops/fork/pick.js'
import type { PickResult } from '../../../src/ops/fork/pick.js'
import { buildView } from '../../../src/views/sqlite/build.js'
import { catchUp } from '../../../src/views/sqlite/catch-up.js'
import { openWritable, type Connection } from '../../../src/views/sqlite/database.js'
import { load } from '../../../src/views/sqlite/loader.js'

const newFolder = temporaryFolders()

async function built(repo: MemoryRepo): Promise<Connection> {
  const file = join(newFolder(), 'view.db')
  await load({ file, atoms: 0 }, async (loader) => {
    await buildView(loader, repo)
    loader.exec('PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = WAL')
  })
  return openWritable(file)
}

it('reads nothing but what is new', async () => {
  const repo = await aRepo()
  for (let count = 0; count < 200; count++) await repo.draft({ body: { title: `n ${String(count)}` } })
  const connection = await built(repo)
  const { atom } = await repo.add({ title: 'new' })
  const read = new Set<string>()
  const objects = { getObject: (id: ObjectId) => (read.add(id), repo.objects.getObject(id)) }
  expect(await catchUp(connection, { ...repo, objects })).toEqual({ is: 'caught-up', added: 1, removed: 0 })
  expect([...read]).toEqual(expect.arrayContaining([atom.id, atom.header.body]))
  expect(read.size).toBeLessThan(5)
  connection.close()
})

it('marks what a revert tainted, and takes the mark away when the revert is gone', async () => {
  const repo = await aRepo()
  const { atom } = await repo.add({ title: 'wrong' })
  await repo.add({ title: 'builds on it', influencedBy: [atom.header.atomId] })
  const connection = await built(repo)
  const tainted = (): unknown => connection.prepare('SELECT title FROM atom_trail WHERE tainted = 1').all()
  const takenBack = (): unknown => connection.prepare('SELECT object, by_atom_id FROM taken_back').all()
  expect([tainted(), takenBack()]).toEqual([[], []])
  for await (const _ of pick.run(repo, pick.check({ kind: 'revert', revisions: [atom.header.atomId] })) as AsyncIterable<PickResult>);
  await catchUp(connection, repo)
  expect([tainted(), takenBack()]).toEqual([[['builds on it']], [[atom.id.slice(2), 'ATOM-REVERT-20241127-004']]])
  await repo.writer.transact({ agent: 'tester', command: 'reset' }, (tx) => { tx.edit({ ref: 'refs/heads/main', expected: 'any', next: { is: 'object', digest: repo.index.node(2).digest } }) })
  await catchUp(connection, repo)
  expect([tainted(), takenBack()]).toEqual([[], []])
  connection.close()
})

it('is made again where operations were dropped from the log, or one that was followed is not in it', async () => {
  const repo = await aRepo()
  for (let count = 0; count < 5; count++) await repo.add({ title: String(count) })
  const connection = await built(repo)
  await opPrune.run(repo, opPrune.check({ keep: 2 }))
  expect(await catchUp(connection, repo)).toEqual({ is: 'to-rebuild' })
  connection.close()
})

it('is as it was when it fails in the middle', async () => {
  const repo = await aRepo()
  const connection = await built(repo)
  await repo.add({ title: 'one' })
  await repo.add({ title: 'two' })
  const objects = { getObject: (id: ObjectId) => { if (id === repo.index.node(2).id) throw new TypeError('the store ends here'); return repo.objects.getObject(id) } }
  await expect(catchUp(connection, { ...repo, objects })).rejects.toThrow('the store ends here')
  expect(connection.value('SELECT count(*) FROM atom_trail')).toBe(1)
  expect(await catchUp(connection, repo)).toEqual({ is: 'caught-up', added: 2, removed: 0 })
  connection.close()
})
