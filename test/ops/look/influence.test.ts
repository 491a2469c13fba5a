import { describe, expect, it } from 'vitest'
import { collect } from '../../helpers/collect.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { impact, why } from '../../../src/ops/look/influence.js'
import { log } from '../../../src/ops/look/log.js'

/** research ─ decision ─ config ─ more, by influence; a revert of the decision where asked for. */
async function aChain(takenBack: 'revert' | 'refute' | 'sage' | 'none'): Promise<MemoryRepo> {
  const repo = await aRepo()
  repo.worktree.put('a.env', 'A=1\n')
  await repo.add({ type: 'RESEARCH', title: 'research' })
  const decision = await repo.add({ type: 'DECISION', title: 'decision', influencedBy: ['HEAD'] })
  const object = decision.atom.id.slice(2)
  await repo.add({ type: 'CFG', title: 'config', influencedBy: ['HEAD'], files: ['a.env'] })
  await repo.add({ type: 'TASK', title: 'more', influencedBy: ['HEAD'] })
  if (takenBack === 'revert') await repo.add({ type: 'REVERT', title: 'taken back', influencedBy: [object] })
  if (takenBack === 'refute') await repo.add({ type: 'TEST', operation: 'refute', title: 'taken back', influencedBy: [object, 'HEAD~3'], metadata: { refutes: [object] } })
  if (takenBack === 'sage') await repo.add({ type: 'SAGE', title: 'taken back', influencedBy: [object], metadata: { conclusion: 'refuted' } })
  return repo
}

const steps = async (repo: MemoryRepo, operation: typeof why, input: object): Promise<unknown> =>
  (await collect(repo, operation, input)).map(({ depth, via, atom }) => [depth, via, atom?.body?.title, atom?.isTainted])

describe('why and impact', () => {
  it('go back and forth along influences, nearest first', async () => {
    const repo = await aChain('none')
    expect(await steps(repo, why, { target: 'HEAD' })).toEqual([[0, null, 'more', false], [1, 'influenced_by', 'config', false], [2, 'influenced_by', 'decision', false], [3, 'influenced_by', 'research', false]])
    expect(await steps(repo, why, { target: 'a.env', depth: 1 })).toEqual([[0, 'path', 'config', false], [1, 'influenced_by', 'decision', false]])
    expect(await steps(repo, impact, { target: 'HEAD~2', limit: 2 })).toEqual([[0, null, 'decision', false], [1, 'influenced_by', 'config', false]])
    expect(await steps(repo, why, { target: 'HEAD~3', parents: true })).toEqual([[0, null, 'research', false], [1, 'parent', 'Start of demo', false]])
  })

  it.each(['revert', 'refute', 'sage'] as const)('mark what was built on something taken back by a %s, near and far', async (kind) => {
    const repo = await aChain(kind)
    const entries = await collect(repo, log, { detail: 'title' })
    expect(entries.map(({ title, isTainted }) => [title, isTainted])).toEqual([
      ['taken back', false], ['more', true], ['config', true], ['decision', false], ['research', false], ['Start of demo', false],
    ])
    expect(entries[3]?.takenBackBy).toEqual([entries[0]?.node.atomId])
    expect(await steps(repo, impact, { target: 'HEAD~3' })).toContainEqual([2, 'influenced_by', 'more', true])
  })

  it('take a mark away when what took it back is itself taken back, or no ref holds it', async () => {
    const repo = await aChain('revert')
    await repo.add({ type: 'REVERT', title: 'after all', influencedBy: ['HEAD'] })
    expect((await collect(repo, log, { detail: 'node' })).filter(({ isTainted }) => isTainted)).toHaveLength(0)
    const other = await aChain('revert')
    const before = other.index.node(4).digest as never
    await other.writer.transact({ agent: 'tester', command: 'reset' }, (tx) => { tx.edit({ ref: 'refs/heads/main', expected: 'any', next: { is: 'object', digest: before } }) })
    expect((await collect(other, log, { detail: 'node' })).filter(({ isTainted }) => isTainted)).toHaveLength(0)
  })

  it('stay small on a lattice with ways beyond counting', async () => {
    const repo = await aRepo()
    let level = ['HEAD']
    for (let depth = 0; depth < 25; depth++) {
      const next: string[] = []
      for (let wide = 0; wide < 2; wide++) next.push((await repo.add({ title: 'x', influencedBy: level })).atom.id.slice(2))
      level = next
    }
    expect(await collect(repo, why, { target: 'HEAD' })).toHaveLength(50)
    expect((await collect(repo, why, { target: 'HEAD', order: 'tree' })).length).toBeLessThan(110)
  })
})
