import { expect, it } from 'vitest'
import { CATALOGUE } from '../../src/cli/catalogue.js'
import { GIT_HABITS } from '../../src/cli/git-habits.js'

it('lists no command that atom has', () => {
  for (const { name, aliases = [] } of CATALOGUE) for (const word of [name, ...aliases]) expect(Object.hasOwn(GIT_HABITS, word), word).toBe(false)
})

it('says something for each', () => {
  for (const [git, atom] of Object.entries(GIT_HABITS)) expect(atom.length, git).toBeGreaterThan(6)
})
