import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addCommand, readMetadata } from '../../src/cli/commands/add.js'
import { answersOf, runInProcess, type FakeHostOptions } from '../helpers/cli.js'
import { codeOfAsync } from '../helpers/code-of-async.js'
import { aRepo } from '../helpers/memory-repo.js'
import { codeOf } from '../helpers/objects.js'

let cwd = ''
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'atom-add-'))
  writeFileSync(join(cwd, 'a.env'), 'A=1\n')
})
afterAll(() => { rmSync(cwd, { recursive: true }) })

const added = async (words: readonly string[], options: FakeHostOptions = {}): Promise<Record<string, unknown>> =>
  JSON.parse((await runInProcess(addCommand, [...words, '--json'], { cwd, runOperation: answersOf(await aRepo()), ...options })).stdout) as Record<string, unknown>

describe('atom add', () => {
  it('answers with the atom id alone, and says the rest beside it', async () => {
    const { stdout, stderr } = await runInProcess(addCommand, ['DECISION', 'a title'], { cwd, runOperation: answersOf(await aRepo()) })
    expect(stdout).toBe('ATOM-DECISION-20241127-002\n')
    expect(stderr).toContain('main')
  })

  it('hands every word on', async () => {
    expect(await added(['TEST', 'Bench', '--op', 'measure', '--agent', 'qwen', '--project', 'p', '-r', '-', '--meta', 'a=1', '--meta-json', '{"b":[2]}', '--before', 'fps=52 FPS', '--after', 'fps=62 FPS', '--ref', 'row-7', '--tokens-in', '10', '--cost', '0.5', '--date', '2024-11-20T00:00:00Z'], { stdin: 'from stdin' })).toMatchObject({
      operation: 'measure', agent: 'qwen', project: 'p', reason: 'from stdin', metadata: { a: '1', b: [2] }, context_sync_ref: 'row-7', tokens: { input: 10, total: 10, cost_usd: 0.5 }, timestamp: '2024-11-20T00:00:00.000Z',
      evidence: [{ phase: 'before', value: 52, unit: 'FPS' }, { phase: 'after', value: 62 }],
    })
    expect((await added(['TASK', 'cheap']))['tokens']).toMatchObject({ total: 0 })
  })

  it('takes files by name or as last words', async () => {
    const repo = await aRepo()
    for (const name of ['a', 'b', 'c']) repo.worktree.put(name, name)
    const { files } = await added(['CFG', 'files', 'b', '--file', 'a'], { runOperation: answersOf(repo) })
    expect(files).toMatchObject([{ path: 'a', change: 'add' }, { path: 'b', change: 'add' }])
  })

  it('tells a git user what to type for `add FILE`, whatever the name looks like to a shell', async () => {
    await expect(added(['a.env', 'title'])).rejects.toMatchObject({ code: 'USAGE', hint: expect.stringContaining('--file a.env') as string })
    expect(await codeOfAsync(() => added(['no-such-file', 'title']))).toBe('INPUT_INVALID')
  })
})

it('metadata is an object of JSON, over which single words win', () => {
  expect(readMetadata([], undefined)).toBeUndefined()
  expect(readMetadata([['a', '2']], '{"a":1,"b":null}')).toEqual({ a: '2', b: null })
  expect(Object.keys(readMetadata([['__proto__', 'x']], undefined) ?? {})).toEqual(['__proto__'])
  for (const json of ['{', '[]', 'null', '1', '']) expect(codeOf(() => readMetadata([], json)), json).toBe('USAGE')
})
