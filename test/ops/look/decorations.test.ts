import { expect, it } from 'vitest'
import { encodeTag } from '../../../src/object/tag.js'
import { seal } from '../../../src/object/seal.js'
import { readDecorations } from '../../../src/ops/look/decorations.js'
import { pointAt } from '../../../src/refs/ref.js'
import { run } from '../../helpers/branches.js'
import { checkout } from '../../../src/ops/files/checkout.js'
import { aHistory } from '../../helpers/small-history.js'

it('names stand in git\'s order, through annotated tags', async () => {
  const repo = await aHistory()
  const tag = seal(encodeTag({ name: 'v1', target: repo.index.node(5).id, agent: 'ann', timeMs: 0, message: '' }))
  await repo.writer.transact({ agent: 'tester', command: 'test' }, (tx) => {
    tx.put(tag)
    tx.edit({ ref: 'refs/tags/v1', expected: undefined, next: pointAt(tag.id) })
    tx.edit({ ref: 'refs/heads/aside', expected: undefined, next: pointAt(repo.index.node(5).id) })
    tx.edit({ ref: 'refs/remotes/origin/main', expected: undefined, next: pointAt(repo.index.node(5).id) })
    tx.edit({ ref: 'refs/remotes/origin/HEAD', expected: undefined, next: { is: 'symbolic', ref: 'refs/remotes/origin/main' } })
  })
  const found = await readDecorations(repo)
  expect(found.get(5)).toEqual([{ is: 'branch', name: 'main', isCurrent: true }, { is: 'tag', name: 'v1' }, { is: 'remote', name: 'origin/main' }, { is: 'branch', name: 'aside' }])
  expect(found.get(4)).toEqual([{ is: 'branch', name: 'side' }])
  expect(found.get(3)).toBeUndefined()
  await run(repo, checkout, { command: 'checkout', target: 'HEAD~1', detach: true, scopes: [], force: true, dryRun: false })
  const detached = await readDecorations(repo)
  expect(detached.get(3)).toEqual([{ is: 'head', name: 'HEAD' }])
  expect(detached.get(5)).toContainEqual({ is: 'branch', name: 'main' })
})
