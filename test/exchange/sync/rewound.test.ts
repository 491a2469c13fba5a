import { expect, it } from 'vitest'
import { chainHas, leadsTo } from '../../../src/exchange/sync/rewound.js'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { opPrune } from '../../../src/ops/keep/op-prune.js'
import { operations } from '../../../src/refs/operation-log.js'
import { anId } from '../../helpers/objects.js'
import { aHistory } from '../../helpers/small-history.js'

it('tells whether an ATOM leads to another', async () => {
  const repo = await aHistory()
  const knowledge = { index: repo.index, reader: repo.objects }
  const id = (seq: number): ReturnType<typeof repo.index.node>['id'] => repo.index.node(seq).id
  expect([[5, 0], [5, 4], [4, 2], [3, 3]].map(([tip = 0, old = 0]) => leadsTo(knowledge, id(tip), id(old)))).toEqual([true, true, true, true])
  expect([[2, 3], [3, 4], [4, 3]].map(([tip = 0, old = 0]) => leadsTo(knowledge, id(tip), id(old)))).toEqual([false, false, false])
  expect(leadsTo(knowledge, id(5), anId('unknown'))).toBe(false)
})

it('tells whether an operation is in a chain', async () => {
  const repo = await aHistory()
  const ops = [...operations(repo.store)].map(({ id }) => id)
  const [last, before] = ops as [(typeof ops)[0], (typeof ops)[0]]
  expect([chainHas(repo.objects, last, before), chainHas(repo.objects, last, last), chainHas(repo.objects, before, last), chainHas(repo.objects, last, anId('unknown'))]).toEqual([true, true, false, false])
})

it('takes what stands before a pruned beginning for a part of the chain, and nothing else', async () => {
  const repo = await aHistory()
  const [, , before] = [...operations(repo.store)].map(({ id }) => id) as [ObjectId, ObjectId, ObjectId]
  const bytes = repo.objects.getObject(before)
  await opPrune.run(repo, opPrune.check({ keep: 1, dryRun: false }))
  const tip = [...operations(repo.store)][0]?.id as ObjectId
  const reader = { getObject: (id: ObjectId) => (id === before ? bytes : repo.objects.getObject(id)) }
  expect([chainHas(reader, tip, before), chainHas(repo.objects, tip, before), chainHas(repo.objects, tip, anId('unknown'))]).toEqual([true, false, false])
})
