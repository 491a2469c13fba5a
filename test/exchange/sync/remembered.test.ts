import { expect, it } from 'vitest'
import { getSentLog, renameRemembered } from '../../../src/exchange/sync/remembered.js'
import { anExchange, problemsOf, refsOf } from '../../helpers/exchange.js'
import { aHistory } from '../../helpers/small-history.js'

it('gives the remembered branches of a remote another name, or drops them', async () => {
  const repo = await aHistory()
  await anExchange().push(repo, { all: true })
  const names = async (): Promise<string[]> => Object.keys(await refsOf(repo)).filter((name) => name.startsWith('refs/remotes/'))
  expect(await names()).toEqual(['refs/remotes/origin/main', 'refs/remotes/origin/side'])
  expect(await renameRemembered.run(repo, renameRemembered.check({ from: 'origin', to: 'usb' }))).toBe(2)
  expect(await names()).toEqual(['refs/remotes/usb/main', 'refs/remotes/usb/side'])
  const sent = getSentLog(repo.store, 'usb')
  expect([sent !== undefined, getSentLog(repo.store, 'origin')]).toEqual([true, undefined])
  await renameRemembered.run(repo, renameRemembered.check({ from: 'usb' }))
  expect(getSentLog(repo.store, 'usb')).toBeUndefined()
  expect(await names()).toEqual([])
  expect(await problemsOf(repo)).toEqual([])
})
