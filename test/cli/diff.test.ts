import { describe, expect, it } from 'vitest'
import { diffCommand } from '../../src/cli/commands/diff.js'
import { record } from '../helpers/branches.js'
import { answersOf, runInProcess } from '../helpers/cli.js'
import { codeOfAsync } from '../helpers/code-of-async.js'
import { aRepo } from '../helpers/memory-repo.js'

async function diffed(...words: readonly string[]): Promise<{ readonly stdout: string; readonly exitCode: number }> {
  const repo = await aRepo()
  await record(repo, { 'a.env': 'A=1\n', 'b': 'b\n' }, 'one')
  await record(repo, { 'a.env': 'A=2\n', 'b': undefined }, 'two')
  return runInProcess(diffCommand, words, { runOperation: answersOf(repo) })
}
const shown = async (...words: readonly string[]): Promise<string> => (await diffed(...words)).stdout

describe('atom diff', () => {
  it('shows what the records say, then the patches', async () => {
    const text = await shown('HEAD~1', 'HEAD')
    expect(text).toContain('record ATOM-CFG-20241127-002 .. ATOM-CFG-20241127-003\n')
    expect(text).toContain('  title: one => two\n')
    expect(text).toContain('\n-A=1\n+A=2\n')
    expect(text.indexOf('title:')).toBeLessThan(text.indexOf('-A=1'))
  })

  it('shows names, how they changed, or how much', async () => {
    expect(await shown('HEAD~1', 'HEAD', '--name-only')).toBe('a.env\nb\n')
    expect(await shown('HEAD~1', 'HEAD', '--name-status')).toBe('M\ta.env\nD\tb\n')
    expect(await shown('HEAD~1', 'HEAD', '--shortstat')).toContain('2 files changed, 1 insertion(+), 2 deletions(-)')
    const both = await shown('HEAD~1', 'HEAD', '--stat', '-p')
    expect(both.indexOf('files changed')).toBeLessThan(both.indexOf('+A=2'))
    expect(await shown('HEAD~1', 'HEAD', '--stat')).not.toContain('+A=2')
  })

  it('ends with 1 where a file differs, if asked', async () => {
    expect((await diffed('HEAD~1', 'HEAD', '--exit-code')).exitCode).toBe(1)
    expect((await diffed('HEAD', 'HEAD', '--exit-code')).exitCode).toBe(0)
    expect((await diffed('HEAD~1', 'HEAD', '--exit-code', '--', 'c')).exitCode).toBe(0)
  })

  it('has its JSON: absent is null', async () => {
    const { files, fields } = JSON.parse(await shown('HEAD~1', 'HEAD', '--json')) as { readonly files: unknown; readonly fields: unknown }
    expect(files).toMatchObject([{ path: 'a.env', change: 'modify', patch: expect.stringContaining('+A=2') as string }, { path: 'b', change: 'delete', after: null }])
    expect(fields).toContainEqual({ field: 'title', before: 'one', after: 'two' })
  })

  it('refuses percentages that are none, and a staging area', async () => {
    for (const words of [['-M101'], ['-Mx'], ['--cached']]) expect(await codeOfAsync(() => shown(...words)), words.join()).toBe('USAGE')
  })
})
