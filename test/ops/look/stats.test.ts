import { describe, expect, it } from 'vitest'
import { aHistory } from '../../helpers/small-history.js'
import { stats, type StatsResult } from '../../../src/ops/look/stats.js'

describe('stats', () => {
  it('counts what refs hold, or a range', async () => {
    const repo = await aHistory()
    await repo.add({ title: 'cost', agent: 'qwen', tokens: { input: 3, output: 4, costUsd: 0.5 } })
    const all = await stats.run(repo, stats.check({})) as StatsResult
    expect([all.atoms, all.merges, all.branches, all.first?.atomId, all.last?.agent]).toEqual([7, 1, 2, 'ATOM-INIT-20241127-001', 'qwen'])
    expect(Object.fromEntries(all.types)).toEqual({ INIT: 1, DECISION: 5, MERGE: 1 })
    expect([all.tokens.total, all.tokens.costUsd, all.tokensByAgent.get('qwen')]).toEqual([7, 0.5, 7])
    expect(all.objects).toBeGreaterThan(14)
    expect((await stats.run(repo, stats.check({ revisions: ['side..main'] })) as StatsResult).atoms).toBe(3)
  })
})
