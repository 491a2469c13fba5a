import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseCommit, parseTag, splitMessage } from '../../../src/capture/git/commit.js'

test('never throws, whatever the bytes', () => {
  fc.assert(fc.property(fc.uint8Array(), fc.constantFrom('', 'author ', 'tree x\nparent y\ncommitter a <b> 1 +0000\n\n', 'tagger '), (bytes, head) => {
    const input = Buffer.concat([Buffer.from(head), bytes])
    expect(splitMessage(parseCommit(input).message)).toBeDefined()
    expect(parseTag(input)).toBeDefined()
  }))
})

test.each([
  ['', { title: '', reason: '' }],
  ['\n\n one \ntwo\r\n\n\n  indented\nrest\n\n', { title: 'one two', reason: '  indented\nrest' }],
  ['only', { title: 'only', reason: '' }],
])('splits %j as git log does', (message, wanted) => {
  expect(splitMessage(message)).toEqual(wanted)
})

test.each([
  ['a <b> 1700000000 +0545', '2023-11-15T03:58:20+05:45'],
  ['a <b> 1700000000', '2023-11-14T22:13:20+00:00'],
  ['a <b> 1700000000 +9999', '@1700000000 +9999'],
  ['a <b> 999999999999999 +0000', '@999999999999999 +0000'],
  ['a <b>', ''],
])('dates of %s', (line, date) => {
  expect(parseCommit(Buffer.from(`tree x\ncommitter ${line}\n\n`)).committer.date).toBe(date)
})
