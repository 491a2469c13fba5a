import { expect, it } from 'vitest'
import { splitWords } from '../../../src/cli/words/shell-words.js'

it('splits as a shell does, and refuses a quote that never ends', () => {
  expect(splitWords(`  bisect start 'a b' "c \\" d"e f\\ g -- x.env `)).toEqual(['bisect', 'start', 'a b', 'c " de', 'f g', '--', 'x.env'])
  expect(splitWords(`it''s ''`)).toEqual(['its', ''])
  expect(splitWords('')).toEqual([])
  expect(() => splitWords(`a 'b`)).toThrow('not closed')
})
