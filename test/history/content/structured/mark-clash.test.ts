import { describe, expect, it } from 'vitest'
import { markClash } from '../../../../src/history/content/structured/mark-clash.js'
import type { Entry } from '../../../../src/history/content/structured/document.js'

const labels = { ours: 'o', theirs: 't' }
const entry = (lead: string, text: string, tail: string): Entry => ({ key: 'a', lead, head: 'a=', value: { is: 'leaf', text, meaning: text }, tail })

describe('markClash', () => {
  it('keeps a shared comment outside of the markers', () => {
    const clash = { is: 'clash', key: 'a', path: ['a'], ours: entry('# c\n', '1', '\n'), theirs: entry('# c\n', '2', '\n') } as const
    expect(markClash(clash, labels, { separator: '', after: '', isLast: true })?.head).toBe('# c\n<<<<<<< o\na=1\n=======\na=2\n>>>>>>> t\n')
  })

  it('puts commas inside, and gives up where there are no lines', () => {
    const clash = { is: 'clash', key: 'a', path: ['a'], ours: entry('\n  ', '1', ''), theirs: undefined } as const
    expect(markClash(clash, labels, { separator: ',', after: '\n  ', isLast: false })?.head).toBe('\n<<<<<<< o\n  a=1,\n=======\n>>>>>>> t')
    expect(markClash(clash, labels, { separator: ',', after: '}', isLast: true })).toBeUndefined()
  })
})
