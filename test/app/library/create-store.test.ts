import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createStore } from '../../../src/app/library/create-store.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { temporaryFolders } from '../../helpers/git.js'

const newFolder = temporaryFolders()

it('makes a store as told, once', async () => {
  const folder = newFolder()
  const options = { agent: 'qwen', project: 'p', branch: 'trunk', title: 'The beginning', env: { HOME: folder } } as const
  expect(await createStore(folder, options)).toMatchObject({ folder: join(folder, '.atom'), project: 'p', branch: 'trunk', atom: { header: { agent: 'qwen' }, body: { title: 'The beginning' } } })
  expect(await codeOfAsync(() => createStore(folder, options))).toBe('REPO_EXISTS')
})
