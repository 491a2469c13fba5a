import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findCaseClashes, getNameProblem, ignoresCase } from '../../../src/exchange/worktree/writable.js'
import { getPathProblem } from '../../../src/trail/paths.js'
import { suitePath } from '../../helpers/suites.js'
import { aBench, clearBenches } from '../../helpers/worktree.js'

clearBenches()

describe('names on Windows', () => {
  it.each(['con', 'NUL.txt', 'Com1', 'lpt9.a.b', 'COM¹', 'conin$', 'aux .txt', 'a<b', 'a:b', 'a?', 'a\\b', 'tab\there', 'dot.', 'space '])('refuses %j', (name) => {
    expect(getNameProblem(name, 'win32')).toBeDefined()
    expect(getNameProblem(name, 'linux')).toBeUndefined()
  })
  it.each(['console', 'com0', 'com10', 'lpt', 'a.con', '.hidden', 'a b', 'naïve', 'x'.repeat(255)])('takes %j', (name) => {
    expect(getNameProblem(name, 'win32')).toBeUndefined()
  })
  it('are at most 255 bytes long, there and elsewhere', () => {
    for (const platform of ['linux', 'darwin', 'win32']) expect(getNameProblem('ü'.repeat(128), platform)).toMatch(/longer/)
  })
})

describe('names that differ only in case', () => {
  it('clash as files, and as a file and a folder; folders of one name are one folder', () => {
    const clashes = findCaseClashes(['p/A/x', 'p/a/y', 'p/B', 'p/b', 'p/É', 'p/e\u0301', 'p/c/x', 'p/C', 'p/D', 'p/d/x'])
    expect([...clashes]).toEqual([['p/b', 'p/B'], ['p/e\u0301', 'p/É'], ['p/C', 'p/c/x'], ['p/d/x', 'p/D']])
  })
  it('are asked of the disk', () => {
    const bench = aBench()
    mkdirSync(join(bench.root, '123'))
    expect([ignoresCase(bench.root), ignoresCase(join(bench.root, '123')), ignoresCase(join(bench.root, 'none'))]).toEqual(process.platform === 'linux' ? [false, false, false] : expect.anything())
  })
})

interface Verdict { readonly hex: string; readonly rule?: string; readonly valid?: boolean }
const suite = suitePath('paths-and-refs')
const verdicts = (file: string): readonly Verdict[] => (suite === undefined ? [] : JSON.parse(readFileSync(join(suite, file), 'utf8')) as Verdict[])
const nameOf = ({ hex }: Verdict): string => Buffer.from(hex, 'hex').toString()

describe.skipIf(suite === undefined)("libgit2's verdicts", () => {
  it('on what no index may hold are ours on what can be recorded', () => {
    for (const verdict of verdicts('libgit2-index-must-reject.json')) expect(getPathProblem(nameOf(verdict)), nameOf(verdict)).toBeDefined()
  })
  it('on paths that lead elsewhere are ours too', () => {
    const cases = verdicts('libgit2-path-validity.json').filter(({ rule }) => rule === 'TRAVERSAL')
    expect(cases.length).toBeGreaterThan(0)
    for (const verdict of cases) expect(getPathProblem(nameOf(verdict)), nameOf(verdict)).toBeDefined()
  })
  it('on names that Windows does not take are ours there', () => {
    const rules = ['BACKSLASH', 'DOS_PATHS', 'NT_CHARS', 'TRAILING_COLON', 'TRAILING_DOT', 'TRAILING_SPACE']
    const cases = verdicts('libgit2-path-validity.json').filter(({ rule }) => rules.includes(rule ?? ''))
    const isWritable = (path: string): boolean => path.split('/').every((name) => getNameProblem(name, 'win32') === undefined)
    expect(cases.length).toBeGreaterThan(40)
    // A backslash, which the rule on DOS names leaves to the other rule, is refused here as well.
    for (const verdict of cases) expect(isWritable(nameOf(verdict)), nameOf(verdict)).toBe(verdict.valid === true && !nameOf(verdict).includes('\\'))
  })
  it('on ordinary paths are ours, but for empty and dotted parts', () => {
    const cases = verdicts('libgit2-path-validity.json').filter(({ rule }) => rule === '0')
    for (const verdict of cases) {
      const parts = nameOf(verdict).split('/')
      const isPlain = parts.every((part) => !['', '.', '..'].includes(part) && !/^(\.git|git~1)([. :\\]|$)/i.test(part))
      expect(getPathProblem(nameOf(verdict)) === undefined, nameOf(verdict)).toBe(isPlain)
    }
  })
})
