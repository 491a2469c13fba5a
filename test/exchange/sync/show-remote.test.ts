import { expect, it } from 'vitest'
import { openMemoryRemote } from '../../../src/exchange/memory-remote.js'
import { showRemote, type ShowRemoteResult } from '../../../src/exchange/sync/show-remote.js'
import { pointAt } from '../../../src/refs/ref.js'
import { anExchange } from '../../helpers/exchange.js'
import { anId } from '../../helpers/objects.js'
import { aHistory } from '../../helpers/small-history.js'

it('says of each branch and tag how the two sides stand', async () => {
  const repo = await aHistory()
  const { state, push } = anExchange()
  await push(repo, { all: true })
  const id = (seq: number): ReturnType<typeof anId> => repo.index.node(seq).id
  const here = { 'refs/heads/same': 3, 'refs/heads/behind': 3, 'refs/heads/ahead': 1, 'refs/heads/diverged': 3, 'refs/heads/unknown': 3, 'refs/tags/only-here': 3 }
  await repo.writer.transact({ agent: 'tester', command: 'test' }, (tx) => { for (const [ref, seq] of Object.entries(here)) tx.edit({ ref, expected: undefined, next: pointAt(id(seq)) }) })
  for (const [ref, there] of [['same', id(3)], ['behind', id(1)], ['ahead', id(3)], ['diverged', id(4)], ['unknown', anId('far away')], ['only-there', id(1)]] as const) state.refs.set(`refs/heads/${ref}`, there)
  const show = showRemote(async () => ({ name: 'origin', remote: openMemoryRemote(state) }))
  const result = await show.run(repo, show.check({})) as ShowRemoteResult
  expect(Object.fromEntries(result.refs.map(({ ref, standing }) => [ref.replace(/^refs\/\w+\//, ''), standing]))).toEqual({
    'ahead': 'ahead', 'behind': 'behind', 'diverged': 'diverged', 'main': 'same', 'only-there': 'not-here', 'same': 'same', 'side': 'same', 'unknown': 'unknown', 'only-here': 'not-there',
  })
})
