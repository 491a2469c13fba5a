import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { quoteWord } from '../../src/ops/quote-word.js'

it.each(['a.env', 'a b', "it's", '$HOME', '`x`', 'a\nb', '-x', '*', '"', 'ü', ''])('a shell takes back %j', (word) => {
  expect(spawnSync('sh', ['-c', `printf %s ${quoteWord(word)}`], { encoding: 'utf8' }).stdout).toBe(word)
})

it('keeps a tilde where the shell sees it', () => {
  expect(['~/a', '~/a b'].map(quoteWord)).toEqual(['~/a', "~/'a b'"])
})
