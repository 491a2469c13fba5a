import { expect, it } from 'vitest'
import { digestOf } from '../../src/codec/object-id.js'
import { addUntold, erasedBy, readUntold } from '../../src/refs/untold.js'
import { aRepo } from '../helpers/memory-repo.js'
import { anId } from '../helpers/objects.js'

it('notes what pruned operations had erased, once each', async () => {
  const [one, two] = [digestOf(anId('one')), digestOf(anId('two'))]
  const op = { store: '0'.repeat(32), seq: 1, timeMs: 0, agent: 'a', changes: [{ ref: `refs/atom/forgotten/${one}`, after: { is: 'object', digest: two } }, { ref: 'refs/heads/main', after: { is: 'object', digest: two } }, { ref: `refs/atom/forgotten/${two}`, before: { is: 'object', digest: two } }] } as const
  expect([erasedBy({ ...op, command: 'forget' }), erasedBy({ ...op, command: 'fetch' })]).toEqual([[one], []])
  const repo = await aRepo()
  expect(readUntold(repo.store)).toEqual([])
  for (const digests of [[], [one], [two, one]]) await repo.writer.transact({ agent: 'tester', command: 'op prune' }, (tx) => { addUntold(tx, digests) })
  expect(readUntold(repo.store)).toEqual([one, two])
})
