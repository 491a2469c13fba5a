import { describe, expect, it } from 'vitest'
import { pickText } from '../../../../src/history/content/structured/pick-text.js'

describe('pickText', () => {
  it('takes the changed text, ours where only white space differs, both where lines merge', () => {
    expect(pickText('a', 'a', 'b')).toBe('b')
    expect(pickText('a', 'b', 'a')).toBe('b')
    expect(pickText('a = ', 'a=', 'a  = ')).toBe('a=')
    expect(pickText('# a\n#\n# b\n', '# A\n#\n# b\n', '# a\n#\n# B\n')).toBe('# A\n#\n# B\n')
  })

  it('finds no answer where both changed the same comment, or both added one', () => {
    expect(pickText('# a\n', '# b\n', '# c\n')).toBeUndefined()
    expect(pickText(undefined, '# b\n', '# c\n')).toBeUndefined()
  })
})
