import { expect, it } from 'vitest'
import { forgetCommand } from '../../src/cli/commands/forget.js'
import { record, treeAt } from '../helpers/branches.js'
import { answersOf, runInProcess } from '../helpers/cli.js'
import { codeOfAsync } from '../helpers/code-of-async.js'
import { aRepo, type MemoryRepo } from '../helpers/memory-repo.js'
import { getEntry } from '../../src/tree/read.js'

async function aSecret(): Promise<MemoryRepo> {
  const repo = await aRepo()
  await record(repo, { 'keys.env': 'KEY=secret\n', 'copy.env': 'KEY=secret\n' })
  return repo
}
const isThere = (repo: MemoryRepo): boolean => repo.objects.getObject(getEntry(repo.objects, treeAt(repo, 'main'), 'project/keys.env')?.link ?? '' as never) !== undefined

it('lists every place that shares the bytes, and erases them only when it is no dry run', async () => {
  const repo = await aSecret()
  const dry = await runInProcess(forgetCommand, ['keys.env@HEAD', '--reason', 'secret', '--dry-run'], { runOperation: answersOf(repo) })
  expect(dry.stdout).toMatch(/ copy\.env\n[\s\S]* keys\.env\nwould erase the content [0-9a-f]{64} \(1 object, 11 bytes\) for the reason secret\n/)
  expect(isThere(repo)).toBe(true)
  const done = JSON.parse((await runInProcess(forgetCommand, ['keys.env@HEAD', '--reason', 'secret', '--json'], { runOperation: answersOf(repo) })).stdout) as unknown
  expect(done).toMatchObject({ dry_run: false, role: 'content', reason: 'secret', uses: [{ path: 'copy.env', part: null }, { path: 'keys.env' }], erased: [{ size: 11 }], kept: [] })
  expect(isThere(repo)).toBe(false)
})

it('needs a reason that may stay for ever, and a target that can go', async () => {
  const forget = async (...words: readonly string[]): Promise<unknown> => runInProcess(forgetCommand, words, { runOperation: answersOf(await aSecret()) })
  expect(await codeOfAsync(() => forget('keys.env@HEAD'))).toBe('USAGE')
  expect(await codeOfAsync(() => forget('keys.env@HEAD', '--reason', 'a whole sentence'))).toBe('USAGE')
  expect(await codeOfAsync(() => forget('--reason', 'secret'))).toBe('USAGE')
  expect(await codeOfAsync(() => forget('nope@HEAD', '--reason', 'secret'))).toBe('PATH_NOT_FOUND')
})
