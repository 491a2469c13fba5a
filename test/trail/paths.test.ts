import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { getPathProblem, isGitLookAlike, trackedPath } from '../../src/trail/paths.js'
import { codeOf } from '../helpers/objects.js'
import { suitePath } from '../helpers/suites.js'

describe('a path that can be recorded', () => {
  it.each(['a', 'a/b c', '.env', '.gitignore', 'git', '.github/x', 'a.git', '..a', '...', 'ä/語/😀', 'con', 'a:b', 'a\\b', ' ', 'a\nb', '.git2', 'n'.repeat(1_024), '.atom/x'])('%j', (path) => {
    expect(getPathProblem(path)).toBeUndefined()
    expect(trackedPath('home', path)).toBe(`home/${path}`)
  })

  it.each(['', '/', '/a', 'a/', 'a//b', '.', '..', 'a/./b', '../a', 'a\0', '\ud800', 'n'.repeat(1_025), 'n/'.repeat(2_100), '.git', '.GIT/config', 'a/.git', '.git.', '.git ', '.git::$INDEX_ALLOCATION', 'git~1', 'GIT~1/x', '.g\u200cit', '.git\ufeff', '.git\\config', 'a\\.git\\hooks'])('refuses %j', (path) => {
    expect(getPathProblem(path)).toBeTypeOf('string')
    expect(codeOf(() => trackedPath('project', path))).toBe('PATH_INVALID')
  })
})

const suite = suitePath('paths-and-refs')
describe.skipIf(suite === undefined)("libgit2's own cases of paths", () => {
  interface PathCase { readonly hex: string; readonly rule?: string; readonly valid?: boolean }
  const cases = (file: string): readonly PathCase[] => (suite === undefined ? [] : JSON.parse(readFileSync(join(suite, file), 'utf8')) as PathCase[])
  const textOf = (hex: string): string => Buffer.from(hex, 'hex').toString('utf8')

  it('that no index may hold are refused', () => {
    const all = cases('libgit2-index-must-reject.json')
    expect(all.length).toBeGreaterThan(5)
    for (const { hex } of all) expect(getPathProblem(textOf(hex)), JSON.stringify(textOf(hex))).toBeTypeOf('string')
  })

  it('that look like .git are refused, what only resembles it is not', () => {
    for (const { hex, rule, valid } of cases('libgit2-path-validity.json')) {
      if (!/DOT_GIT/.test(rule ?? '') || valid === true) continue
      expect(textOf(hex).split('/').some((segment) => isGitLookAlike(segment) || /^\.git(modules|attributes|ignore)/i.test(segment) || getPathProblem(segment) !== undefined), `${JSON.stringify(textOf(hex))} ${rule ?? ''}`).toBe(true)
    }
  })
})
