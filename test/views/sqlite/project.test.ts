import { expect, it } from 'vitest'
import { aRepo } from '../../helpers/memory-repo.js'
import { NO_TAINT } from '../../../src/trail/taint.js'
import { rowsOf } from '../../../src/views/sqlite/project.js'
import { createAtomSource } from '../../../src/views/sqlite/read-atom.js'
import { TABLES } from '../../../src/views/sqlite/schema.js'

it('an ATOM becomes rows of as many columns as each table has', async () => {
  const repo = await aRepo()
  repo.worktree.put('a.env', 'A=1\n')
  await repo.add({
    title: 'all of it', reason: 'why', files: ['a.env'], influencedBy: ['HEAD'], tokens: { input: 1, output: 2, costUsd: 0.25, model: 'm' }, contextSyncRef: 'ref',
    metadata: { role: 'assistant', content: 'said', session: 's', sage_run: 7 }, evidence: [{ name: 'fps', phase: 'after', value: 60, unit: 'FPS' }, { name: 'load', phase: 'before', value: 1.5 }, { name: 'word', phase: 'other', value: '60' }],
  })
  const rows = rowsOf(createAtomSource(repo, NO_TAINT).read(1))
  for (const [name, list] of Object.entries(rows)) for (const row of list) expect([name, row.length]).toEqual([name, TABLES.find((table) => table.name === name)?.columns.length])
  expect(rows.atom_trail[0]?.slice(2, 8)).toEqual(['ATOM-DECISION-20241127-002', 'DECISION', 'save_decision', 'tester', 'demo', '2024-11-27T10:00:00.000Z'])
  expect(rows.evidence.map((row) => row[9])).toEqual([60n, 1.5, '60'])
  expect(rows.files.map((row) => row.slice(1, 4))).toEqual([['project', 'a.env', 'add']])
  expect(rows.tokens).toEqual([[1, 'm', 1, 2, 0, 0, 3, 0.25]])
  expect(rows.conversations[0]?.slice(4, 8)).toEqual(['s', 'tester', 'assistant', 'said'])
  expect(rows.atom_trail[0]?.[16]).toBe('7')
})

it('a path that is shown like one of another scope is another row', async () => {
  const repo = await aRepo()
  const blank = { mode: '100644', link: `55${'0'.repeat(64)}` }
  const atom = { ...createAtomSource(repo, NO_TAINT).read(0), changes: ['home/x', 'project/~/x'].map((path) => ({ path, change: 'add' as const, after: blank as never })) }
  expect(rowsOf(atom).files.map((row) => row.slice(1, 3))).toEqual([['home', '~/x'], ['project', '~/x']])
})
