import { describe, expect, it } from 'vitest'
import { hasContinuedLine, isTrivia, splitFileHead, splitTail, textLines, withFinalNewline } from '../../../../src/history/content/structured/keyed-lines.js'

describe('keyed lines', () => {
  it('are cut with their ends', () => {
    expect(textLines('a\r\n\nb')).toEqual(['a\r\n', '\n', 'b'])
    expect([withFinalNewline(''), withFinalNewline('a'), withFinalNewline('a\r\nb')]).toEqual(['', 'a\n', 'a\r\nb\r\n'])
  })

  it('know comments, and values with a comment behind', () => {
    expect([isTrivia(' # a', '#'), isTrivia('\n', '#'), isTrivia('a # b', '#')]).toEqual([true, true, false])
    expect(splitTail('a#b # c\n', '#')).toEqual({ value: 'a#b', tail: ' # c\n' })
    expect(splitTail('"a # b" # c\n', '#')).toEqual({ value: '"a # b"', tail: ' # c\n' })
    expect(splitTail('# c\n', '#')).toEqual({ value: '', tail: '# c\n' })
  })

  it('tell the head of the file from the comment of its first key', () => {
    expect(splitFileHead(['# file\n', '\n', '# key\n'])).toEqual({ open: '# file\n\n', lead: ['# key\n'] })
  })

  it('may go on behind a backslash', () => {
    expect([hasContinuedLine('a \\\r\nb'), hasContinuedLine('a\\b\n')]).toEqual([true, false])
  })
})
