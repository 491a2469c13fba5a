import { mkdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { keepTrailLog } from '../../src/app/keep-trail-log.js'
import { temporaryFolders } from '../helpers/git.js'
import { aRepo } from '../helpers/memory-repo.js'

const newFolder = temporaryFolders()

it('a trail.log that cannot be written is a warning, and the next recording brings all of it up to date', async () => {
  const folder = newFolder()
  const repo = await aRepo()
  mkdirSync(join(folder, 'trail.log'))
  await keepTrailLog(folder, repo)
  expect(repo.warnings).toEqual([expect.stringContaining('trail.log is behind')])
  rmdirSync(join(folder, 'trail.log'))
  await repo.add({ title: 'after it' })
  await keepTrailLog(folder, repo)
  expect(readFileSync(join(folder, 'trail.log'), 'utf8').trimEnd().split('\n').map((line) => line.split('\t')[5])).toEqual(['Start of demo', 'after it'])
  expect(repo.warnings).toHaveLength(1)
})
