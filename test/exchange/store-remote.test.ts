import { expect, it } from 'vitest'
import { OPS } from '../../src/refs/name.js'
import { storeRemote } from '../../src/exchange/store-remote.js'
import { resolveRef } from '../../src/refs/ref.js'
import { codeOfAsync } from '../helpers/code-of-async.js'
import { anExchange, problemsOf } from '../helpers/exchange.js'
import { aRepo } from '../helpers/memory-repo.js'
import { aHistory } from '../helpers/small-history.js'

it('gives what a store has, its log with it, and takes nothing', async () => {
  const from = await aHistory()
  let isClosed = false
  const open = (): ReturnType<typeof storeRemote> => storeRemote({ ...from, location: '../other', [Symbol.asyncDispose]: async () => { isClosed = true } })
  const remote = open()
  const { refs, head } = await remote.refs()
  expect([head, [...refs.keys()].filter((name) => name.startsWith(OPS)).length, refs.get('refs/heads/main')]).toEqual(['refs/heads/main', 1, resolveRef(from.store, 'HEAD')])
  const to = await aRepo({ seed: 'other' })
  expect(await anExchange().fetch(to, {}, open())).toMatchObject({ atoms: 6, refused: [] })
  expect(await problemsOf(to)).toEqual([])
  for (const work of [() => remote.put((async function* () { /* nothing */ })()), () => remote.updateRefs([]), () => remote.forget([])]) expect(await codeOfAsync(work)).toBe('REMOTE_REFUSED')
  await remote[Symbol.asyncDispose]()
  expect(isClosed).toBe(true)
})
