import { expect, it } from 'vitest'
import { checkout } from '../../../src/ops/files/checkout.js'
import { overview } from '../../../src/ops/look/overview.js'
import { run } from '../../helpers/branches.js'
import { aRepo } from '../../helpers/memory-repo.js'
import { aHistory } from '../../helpers/small-history.js'

it('shows the last three ATOMs of the branch, and how many there are in all', async () => {
  const repo = await aHistory()
  const seen = await run(repo, overview, {})
  expect(seen).toMatchObject({ project: 'demo', branch: 'main', atoms: 6 })
  expect(seen.recent.map(({ body }) => body?.title)).toEqual(['five', 'four', 'three'])
  expect((await run(repo.as({ branch: 'refs/heads/side' }), overview, {})).recent.map(({ body }) => body?.title)).toEqual(['four', 'two needle', 'one'])
  await run(repo, checkout, { command: 'checkout', target: 'HEAD~3', detach: true, scopes: [], force: true, dryRun: false })
  expect(await run(repo, overview, {})).toMatchObject({ branch: undefined, recent: [{ body: { title: 'one' } }, { body: { title: 'Start of demo' } }] })
})

it('is empty on a branch that is not there yet', async () => {
  const repo = (await aRepo()).as({ branch: 'refs/heads/new' })
  expect(await run(repo, overview, {})).toMatchObject({ branch: 'new', atoms: 1, recent: [] })
})
