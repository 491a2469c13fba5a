import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { residencyOf } from '../../src/app/owner/residency.js'
import { repoOn } from '../../src/app/repo-on.js'
import { contextIn, makePlace } from '../fault/kit.js'

it('callers share the store, and nothing of each other: folder, clock, seed, identity, request', async () => {
  await using place = await makePlace()
  const residency = residencyOf({ path: join(place.folder, '.atom'), root: place.folder })
  await residency.sit({ context: place.context, owner: 'insist', serve: 'never' })
  const seeded = { ATOM_NOW_MS: '1732703253000', ATOM_RANDOM_SEED: '7' }
  const ann = repoOn(residency, contextIn(place.folder, { USER: 'ann' }))
  const ben = repoOn(residency, contextIn(join(place.folder, 'sub'), { USER: 'ben', ATOM_BRANCH: 'side', ...seeded }), 'f'.repeat(32))
  expect([ann.identity, ben.identity]).toEqual([{ agent: 'user:ann' }, { agent: 'user:ben', branch: 'refs/heads/side' }])
  expect([ben.clock.nowMs(), ann.clock.nowMs() > 1_732_703_253_000]).toEqual([1_732_703_253_000, true])
  expect([ann.request, ben.request]).toEqual([undefined, 'f'.repeat(32)])
  expect([ann.worktree.locate('a'), ben.worktree.locate('a')]).toEqual(['project/a', 'project/sub/a'])
  expect(ben.random.bytes(8)).toEqual(repoOn(residency, contextIn(place.folder, seeded)).random.bytes(8))
  expect(ann.random.bytes(8)).not.toEqual(ben.random.bytes(8))
  expect([ann.store, ann.index]).toEqual([ben.store, ben.index])
  writeFileSync(join(place.folder, '.atom/spool/1.json'), '{}')
  expect(ann.spool.count()).toBe(1)
  await residency.leave('own', 0)
})
