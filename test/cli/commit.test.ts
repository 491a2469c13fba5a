import { expect, it } from 'vitest'
import { commitCommand } from '../../src/cli/commands/commit.js'
import { record } from '../helpers/branches.js'
import { answersOf, runInProcess } from '../helpers/cli.js'
import { codeOfAsync } from '../helpers/code-of-async.js'
import { aRepo } from '../helpers/memory-repo.js'

async function committed(...words: readonly string[]): Promise<unknown> {
  const repo = await aRepo()
  await record(repo, { a: '1' })
  repo.worktree.put('a', '2')
  repo.worktree.put('new', '1')
  return JSON.parse((await runInProcess(commitCommand, [...words, '--json'], { runOperation: answersOf(repo) })).stdout) as unknown
}

it('takes git\'s words: -am, several -m, paths', async () => {
  expect(await committed('-am', 'a title', '-m', 'first', '-m', 'second')).toMatchObject({ type: 'COMMIT', title: 'a title', reason: 'first\n\nsecond', files: [{ path: 'a', change: 'modify' }] })
  expect(await committed('-m', 'a title', '-A', '-t', 'CFG')).toMatchObject({ type: 'CFG', reason: null, files: [{ path: 'a' }, { path: 'new' }] })
  expect(await committed('-m', 'a title', 'new')).toMatchObject({ files: [{ path: 'new', change: 'add' }] })
})

it('needs a title, and something that changed', async () => {
  expect(await codeOfAsync(() => committed('-a'))).toBe('USAGE')
  expect(await codeOfAsync(() => committed('-m', 'a title'))).toBe('NOTHING_TO_COMMIT')
})
