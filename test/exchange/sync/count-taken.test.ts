import { expect, it } from 'vitest'
import { countTaken } from '../../../src/exchange/sync/count-taken.js'
import { anExchange } from '../../helpers/exchange.js'
import { aRepo } from '../../helpers/memory-repo.js'

it('goes on behind the atom ids that were taken over', async () => {
  const from = await aRepo()
  for (let count = 0; count < 11; count++) await from.add({})
  const exchange = anExchange()
  await exchange.push(from)
  const to = await aRepo({ seed: 'other', init: 'none' })
  await exchange.fetch(to)
  await countTaken(to)
  expect((await to.add({ branch: 'new' })).atom.header.atomId).toBe('ATOM-DECISION-20241127-013')
})
