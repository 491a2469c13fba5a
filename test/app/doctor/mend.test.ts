import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { keepTrailLog } from '../../../src/app/keep-trail-log.js'
import { finishInterrupted } from '../../../src/app/doctor/mend.js'
import { forget } from '../../../src/ops/keep/forget.js'
import { META } from '../../../src/store/objects.js'
import { temporaryFolders } from '../../helpers/git.js'
import { aRepo } from '../../helpers/memory-repo.js'

const newFolder = temporaryFolders()

it('an erasure that was cut short is finished in trail.log too', async () => {
  const folder = newFolder()
  const file = join(folder, 'trail.log')
  const repo = await aRepo()
  const { atom } = await repo.add({ title: 'SECRET-title-1a2b' })
  await repo.add({ title: 'after it' })
  await keepTrailLog(folder, repo)
  const before = readFileSync(file, 'utf8')
  await forget.run(repo, forget.check({ target: repo.index.node(atom.seq).digest, reason: 'secret', dryRun: false }))
  await repo.store.write({ puts: [[META.scrub, Uint8Array.of(1)]], deletes: [] }, 'sync')
  writeFileSync(file, before)
  await finishInterrupted(folder, repo.store, { cwd: folder, env: {}, reporter: repo.reporter, signal: repo.signal })
  expect(readFileSync(file, 'utf8')).toBe(before.replace('SECRET-title-1a2b', '(forgotten)'))
  expect(repo.store.getRecord(META.scrub)).toBeUndefined()
  expect(repo.warnings).toEqual(['an erasure was interrupted: finishing it'])
})
