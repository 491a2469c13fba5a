import { expect, it } from 'vitest'
import { toNamePattern } from '../../../src/ops/fork/name-pattern.js'

it.each([
  ['v*', 'v1.0', true], ['v*', 'av1', false], ['v?', 'v1', true], ['v?', 'v10', false], ['feat/*', 'feat/a/b', true], ['a.b', 'axb', false], ['main', 'main', true], ['*', '', true],
  ['(x+)$', '(x+)$', true], ['*'.repeat(5_000), 'x'.repeat(200), true], ['?', '💚', true],
])('%s and %s', (pattern, name, fits) => {
  expect(toNamePattern(pattern).test(name)).toBe(fits)
})
