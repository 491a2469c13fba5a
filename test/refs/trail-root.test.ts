import { expect, it } from 'vitest'
import { verifyStore } from '../../src/history/verify/verify.js'
import { listRefs } from '../../src/refs/ref.js'
import { trailRoot } from '../../src/refs/trail-root.js'
import { digestOf } from '../../src/codec/object-id.js'
import { aRepo } from '../helpers/memory-repo.js'

it('the root of a trail is what verify finds, and remote-tracking refs do not change it', async () => {
  const repo = await aRepo()
  await repo.add({ title: 'one' })
  const { root } = await verifyStore({ records: repo.store, random: repo.random, reporter: repo.reporter, signal: repo.signal })
  const refs = await listRefs(repo.store, 'refs/')
  expect(digestOf(trailRoot(refs).id)).toBe(root)
  expect(trailRoot([...refs, { name: 'refs/remotes/a/main', target: refs[0]!.target }]).id).toBe(trailRoot(refs).id)
  expect(trailRoot([...refs, { name: 'refs/tags/v1', target: refs[0]!.target }]).id).not.toBe(trailRoot(refs).id)
})
