import { describe, expect, it } from 'vitest'
import { cutSpans, formatSpans } from '../../../src/cli/terminal/output.js'
import { fakeHost } from '../../helpers/cli.js'

describe('output', () => {
  it('colours by label and closes what it opens', () => {
    expect(formatSpans([['id', 'abc'], ['plain', ' x']], true)).toBe('\u001b[33mabc\u001b[39m x')
    expect(formatSpans([['head', 'main']], true)).toBe('\u001b[1m\u001b[36mmain\u001b[39m\u001b[22m')
    expect(formatSpans([['id', 'abc']], false)).toBe('abc')
  })

  it('makes recorded text visible, tabs kept in the lines of files', () => {
    expect(formatSpans([['title', 'a\u001b[2Jb\n']], false)).toBe('a\\e[2Jb\\n')
    expect(formatSpans([['added', '\tx\r']], false)).toBe('\tx\\r')
  })

  it('cuts a line across its spans', () => {
    expect(formatSpans(cutSpans([['id', 'abcd'], ['title', ' 日本語 and more']], 10), false)).toBe('abcd 日本…')
    expect(formatSpans(cutSpans([['id', 'abcd']], Infinity), false)).toBe('abcd')
  })

  it('sends exact bytes to a file and visible ones to a terminal', async () => {
    const bytes = Uint8Array.of(0x1b, 0x5b, 0x41, 0x0a)
    const file = fakeHost()
    await file.host.output.line({ bytes })
    expect(file.stdout()).toBe('\u001b[A\n')
    const terminal = fakeHost({ isTerminal: true })
    await terminal.host.output.line({ bytes })
    expect(terminal.stdout()).toBe('\\e[A\n')
  })

  it('keeps warnings when quiet, and drops notes', () => {
    const quiet = fakeHost({ flags: { quiet: true } })
    quiet.host.output.note([['plain', 'done']])
    quiet.host.output.warn([['warn', 'careful']])
    expect(quiet.stderr()).toBe('careful\n')
  })
})
