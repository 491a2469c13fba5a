import { expect, test } from 'vitest'
import { AtomError } from '../../../../src/base/errors.js'
import { getProblem } from '../../../../src/ops/transfer/jsonl/jsonl-problem.js'

test('a line has a problem where the line is wrong, not where the store is', () => {
  expect(getProblem(3, new SyntaxError('Unexpected end'))).toEqual({ line: 3, code: 'INPUT_INVALID', message: 'it is not JSON: Unexpected end' })
  expect(getProblem(4, new AtomError('OBJECT_CORRUPT', 'it differs', { data: { id: 'x', reason: 'digest' } }))).toEqual({ line: 4, code: 'OBJECT_CORRUPT', message: 'it differs' })
  expect(getProblem(5, new AtomError('FORMAT_NEWER', 'too new', { data: { found: 2, known: 1 } }))).toBeUndefined()
  expect(getProblem(6, new TypeError('a mistake'))).toBeUndefined()
})
