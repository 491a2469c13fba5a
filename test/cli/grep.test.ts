import { expect, it } from 'vitest'
import { grepCommand } from '../../src/cli/commands/grep.js'
import { record } from '../helpers/branches.js'
import { answersOf, runInProcess } from '../helpers/cli.js'
import { codeOfAsync } from '../helpers/code-of-async.js'
import { aRepo } from '../helpers/memory-repo.js'

async function found(...words: readonly string[]): Promise<readonly [string, number]> {
  const repo = await aRepo()
  await record(repo, { 'a.env': 'A=1\nB=2\na=3\n', 'dir/b': 'A=4\n', 'bin': 'A=5\0' })
  const { stdout, exitCode } = await runInProcess(grepCommand, words, { runOperation: answersOf(repo) })
  return [stdout, exitCode]
}

it('shows lines as git does, and ends with 1 where there are none', async () => {
  expect(await found('A=')).toEqual(['a.env:A=1\nBinary file bin matches\ndir/b:A=4\n', 0])
  expect(await found('-n', 'A=', 'HEAD', '--', 'dir')).toEqual(['HEAD:dir/b:1:A=4\n', 0])
  expect(await found('nothing')).toEqual(['', 1])
})

it('shows names or counts alone; other cases, several patterns, the rest', async () => {
  expect((await found('-l', 'A='))[0]).toBe('a.env\nbin\ndir/b\n')
  expect((await found('-c', '-i', 'a=', '--', 'a.env'))[0]).toBe('a.env:2\n')
  expect((await found('-e', 'B=', '-e', 'a=3', '-n'))[0]).toBe('a.env:2:B=2\na.env:3:a=3\n')
  expect((await found('--invert-match', '[AB]=', '--', 'a.env'))[0]).toBe('a.env:a=3\n')
  expect((await found('-F', 'A=.'))[1]).toBe(1)
})

it('has its JSON, and needs a pattern', async () => {
  expect((await found('--json', 'B='))[0]).toBe('{"path":"a.env","line":2,"text":"B=2","binary":false}\n')
  expect(await codeOfAsync(() => found())).toBe('USAGE')
  expect(await codeOfAsync(() => found(''))).toBe('USAGE')
})
