import { expect, it } from 'vitest'
import type { Line } from '../../../src/cli/terminal/output.js'
import { changedFilesJson, changedFilesNote, renderChangedFiles } from '../../../src/cli/render/changed-files.js'
import type { ChangedFiles } from '../../../src/ops/record/rm.js'
import { rm } from '../../../src/ops/record/rm.js'
import { aWorkRepo } from '../../helpers/work-repo.js'
import { clearBenches } from '../../helpers/worktree.js'

clearBenches()

const view = { width: 80, isTerminal: false, isVerbose: false, isQuiet: false, nowMs: 0 }
const textOf = (lines: readonly Line[]): string[] => lines.map((line) => ('bytes' in line ? '' : line.map(([, text]) => text).join('')))

it('an ATOM is shown by its id, with what it did beside it', async () => {
  const work = await aWorkRepo()
  work.write({ a: 'a' })
  await work.record('start', { files: ['a'] })
  const result = await rm.run(work.repo, rm.check({ paths: ['a'], folders: 'refuse', files: 'remove', force: false, dryRun: false })) as ChangedFiles
  expect(textOf(renderChangedFiles(result, 'remove'))).toEqual([result.atom?.header.atomId])
  expect(textOf(changedFilesNote(result, view)).at(-1)).toBe(' delete a')
  expect(changedFilesJson(result)).toMatchObject({ title: 'Remove a' })
})

it('a dry run shows the paths', () => {
  const result: ChangedFiles = { atom: undefined, ref: 'refs/heads/main', isNewBranch: false, laid: undefined, paths: ['project/a', 'home/b'] }
  expect(textOf(renderChangedFiles(result, 'write'))).toEqual(['write   a', 'write   ~/b'])
  expect(changedFilesNote(result, view)).toEqual([])
  expect(changedFilesJson(result)).toEqual({ dry_run: true, paths: ['a', '~/b'] })
})
