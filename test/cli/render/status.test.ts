import { expect, it } from 'vitest'
import { renderStatus } from '../../../src/cli/render/status.js'
import type { StatusResult } from '../../../src/ops/look/status.js'
import type { Line } from '../../../src/cli/terminal/output.js'
import { anId } from '../../helpers/objects.js'

const view = { width: 80, isTerminal: false, isVerbose: false, isQuiet: false, nowMs: 0 }
const textOf = (lines: readonly Line[]): string[] => lines.map((line) => ('bytes' in line ? '' : line.map(([, text]) => text).join('')))
const base: StatusResult = { folder: 'project', branch: undefined, head: { object: anId('x'), atomId: 'ATOM-CFG-20241127-003', title: undefined, timeMs: 0 }, changes: [], waiting: undefined, spooled: 2, queued: 1, trouble: undefined }

it('says that HEAD is detached, that a title was forgotten, and what waits', () => {
  expect(textOf(renderStatus(base, view))).toEqual([
    `HEAD detached at ${anId('x').slice(2, 12)}`, 'Last: ATOM-CFG-20241127-003 (forgotten)', 'nothing to record, the files are as last laid out or recorded',
    '2 in the spool, to be recorded by the next command that writes', '1 to be pushed',
  ])
  expect(textOf(renderStatus({ ...base, branch: 'refs/heads/main', head: undefined, spooled: 0, queued: 0 }, view)).slice(0, 2)).toEqual(['On branch main', 'No ATOM yet'])
})

it('puts conflicts first, and cuts long lists unless all is asked for', () => {
  const changes = [{ path: 'project/c', change: 'conflict' as const }, ...Array.from({ length: 150 }, (_, index) => ({ path: `project/n${String(index)}`, change: 'untracked' as const }))]
  const lines = textOf(renderStatus({ ...base, changes }, view))
  expect(lines.slice(3, 6)).toEqual(['Unmerged paths:', '  (atom merge --continue once they are resolved)', '        both modified: c'])
  expect(lines.filter((line) => /^ {8}n/.test(line))).toHaveLength(100)
  expect(lines).toContain('        … and 50 more (atom status -v)')
  expect(textOf(renderStatus({ ...base, changes }, { ...view, isVerbose: true })).filter((line) => /^ {8}n/.test(line))).toHaveLength(150)
})

it('shows paths from where the user stands', () => {
  const changes = ['home/x', 'project/a', 'project/sub/b', 'project/subway/c'].map((path) => ({ path, change: 'modify' as const }))
  const shown = (folder: string | undefined): readonly string[] => textOf(renderStatus({ ...base, folder, changes }, view)).filter((line) => line.includes('modified:')).map((line) => line.slice(20))
  expect(shown('project/sub')).toEqual(['~/x', '../a', 'b', '../subway/c'])
  expect(shown(undefined)).toEqual(['~/x', 'a', 'sub/b', 'subway/c'])
})

it('cuts a title that is long', () => {
  const [, last = ''] = textOf(renderStatus({ ...base, head: { object: anId('x'), atomId: 'ATOM-CFG-20241127-003', title: 'x'.repeat(1_000_000), timeMs: 0 } }, view))
  expect(last.length).toBeLessThan(600)
})

it('names the command that ends what waits', () => {
  const changes = [{ path: 'project/c', change: 'conflict' as const }]
  expect(textOf(renderStatus({ ...base, changes, waiting: 'revert' }, view))).toContain('  (atom revert --continue once they are resolved)')
  expect(textOf(renderStatus({ ...base, waiting: 'cherry-pick' }, view))).toContain('a cherry-pick has no conflicts left: atom cherry-pick --continue records it')
})
