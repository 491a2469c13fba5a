import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { BrokenView } from '../../../src/views/sqlite/database.js'
import { openSnapshot } from '../../../src/views/sqlite/snapshot.js'
import { aDatabase, putProject } from '../../helpers/context-sync.js'
import { temporaryFolders } from '../../helpers/git.js'

const newFolder = temporaryFolders()

it('a snapshot does not see what is written later, and goes when it is closed', () => {
  const folder = newFolder()
  const file = join(folder, 'it\'s ünï?#.db')
  const database = aDatabase(file, 'S1')
  putProject(database, 'p1', '/x')
  const snapshot = openSnapshot(file)
  putProject(database, 'p2', '/y')
  database.close()
  expect(snapshot.connection.value('SELECT count(*) FROM projects')).toBe(1)
  const copy = String(snapshot.connection.value('SELECT file FROM pragma_database_list WHERE name = \'main\''))
  expect(readdirSync(join(copy, '..'))).toContain('copy.db')
  snapshot.close()
  expect(() => readdirSync(join(copy, '..'))).toThrow('ENOENT')
  expect(readdirSync(folder)).toEqual(['it\'s ünï?#.db'])
})

it('what is no database is refused', () => {
  const file = join(newFolder(), 'words.db')
  writeFileSync(file, 'words, and more words, and more words, and more words, and more words, and more words, and more words')
  expect(() => openSnapshot(file)).toThrow(BrokenView)
})
