import { expect, test } from 'vitest'
import { parseTrailers } from '../../../src/capture/git/trailers.js'

test.each<readonly [string, string, readonly string[]]>([
  ['a last paragraph of trailers', 'title\n\nA: 1\nB-c : 2\n', ['A=1', 'B-c=2']],
  ['the title is none', 'A: 1\n', []],
  ['a title of two lines is none', 'title\nA: 1\n', []],
  ['lines that go on', 'title\n\nA: 1\n  more\n\tstill\n', ['A=1 more still']],
  ['text among them, without one of git\'s own', 'title\n\ntext\nA: 1\n', []],
  ['text among them, with one of git\'s own', 'title\n\ntext\nSigned-off-by: a\n', ['Signed-off-by=a']],
  ['too much text for that', 'title\n\na\nb\nc\nd\nSigned-off-by: a\n', []],
  ['a cherry pick\'s note is no key', 'title\n\n(cherry picked from commit 1234)\nA: 1\n', ['A=1']],
  ['only the last paragraph', 'title\n\nA: 1\n\nB: 2\n\n\n', ['B=2']],
])('%s', (_, message, wanted) => {
  expect(parseTrailers(message).map(({ key, value }) => `${key}=${value}`)).toEqual(wanted)
})
