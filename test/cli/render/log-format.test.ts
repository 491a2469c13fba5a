import { describe, expect, it } from 'vitest'
import { collect } from '../../helpers/collect.js'
import { aHistory } from '../../helpers/small-history.js'
import { ago, detailOf, fillFormat } from '../../../src/cli/render/log-format.js'
import { log } from '../../../src/ops/look/log.js'

describe('log formats', () => {
  it('fill git’s placeholders and leave others as they were typed', async () => {
    const repo = await aHistory()
    const [entry] = await collect(repo, log, { limit: 1, skip: 2, decorate: true })
    if (entry === undefined) throw new TypeError('an entry was expected')
    const fill = (format: string): string => fillFormat(format, entry, entry.node.timeMs + 7_300_000)
    expect(fill('%h|%i|%y|%o|%an|%s')).toBe(`${entry.node.digest.slice(0, 7)}|${entry.node.atomId}|DECISION|save_decision|tester|three`)
    expect(fill('%aI %ad %at %as %ar')).toBe('2024-11-27T10:03:00.000Z 2024-11-27 10:03:00 +0000 1732701780 2024-11-27 2 hours ago')
    expect(fill('%b%n%x41%%%d%Q%C(red)%Creset%C')).toBe('the needle in a reason\n\nA%%Q%C')
    expect(fill('%B')).toBe('three\n\nthe needle in a reason\n')
    expect(fill('%p').length).toBe(7)
  })

  it('know what they need', () => {
    expect(['%h %an', '%s', '%h %b', 'none', '%T'].map(detailOf)).toEqual(['node', 'title', 'record', 'node', 'record'])
    expect([0, 1_000, 90_000, 1e10, -1].map(ago)).toEqual(['0 seconds ago', '1 second ago', '90 seconds ago', '3 months ago', 'in the future'])
  })
})
