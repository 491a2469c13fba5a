import { describe, expect, it } from 'vitest'
import type { AtomError } from '../../src/base/errors.js'
import { amount, anything, bytes, checkInput, count, filledText, flag, listOf, oneOf, optional, orElse, record, someOf, text, type Check } from '../../src/ops/check.js'
import { codeOf } from '../helpers/objects.js'

interface Input { readonly name: string; readonly tags: readonly string[]; readonly inner?: { readonly depth: number } | undefined }
const check = checkInput<Input>({ name: filledText, tags: someOf(text), inner: optional(record<{ depth: number }>({ depth: count })) })
const refuses = (one: Check<unknown>, ...values: unknown[]): void => { for (const value of values) expect(codeOf(() => one(value, 'field')), String(value)).toBe('INPUT_INVALID') }

describe('a check', () => {
  it('gives a new object with known fields only, absent ones left out', () => {
    const given = { name: 'a', tags: 'one', inner: null }
    expect(check(given)).toEqual({ name: 'a', tags: ['one'] })
    expect(check({ name: 'a' })).toEqual({ name: 'a', tags: [] })
    expect(check({ name: 'a', tags: [], inner: { depth: 1 } })).toEqual({ name: 'a', tags: [], inner: { depth: 1 } })
  })

  it('names the field that is wrong, and cuts what it shows', () => {
    const failed = (value: unknown): unknown => {
      try {
        return check(value)
      } catch (error) {
        return (error as AtomError<'INPUT_INVALID'>).data
      }
    }
    expect(failed({ name: 7 })).toEqual({ field: 'name', value: '7' })
    expect(failed({ name: 'a', inner: { depth: -1 } })).toEqual({ field: 'depth', value: '-1' })
    expect(failed({ name: 'a', typo: 1 })).toEqual({ field: 'typo' })
    expect(failed({ name: 'a', tags: ['ok', 3] })).toEqual({ field: 'tags', value: '3' })
    expect(failed(JSON.parse('{"name":"a","__proto__":{"x":1}}'))).toEqual({ field: '__proto__' })
    expect((failed({ name: 'a', inner: 'y'.repeat(9_999) }) as { value: string }).value).toHaveLength(80)
  })

  it('of each kind takes what it should and nothing else', () => {
    refuses(check as Check<unknown>, null, undefined, [], 'text', 7)
    refuses(text, undefined, null, 1, [], '\ud800')
    refuses(filledText, '', 1)
    refuses(flag, 'true', 0, null)
    refuses(count, -1, 1.5, NaN, Infinity, '1', 2 ** 53, 1n)
    refuses(amount, -0.1, NaN, Infinity, '1')
    refuses(bytes, 'a', [1], new ArrayBuffer(1))
    refuses(listOf(text), 'a', undefined, {}, [1])
    refuses(oneOf('a', 'b'), 'c', '', undefined, ['a'])
    expect([flag(undefined, 'f'), orElse('a', oneOf('a', 'b'))(undefined, 'f')]).toEqual([false, 'a'])
    expect([text('', 'f'), flag(false, 'f'), amount(0.5, 'f'), oneOf('a', 'b')('b', 'f'), anything(undefined, 'f')]).toEqual(['', false, 0.5, 'b', undefined])
    expect(bytes(new Uint8Array(1), 'f')).toHaveLength(1)
    expect([Object.is(count(-0, 'f'), 0), Object.is(amount(-0, 'f'), 0)]).toEqual([true, true])
  })
})
