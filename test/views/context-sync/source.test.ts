import { join } from 'node:path'
import { expect, it } from 'vitest'
import { retryLocked } from '../../../src/views/context-sync/patience.js'
import { openSyncedTables } from '../../../src/views/context-sync/source.js'
import { AtomError } from '../../../src/base/errors.js'
import { aDatabase, putProject } from '../../helpers/context-sync.js'
import { temporaryFolders } from '../../helpers/git.js'

const newFolder = temporaryFolders()

it('reads tables of any name, and no view or virtual table: what they run is not asked for', async () => {
  const file = join(newFolder(), 'data.db')
  const database = aDatabase(file, 'S1')
  putProject(database, 'p1', '/x')
  database.exec('CREATE TABLE "a""b; DROP TABLE projects" ("c""d" TEXT); INSERT INTO "a""b; DROP TABLE projects" VALUES (\'e\'); CREATE VIEW notes AS SELECT * FROM projects; CREATE VIRTUAL TABLE words USING fts5(x)')
  database.close()
  const tables = await openSyncedTables(file)
  expect(tables.tables.map(({ name, rows }) => [name, rows])).toEqual([['projects', 1], ['conversations', 0], ['decisions', 0], ['a"b; DROP TABLE projects', 1]])
  expect([...tables.rows('a"b; DROP TABLE projects', ['c"d'])]).toEqual([new Map([['c"d', 'e']])])
  expect(tables.leftOut).toEqual([{ name: 'notes', reason: 'it is a view' }, { name: 'words', reason: 'it is a virtual table' }])
  expect([...tables.rows('notes', [])]).toEqual([])
  tables.close()
})

it('reads the texts of a database in UTF-16', async () => {
  const file = join(newFolder(), 'data.db')
  const { default: Sqlite } = await import('libsql')
  const database = new Sqlite(file)
  database.exec('PRAGMA encoding = "UTF-16le"; CREATE TABLE projects (id, name); INSERT INTO projects VALUES (\'p1\', \'ünï 💾\')')
  database.close()
  const tables = await openSyncedTables(file)
  expect([...tables.rows('projects', [])]).toEqual([new Map([['id', 'p1'], ['name', 'ünï 💾']])])
  tables.close()
})

it('a lock is waited for as long as told, another fault not at all', async () => {
  let asked = 0
  const locked = (): never => {
    asked++
    throw new AtomError('VIEW_LOCKED', 'locked', { data: { file: 'f' }, hint: 'move the file away' })
  }
  await expect(retryLocked('f', { lockedMs: 60 }, locked)).rejects.toMatchObject({ code: 'VIEW_LOCKED', hint: expect.stringContaining('nothing was written') as string })
  expect(asked).toBeGreaterThan(1)
  await expect(retryLocked('f', {}, () => { throw new TypeError('other') })).rejects.toThrow('other')
})
