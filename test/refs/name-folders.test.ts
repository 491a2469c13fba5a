import { describe, expect, it } from 'vitest'
import { checkNesting, takenNames } from '../../src/refs/name-folders.js'
import { codeOf } from '../helpers/objects.js'

describe('names of refs as paths', () => {
  const names = ['refs/heads/main', 'refs/heads/a/b/c', 'refs/tags/v1']

  it('may lie beside each other, and not inside', () => {
    const check = (...made: readonly string[]): void => { checkNesting(made, new Set([...names, ...made])) }
    check('refs/heads/a/b/d', 'refs/heads/ab', 'refs/heads/mainly', 'refs/tags/main', 'refs/tags/main-2')
    for (const [ref, other] of [['refs/heads/a', 'a/b/c'], ['refs/heads/a/b', 'a/b/c'], ['refs/heads/main/x/y', 'main'], ['refs/tags/v1/rc', 'v1']] as const) {
      expect(() => { check('refs/heads/fine', ref) }).toThrow(expect.objectContaining({ code: 'REF_EXISTS', data: { name: other } }) as Error)
    }
    expect(codeOf(() => { check('refs/heads/x/y', 'refs/heads/x') })).toBe('REF_EXISTS')
  })

  it('fill up', () => {
    const taken = takenNames(names)
    const free = (name: string): boolean => taken.isFree(`refs/heads/${name}`)
    expect(['main', 'a', 'a/b', 'a/b/c', 'a/b/c/d', 'main/x'].map(free)).toEqual([false, false, false, false, false, false])
    expect(['a/x', 'x'].map(free)).toEqual([true, true])
    taken.take('refs/heads/x/y')
    expect(['x', 'x/y', 'x/z'].map(free)).toEqual([false, false, true])
    expect(['refs/heads/main', 'refs/heads/x/y', 'refs/heads/x'].map((name) => taken.isNew(name))).toEqual([false, true, false])
  })
})
