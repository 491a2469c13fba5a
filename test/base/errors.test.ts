import { describe, expect, it } from 'vitest'
import { AtomError, ERROR_KINDS, EXIT_CODES, firstError, isAtomError } from '../../src/base/errors.js'

describe('AtomError', () => {
  it('carries code, kind, data and hint, and prints as one JSON object', () => {
    const error = new AtomError('REF_MOVED', 'main moved', { data: { ref: 'main', expected: null, actual: 'abc' }, hint: 'atom log' })
    expect(error).toBeInstanceOf(Error)
    expect(error.kind).toBe('conflict')
    expect(JSON.parse(JSON.stringify(error))).toEqual({ code: 'REF_MOVED', kind: 'conflict', message: 'main moved', hint: 'atom log', data: { ref: 'main', expected: null, actual: 'abc' } })
    expect(new AtomError('INTERNAL', 'x', { data: {} }).toJSON().hint).toBeNull()
  })
  it('keeps its cause, and has none where none was given', () => {
    const cause = new Error('deep')
    expect(new AtomError('INTERNAL', 'x', { data: {}, cause }).cause).toBe(cause)
    expect('cause' in new AtomError('INTERNAL', 'x', { data: {} })).toBe(false)
  })
  it('is told apart by its code, and from anything else', () => {
    const error: unknown = new AtomError('USAGE', 'x', { data: {} })
    expect([isAtomError(error), isAtomError(error, 'USAGE'), isAtomError(error, 'INTERNAL'), isAtomError(new Error('x')), isAtomError(undefined)]).toEqual([true, true, false, false, false])
  })
  it('is the one that came first where closing failed as well', async () => {
    const full = new AtomError('STORE_FULL', 'full', { data: { folder: '' } })
    const failing = async (): Promise<void> => {
      await using _first = { [Symbol.asyncDispose]: () => Promise.reject(new Error('closing the first')) }
      await using _second = { [Symbol.asyncDispose]: () => Promise.reject(new Error('closing the second')) }
      await Promise.reject(full)
    }
    const thrown = await failing().catch((error: unknown) => error)
    expect(thrown).not.toBe(full)
    expect(firstError(thrown)).toBe(full)
    expect(firstError('text')).toBe('text')
  })
  it('has one exit code for each kind, none of them 0, 1 or 130', () => {
    for (const kind of Object.values(ERROR_KINDS)) expect(EXIT_CODES[kind]).toBeGreaterThan(1)
    expect(new Set(Object.values(EXIT_CODES)).size).toBe(Object.keys(EXIT_CODES).length)
    expect(Object.values(EXIT_CODES)).not.toContain(130)
  })
})
