import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAtomError } from '../../src/base/errors.js'
import { formatRevision, parseRevision, parseRevisionSet, type Revision, type RevisionBase, type RevisionStep } from '../../src/history/revision-syntax.js'

const base = (text: string): RevisionBase => parseRevision(text).base
const steps = (text: string): readonly RevisionStep[] => parseRevision(text).steps
const hex = '0123456789abcdef'.repeat(4)

describe('a name', () => {
  it.each([
    ['HEAD', 'head'], ['@', 'head'], ['main', 'ref'], ['refs/heads/a/b', 'ref'], ['user@host', 'ref'], ['feature-1.2', 'ref'], ['größe', 'ref'],
    ['abcd', 'hex'], ['ABCD12', 'hex'], ['abc', 'ref'], [hex, 'object-id'], [`${hex}0`, 'ref'],
    [`bafyrei${'a'.repeat(52)}`, 'cid'], [`bafkrei${'2'.repeat(52)}`, 'cid'], ['bafyreiabc', 'ref'],
    ['ATOM-CFG-20241127-01', 'ref'], ['atom-cfg-20241127-003', 'ref'], ['ATOM--20241127-003', 'ref'], ['ATOM-CFG-20241127-003-abc', 'ref'],
  ])('%s looks like a %s', (text, shape) => {
    expect(base(text)).toEqual({ is: 'name', text: text === '@' ? 'HEAD' : text, shape })
  })

  it.each([
    ['ATOM-CFG-20241127-003', 'ATOM-CFG-20241127-003', null],
    ['ATOM-MY-OWN-TYPE-20241127-12345678901', 'ATOM-MY-OWN-TYPE-20241127-12345678901', null],
    ['ATOM-COMMIT-20241127-0123456789ab', 'ATOM-COMMIT-20241127-0123456789ab', null],
    ['ATOM-CFG-20241127-003-abcdef', 'ATOM-CFG-20241127-003', 'abcdef'],
    ['ATOM-COMMIT-20241127-0123456789ab-abcdef0', 'ATOM-COMMIT-20241127-0123456789ab', 'abcdef0'],
  ])('%s is an atom id', (text, atomId, prefix) => {
    expect(base(text)).toEqual({ is: 'atom-id', atomId, prefix })
  })
})

describe('suffixes', () => {
  it('step to parents and ancestors, chained', () => {
    expect(steps('HEAD~3')).toEqual([{ is: 'ancestor', generations: 3 }])
    expect(steps('main^2')).toEqual([{ is: 'parent', nth: 2 }])
    expect(steps('@^~')).toEqual([{ is: 'parent', nth: 1 }, { is: 'ancestor', generations: 1 }])
    expect(steps('ATOM-CFG-20241127-003^^0~10')).toEqual([{ is: 'parent', nth: 1 }, { is: 'parent', nth: 0 }, { is: 'ancestor', generations: 10 }])
    expect(steps('v1^{}^{tree}^{/a fix}')).toEqual([{ is: 'peel', to: '' }, { is: 'peel', to: 'tree' }, { is: 'search', text: 'a fix' }])
  })

  it('read the operation log', () => {
    expect(base('main@{2}')).toEqual({ is: 'moves-ago', ref: 'main', moves: 2 })
    expect(base('@{1}')).toEqual({ is: 'moves-ago', ref: null, moves: 1 })
    expect(base('@@{1}')).toEqual({ is: 'moves-ago', ref: 'HEAD', moves: 1 })
    expect(base('main@{2 days ago, at {noon}..}')).toEqual({ is: 'at-time', ref: 'main', when: '2 days ago, at {noon}..' })
    expect(base('main@{2024-11-27}')).toEqual({ is: 'at-time', ref: 'main', when: '2024-11-27' })
    expect(base('@{-1}')).toEqual({ is: 'branch-before', switches: 1 })
    expect(base('@{u}')).toEqual({ is: 'upstream', ref: null })
    expect(steps('main@{monday}~2')).toEqual([{ is: 'ancestor', generations: 2 }])
  })

  it('take everything after a colon as a path or a text', () => {
    expect(parseRevision('HEAD~1:a b/../c:d@{1}').path).toBe('a b/../c:d@{1}')
    expect(parseRevision('main:').path).toBe('')
    expect(base(':/fix: a..b ^~')).toEqual({ is: 'search', text: 'fix: a..b ^~' })
  })
})

