import { describe, expect, it } from 'vitest'
import { flag, integer, longName, optionTerm, text, toggle } from '../../../src/cli/words/options.js'

describe('options', () => {
  it('are written in kebab case', () => {
    expect(longName('influencedBy')).toBe('--influenced-by')
    expect(longName('a')).toBe('--a')
  })

  it('show their short form and their value', () => {
    expect(optionTerm('limit', integer('N', 'x', { short: 'n' }))).toBe('-n, --limit N')
    expect(optionTerm('all', flag('x'))).toBe('    --all')
    expect(optionTerm('ff', toggle('x'))).toBe('    --[no-]ff')
    expect(optionTerm('stat', text('WIDTH', 'x', { bare: '80' }))).toBe('    --stat[=WIDTH]')
  })
})
