import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createViews } from '../../../src/app/data/views.js'
import { temporaryFolders } from '../../helpers/git.js'
import { aRepo } from '../../helpers/memory-repo.js'

const newFolder = temporaryFolders()

it('the views of a store are made when they are read, and dropped with all that belongs to them', async () => {
  const folder = newFolder()
  const views = createViews(folder)
  expect(await views.drop()).toEqual([])
  await (await views.tables()).follow(await aRepo())
  expect(await views.drop()).toContain('view.db')
  expect(readdirSync(folder)).toEqual(['run'])
})
