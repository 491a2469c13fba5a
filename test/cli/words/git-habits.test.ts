import { expect, it } from 'vitest'
import { CATALOGUE } from '../../../src/cli/catalogue.js'
import { GIT_HABITS } from '../../../src/cli/words/git-habits.js'

/** What atom does, in a sentence. */
const PROSE: readonly string[] = ['ids', 'never']

it('lists no command that atom has', () => {
  for (const { name, aliases = [] } of CATALOGUE) for (const word of [name, ...aliases]) expect(Object.hasOwn(GIT_HABITS, word), word).toBe(false)
})

it('says something for each', () => {
  for (const [git, atom] of Object.entries(GIT_HABITS)) expect(atom.length, git).toBeGreaterThan(6)
})

it('names only commands that there are', () => {
  const names = CATALOGUE.flatMap(({ name, aliases = [] }) => [name, ...aliases])
  for (const [git, hint] of Object.entries(GIT_HABITS)) for (const [, word = ''] of hint.matchAll(/\batom ([a-z][a-z-]*)/g)) if (!PROSE.includes(word)) expect(names, `${git}: ${hint}`).toContain(word)
})
