import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codeOf } from '../../helpers/objects.js'
import { createTextPattern } from '../../../src/history/pattern/text-pattern.js'

const CASES = ['abc', 'a.c', '^a', 'c$', '^$', 'a*b', '(ab)+', 'a|bc|', '[a-c]x', '[^a]', 'a{2}', 'a{1,3}b', 'a{,2}', '\\bab\\b', '\\d+-\\w', '(?:a|b)*c', 'a+?b', '[]a]', '\\.', 'x?y?z?', '(a*)*b', '(|a)+b', '\\Bb']
const TEXTS = ['', 'a', 'abc', 'aabb', 'ab ab', 'xaxbxc', '12-x', 'a.c', ']', 'bx', 'aaab', 'zz', 'a{,2}', 'cab']

describe('text patterns', () => {
  it.each(CASES)('answers as a regular expression does: %s', (pattern) => {
    // In JavaScript an empty class is legal, and ] ends it at once; here, as in git, it is its first member.
    const native = new RegExp(pattern.replace('[]a]', '[\\]a]'))
    for (const text of TEXTS) expect([text, createTextPattern(pattern).matches(text)]).toEqual([text, native.test(text)])
  })

  it('ignores case where asked, and takes texts as they are', () => {
    expect(createTextPattern('É+', { ignoreCase: true }).matches('caféé')).toBe(true)
    expect(createTextPattern('[a-f]+X', { ignoreCase: true }).matches('BADx')).toBe(true)
    expect(createTextPattern('a.c', { kind: 'fixed' }).matches('abc')).toBe(false)
    expect(createTextPattern('.', {}).matches('🎮')).toBe(true)
    expect(createTextPattern('^..$', {}).matches('🎮')).toBe(false)
  })

  it('agrees with the engine of the language on random patterns', () => {
    const piece = fc.constantFrom('a', 'b', '.', '[ab]', '(a|b)', '(ab)', 'a?', 'b*', '(a*)', '^', '$', 'c{1,2}')
    fc.assert(fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), fc.stringMatching(/^[abc]{0,8}$/), (pieces, text) => {
      const pattern = pieces.join('')
      return createTextPattern(pattern).matches(text) === new RegExp(pattern).test(text)
    }))
  })

  it('stays linear where others explode', () => {
    const start = performance.now()
    expect(createTextPattern('(a+)+$').matches(`${'a'.repeat(100_000)}b`)).toBe(false)
    expect(createTextPattern('(x+x+)+y').matches('x'.repeat(100_000))).toBe(false)
    expect(performance.now() - start).toBeLessThan(5_000)
  })

  it.each(['(', ')', '[a', '*a', 'a\\', '(?=a)', '\\1', 'a{2000}', '(((a{1000}){1000}){1000})', '[b-a]', '^*'])('refuses %s', (pattern) => {
    expect(codeOf(() => createTextPattern(pattern))).toBe('USAGE')
  })
})
