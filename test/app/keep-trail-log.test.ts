import { mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { keepTrailLog } from '../../src/app/keep-trail-log.js'
import { createSideFiles } from '../../src/app/side-files.js'
import { forget } from '../../src/ops/keep/forget.js'
import type { Repo } from '../../src/ops/repo.js'
import { temporaryFolders } from '../helpers/git.js'
import { aRepo, type MemoryRepo } from '../helpers/memory-repo.js'

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

type Moment = 'before the erasure' | 'during the erasure' | 'after the erasure' | 'before the batch' | 'after the batch'

/** Has another call bring trail.log up with the store at one moment of a `forget`, each time that it comes. */
async function forgetWhileAnotherLogs(folder: string, repo: MemoryRepo, { target, moment }: { readonly target: string; readonly moment: Moment }): Promise<void> {
  const reach = async (reached: Moment): Promise<void> => { if (reached === moment) await keepTrailLog(folder, repo) }
  const files = createSideFiles(folder)
  const busy: Repo = {
    ...repo,
    sideFiles: {
      ...files,
      async erase(erased) {
        await reach('before the erasure')
        const erasing = files.erase(erased)
        await reach('during the erasure')
        const names = await erasing
        await reach('after the erasure')
        return names
      },
    },
    writer: {
      ...repo.writer,
      async transact(stamp, stage) {
        await reach('before the batch')
        const done = await repo.writer.transact(stamp, stage)
        await reach('after the batch')
        return done
      },
    },
  }
  await forget.run(busy, forget.check({ target, reason: 'secret', dryRun: false }))
  await keepTrailLog(folder, repo)
}

const MOMENTS: readonly Moment[] = ['before the erasure', 'during the erasure', 'after the erasure', 'before the batch', 'after the batch']

it.each(MOMENTS.flatMap((moment) => [[moment, 'logged'], [moment, 'not logged yet']] as const))('a title that is forgotten while another call logs is not in trail.log afterwards: %s, %s', async (moment, state) => {
  const folder = newFolder()
  const repo = await aRepo()
  await keepTrailLog(folder, repo)
  const { atom } = await repo.add({ title: 'SECRET-title-1a2b' })
  if (state === 'logged') await keepTrailLog(folder, repo)
  await repo.add({ title: 'after it' })
  await forgetWhileAnotherLogs(folder, repo, { target: repo.index.node(atom.seq).digest, moment })
  const titles = readFileSync(join(folder, 'trail.log'), 'utf8').trimEnd().split('\n').map((line) => line.split('\t')[5])
  expect(titles).toEqual(['Start of demo', '(forgotten)', 'after it'])
  expect(readdirSync(folder)).toEqual(['trail.log'])
})