describe('sets', () => {
  const names = (text: string): unknown => {
    const set = parseRevisionSet(text)
    switch (set.is) {
      case 'range': return [formatRevision(set.from), '..', formatRevision(set.to)]
      case 'symmetric': return [formatRevision(set.left), '...', formatRevision(set.right)]
      default: return [set.is, formatRevision(set.revision)]
    }
  }
  it.each([
    ['A..B', ['A', '..', 'B']], ['A...B', ['A', '...', 'B']], ['..B', ['HEAD', '..', 'B']], ['A..', ['A', '..', 'HEAD']], ['A...', ['A', '...', 'HEAD']],
    ['...B', ['HEAD', '...', 'B']], ['v1.0..v1.1~2', ['v1.0', '..', 'v1.1~2']], ['@{1}..main@{a..b}', ['@{1}', '..', 'main@{a..b}']],
    ['^A~1', ['not', 'A~1']], ['A^@', ['parents', 'A']], ['A~1^!', ['alone', 'A~1']], ['A..:/fix', ['A', '..', ':/fix']], ['A:b..c', ['one', 'A:b..c']],
  ])('%s', (text, expected) => {
    expect(names(text)).toEqual(expected)
  })
})

describe('what is refused', () => {
  it.each([
    '', '..', '...', ':', ':path', ':/', '^', '~1', '^^A', 'a b', 'a\u0000', 'a?', 'a*', 'a[', 'a\\b', '-x', '/a', 'a/', 'a//b', '.a', 'a/.b', 'a.lock', 'a.', 'A....B',
    'main@{', 'main@{}', 'main@{-1}', '@{-0}', 'A..B:path', '^A:path', 'A..B..C', 'A^-', 'A~x', 'A~99999999999999999999', 'A^{TREE}', 'A^{/}', 'A^{', 'A^@~1', 'A~1@{1}',
  ])('%j', (text) => {
    try {
      parseRevisionSet(text)
    } catch (error) {
      expect(isAtomError(error, 'REVISION_SYNTAX') && error.data.revision === text && error.hint !== undefined).toBe(true)
      expect((error as Error).message).not.toMatch(/\p{Cc}/u)
      return
    }
    throw new Error('was read')
  })

  it('is a range where one revision is needed', () => {
    expect(() => parseRevision('A..B')).toThrow('several')
  })
})

describe('any text at all', () => {
  const token = fc.constantFrom('HEAD', '@', 'main', 'a.b', 'abcd1234', 'ATOM-CFG-20241127-003', '~', '^', '2', '@{', '}', '-1', '..', '...', ':', '/', '{', ' ', 'u', '.', '!', '\u0007', 'é', '\ud800')
  it('is read or refused with REVISION_SYNTAX, and reads the same when written again', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.array(token, { maxLength: 12 }).map((parts) => parts.join(''))), (text) => {
      let revision: Revision
      try {
        const set = parseRevisionSet(text)
        if (set.is !== 'one') return
        revision = set.revision
      } catch (error) {
        expect(isAtomError(error, 'REVISION_SYNTAX')).toBe(true)
        return
      }
      expect(parseRevision(formatRevision(revision))).toEqual(revision)
    }), { numRuns: 5_000 })
  })

  it('takes time in proportion, however long', () => {
    const started = performance.now()
    expect(parseRevision(`HEAD${'^'.repeat(200_000)}`).steps).toHaveLength(200_000)
    expect(() => parseRevision(`${'a.'.repeat(200_000)}`)).toThrow()
    expect(() => parseRevision(`main@${'{'.repeat(200_000)}`)).toThrow()
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})
