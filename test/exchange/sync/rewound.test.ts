import { expect, it } from 'vitest'
import { chainHas, leadsTo } from '../../../src/exchange/sync/rewound.js'
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
