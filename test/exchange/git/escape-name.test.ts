import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWellFormed } from '../../../src/base/bytes.js'
import { escapeName, unescapeName } from '../../../src/exchange/git/escape-name.js'
import { EXECUTABLE_MODE, FILE_MODE, FOLDER_MODE, SYMLINK_MODE } from '../../../src/object/tree.js'
import { isGitLookAlike } from '../../../src/trail/paths.js'

describe('names in the mirror', () => {
  it.each(['a.env', '.gitignore', '.github', 'git', 'gitx', 'git~', '.gitkeep', 'é', ' ', 'a%20', 'CON', 'x\\y', '.atomic', '~1', 'Makefile~2'])('stay as they are: %j', (name) => {
    expect(escapeName(name, FILE_MODE)).toBe(name)
  })

  it.each([
    ['.git', 'atom%.git'], ['.GIT', 'atom%.GIT'], ['.git. .', 'atom%.git. .'], ['.git:x', 'atom%.git:x'], ['git~1', 'atom%git~1'], ['.g\u200cit', 'atom%.g\u200cit'], ['a\\.git', 'atom%a%5C.git'], ['.gitmodules', 'atom%.gitmodules'],
    ['gi7eba~1', 'atom%gi7eba~1'], ['gitmod~4', 'atom%gitmod~4'], ['maba30~1', 'atom%maba30~1'], ['.gitattributes ', 'atom%.gitattributes '], ['atom%', 'atom%atom%25'], ['.atom', 'atom%.atom'],
  ])('are escaped: %j', (name, escaped) => {
    expect(escapeName(name, FILE_MODE)).toBe(escaped)
    expect(unescapeName(escaped, FILE_MODE)).toBe(name)
  })

  it('depend on the mode for what git wants to be no link', () => {
    expect(['.gitignore', '.mailmap'].map((name) => escapeName(name, SYMLINK_MODE))).toEqual(['atom%.gitignore', 'atom%.mailmap'])
    expect(unescapeName('atom%.gitignore', FILE_MODE)).toBeUndefined()
  })

  it.each(['.git', '.atom', 'atom%a', 'atom%', 'atom%a%5c', '', '.', '..', `atom%.git${' '.repeat(1_100)}`])('are refused where atom would not have written them: %j', (escaped) => {
    expect(unescapeName(escaped, FILE_MODE)).toBeUndefined()
  })

  it('come back, whatever they are, and never look like .git', () => {
    const part = fc.oneof(fc.constantFrom('.git', 'git~1', 'atom%', '%', '\\', '.', ' ', ':', '\u200c', 'GIT', 'gitmod~1', '.atom'), fc.string({ unit: 'binary', maxLength: 3 }))
    const names = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')).filter((name) => !/[/\0]/.test(name) && name !== '' && name !== '.' && name !== '..' && isWellFormed(name))
    fc.assert(fc.property(names, fc.constantFrom(FILE_MODE, EXECUTABLE_MODE, SYMLINK_MODE, FOLDER_MODE), (name, mode) => {
      const escaped = escapeName(name, mode)
      expect(unescapeName(escaped, mode)).toBe(name)
      expect(isGitLookAlike(escaped)).toBe(false)
    }), { numRuns: 2_000 })
  })
})
