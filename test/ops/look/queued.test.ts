import { expect, it } from 'vitest'
import { queued } from '../../../src/ops/look/queued.js'
import type { Repo } from '../../../src/ops/repo.js'
import { anExchange } from '../../helpers/exchange.js'
import { aHistory } from '../../helpers/small-history.js'

it('counts what one of the remotes lacks, at most', async () => {
  const repo = await aHistory()
  const count = (remotes: readonly string[]): unknown => queued.run({ ...repo, outbox: { remotes, trouble: () => undefined } } as Repo, {})
  expect(await queued.run(repo, {})).toBe(0)
  expect(await count(['origin'])).toBe(6)
  await anExchange().push(repo, { all: true })
  expect([await count(['origin']), await count(['origin', 'usb']), await count([])]).toEqual([0, 6, 0])
  await repo.add({ title: 'new' })
  await repo.add({ title: 'aside', branch: 'side' })
  expect(await count(['origin'])).toBe(2)
})
