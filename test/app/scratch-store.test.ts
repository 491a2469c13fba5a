import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openScratchStore } from '../../src/app/scratch-store.js'
import { temporaryFolders } from '../helpers/git.js'

const newFolder = temporaryFolders()

it('is an empty store that is gone when it is closed, and takes away what a killed process left', async () => {
  const folder = newFolder()
  const run = join(folder, 'run')
  const gone = spawnSync(process.execPath, ['-e', '']).pid
  const [left, others, strange] = [`scratch-${String(gone)}-0123456789ab`, `scratch-${String(process.ppid)}-0123456789ab`, 'scratch-of-mine']
  for (const name of [left, others, strange]) mkdirSync(join(run, name), { recursive: true })
  const store = await openScratchStore(folder)
  const key = Uint8Array.of(1)
  expect(store.getRecord(key)).toBeUndefined()
  await store.write({ puts: [[key, Uint8Array.of(2)]], deletes: [] }, 'buffered')
  expect(store.getRecord(key)).toEqual(Uint8Array.of(2))
  const names = readdirSync(run)
  expect(names).toHaveLength(3)
  expect(names).not.toContain(left)
  await store.close()
  expect(readdirSync(run).sort()).toEqual([others, strange].sort())
})
