import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'libsql'
import { expect, it } from 'vitest'
import { createViews } from '../../../src/app/data/views.js'
import { openAny } from '../../../src/object/open.js'
import { ownedLinks } from '../../../src/object/links.js'
import { exportTables } from '../../../src/ops/read/export-tables.js'
import { verifyStore } from '../../../src/history/verify/verify.js'
import { temporaryFolders } from '../../helpers/git.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { run } from '../../helpers/branches.js'

const newFolder = temporaryFolders()

async function aTrail(): Promise<MemoryRepo> {
  const repo = await aRepo()
  repo.worktree.put('a.env', 'A=1\n')
  repo.worktree.put('big.bin', new Uint8Array(2_500_000).fill(7))
  await repo.add({ type: 'CFG', title: 'files', files: ['a.env', 'big.bin'], evidence: [{ name: 'out', phase: 'after', content: Buffer.from('all went well') }] })
  return { ...repo, views: createViews(newFolder()) } as MemoryRepo
}

it('an exported file has every object that its root leads to, each with the SHA-256 that is its name', async () => {
  const repo = await aTrail()
  const file = join(newFolder(), 'audit.sqlite')
  const { root, atoms, objects } = await run(repo, exportTables, { file, withObjects: true })
  expect(root).toBe((await verifyStore({ records: repo.store, random: repo.random, reporter: repo.reporter, signal: repo.signal })).root)
  const database = new Sqlite(file)
  const rows = database.prepare('SELECT object, codec, bytes FROM objects').raw().all() as unknown as readonly (readonly [string, string, Uint8Array])[]
  expect([rows.length, atoms]).toEqual([objects, 2])
  const there = new Set(rows.map(([object, codec]) => `${codec === 'raw' ? '55' : '71'}${object}`))
  for (const [object, codec, bytes] of rows) {
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(object)
    if (codec === 'dag-cbor') for (const { id } of ownedLinks(openAny(bytes))) expect(there.has(id)).toBe(true)
  }
  expect(there.has(`71${root}`)).toBe(true)
  expect(database.prepare('SELECT count(*) FROM atom_trail WHERE object NOT IN (SELECT object FROM objects)').raw().all()).toEqual([[0]])
  expect(database.prepare('PRAGMA journal_mode').raw().all()).toEqual([['delete']])
  database.close()
})

it('without objects it is the tables alone', async () => {
  const file = join(newFolder(), 'trail.sqlite')
  expect(await run(await aTrail(), exportTables, { file })).toMatchObject({ file, atoms: 2, objects: null })
  const database = new Sqlite(file)
  expect(database.prepare('SELECT count(*) FROM sqlite_schema WHERE name = ?').raw().all(['objects'])).toEqual([[0]])
  database.close()
})

it('never replaces a file unless told to, and leaves nothing beside it', async () => {
  const repo = await aTrail()
  const folder = newFolder()
  const file = join(folder, 'mine.sqlite')
  writeFileSync(file, 'mine')
  await expect(run(repo, exportTables, { file })).rejects.toMatchObject({ code: 'LOCAL_CHANGES' })
  expect(readFileSync(file, 'utf8')).toBe('mine')
  await run(repo, exportTables, { file, force: true })
  expect(readFileSync(file).subarray(0, 15).toString()).toBe('SQLite format 3')
  await expect(run(repo, exportTables, { file: join(folder, 'no/such/x.sqlite') })).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
  await expect(run({ ...repo, objects: { getObject: () => { throw new TypeError('read no further') } } }, exportTables, { file: join(folder, 'new.sqlite') })).rejects.toThrow('read no further')
  expect(readdirSync(folder)).toEqual(['mine.sqlite'])
})
