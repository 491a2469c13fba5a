import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkRefName, fullRefName, getRefNameProblem, HEADS, shortRefName, TAGS } from '../../src/refs/name.js'
import { codeOf } from '../helpers/objects.js'
import { suitePath } from '../helpers/suites.js'

describe('ref names', () => {
  it.each(['HEAD', 'refs/heads/main', 'refs/heads/feature/a', 'refs/tags/v1.0', 'refs/heads/ä語😀', 'refs/atom/ops/00', 'refs/heads/@x', 'refs/heads/a@b', 'refs/heads/-x', `refs/atom/forgotten/${'a'.repeat(64)}`])('take %s', (name) => {
    expect(checkRefName(name)).toBe(name)
  })

  it.each([
    '', 'main', 'head', '/', 'refs//a', '/refs/heads/a', 'refs/heads/', 'refs/heads/a..b', 'refs/heads/.a', 'refs/heads/a.', 'refs/heads/a.lock', 'refs/heads/a.lock/b', 'refs/heads/a b',
    'refs/heads/a~1', 'refs/heads/a^', 'refs/heads/a:b', 'refs/heads/a?', 'refs/heads/a*', 'refs/heads/a[', 'refs/heads/a\\b', 'refs/heads/a\tb', 'refs/heads/a\u007f', 'refs/heads/a\0', 'refs/heads/a@{b',
    'refs/heads/\ud800', `refs/heads/${'n'.repeat(1_000)}`, 'refs/heads/ATOM-CFG-20241127-003', 'refs/tags/ATOM-CFG-20241127-anything', `refs/heads/${'a'.repeat(64)}`, `refs/tags/${'A'.repeat(64)}`,
  ])('refuse %j', (name) => {
    expect(getRefNameProblem(name)).toBeTypeOf('string')
    expect(codeOf(() => checkRefName(name))).toBe('REF_NAME_INVALID')
  })

  it('are made of what somebody types', () => {
    expect(fullRefName(HEADS, 'fix/one')).toBe('refs/heads/fix/one')
    expect(fullRefName(TAGS, 'v1')).toBe('refs/tags/v1')
    for (const short of ['', 'HEAD', '@', '-d', '--help', 'a b', 'ATOM-CFG-20241127-003', 'f'.repeat(64), 'x.lock', '../x']) expect(codeOf(() => fullRefName(HEADS, short)), short).toBe('REF_NAME_INVALID')
  })

  it('are shown as people say them', () => {
    expect(['refs/heads/a/b', 'refs/tags/v1', 'refs/remotes/origin/main', 'refs/atom/ops/x', 'HEAD'].map(shortRefName)).toEqual(['a/b', 'v1', 'origin/main', 'refs/atom/ops/x', 'HEAD'])
  })
})

const suite = suitePath('paths-and-refs')
describe.skipIf(suite === undefined)("git's own cases of ref names", () => {
  interface RefCase { readonly hex: string; readonly expect?: string; readonly options?: string; readonly valid?: boolean }
  const cases = (file: string): readonly RefCase[] => (suite === undefined ? [] : JSON.parse(readFileSync(join(suite, file), 'utf8')) as RefCase[])
  const textOf = (hex: string): string => Buffer.from(hex, 'hex').toString('utf8')

  it('are judged as check-ref-format judges them, one level apart', () => {
    const plain = cases('git-t1402-refnames.json').filter(({ options }) => options === '')
    expect(plain.length).toBeGreaterThan(20)
    for (const { hex, expect: wanted } of plain) expect(getRefNameProblem(textOf(hex)) === undefined, textOf(hex)).toBe(wanted === 'valid')
  })

  it("refuse all that libgit2 refuses, and take what it takes below refs/", () => {
    for (const { hex, valid } of cases('libgit2-refname-validity.json')) {
      const name = textOf(hex)
      if (valid === true && name.startsWith('refs/')) expect(getRefNameProblem(name), name).toBeUndefined()
      if (valid === false && name.startsWith('refs/')) expect(getRefNameProblem(name), name).toBeTypeOf('string')
    }
  })
})
