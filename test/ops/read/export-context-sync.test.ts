import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createViews } from '../../../src/app/data/views.js'
import { exportContextSync } from '../../../src/ops/read/export-context-sync.js'
import { run } from '../../helpers/branches.js'
import { ask } from '../../helpers/context-sync.js'
import { temporaryFolders } from '../../helpers/git.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'

const newFolder = temporaryFolders()

it('exports what the store holds, under the name of its project', async () => {
  const repo = { ...await aRepo(), views: createViews(newFolder()) } as MemoryRepo
  await repo.add({ title: 'Use DXVK 2.4' })
  const file = join(newFolder(), 'data.db')
  expect(await run(repo, exportContextSync, { file })).toMatchObject({ atoms: 2, isNew: true, projects: [{ name: 'demo' }] })
  expect(ask(file, 'SELECT name FROM projects')).toEqual(['demo'])
})

it('refuses folders that are none, and a store that has no place for views', async () => {
  const repo = await aRepo()
  expect(() => exportContextSync.check({ file: 'x', paths: ['a'] })).toThrow('paths must be folders by name of project')
  expect(() => exportContextSync.check({ file: 'x', paths: { a: 1 } })).toThrow('paths must be a text')
  await expect(run(repo, exportContextSync, { file: 'x' })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
})
