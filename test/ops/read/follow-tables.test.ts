import { expect, it } from 'vitest'
import { followTables } from '../../../src/ops/read/follow-tables.js'
import { createViews } from '../../../src/app/data/views.js'
import { temporaryFolders } from '../../helpers/git.js'
import { run } from '../../helpers/branches.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { aRepo } from '../../helpers/memory-repo.js'

const newFolder = temporaryFolders()

it('tables.follow brings the tables up to date and says where they are; UNSUPPORTED where there is nowhere to keep them', async () => {
  const repo = await aRepo()
  const folder = newFolder()
  const withViews = { ...repo, views: createViews(folder) }
  expect(await run(withViews, followTables, {})).toEqual({ how: 'rebuilt', added: 1, removed: 0, file: `${folder}/view.db` })
  expect(await run(withViews, followTables, {})).toMatchObject({ how: 'current' })
  expect(await run(withViews, followTables, { rebuild: true })).toMatchObject({ how: 'rebuilt' })
  expect(await codeOfAsync(() => run(repo, followTables, {}))).toBe('UNSUPPORTED')
})
