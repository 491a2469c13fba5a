import { expect, it } from 'vitest'
import { editDistance, readQuestion } from '../../../src/views/sqlite/question.js'

it('a question is its telling words, each once; where it has none, all of them', () => {
  expect(readQuestion('What gaming config did we set up?')).toEqual({ terms: ['gaming', 'config', 'set'], types: ['CFG'], wantsFirst: true })
  expect(readQuestion('to be or not to be').terms).toEqual(['to', 'be', 'or', 'not'])
  expect(readQuestion('設定 ＤＸＶＫ dxvk').terms).toEqual(['設', '定', 'dxvk'])
  expect(readQuestion('').terms).toEqual([])
  expect(readQuestion('word '.repeat(5_000) + Array.from({ length: 100 }, (_, index) => `w${String(index)}`).join(' ')).terms.length).toBeLessThanOrEqual(16)
})

it('a distance counts changes, and a swap of neighbours once', () => {
  expect([editDistance('proton', 'proton', 2), editDistance('proton', 'prtoon', 2), editDistance('proton', 'protn', 2), editDistance('proton', 'xrotony', 2), editDistance('proton', 'vulkan', 2), editDistance('a', 'abcdef', 2)]).toEqual([0, 1, 1, 2, 3, 3])
})
