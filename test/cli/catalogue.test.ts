import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../src/cli/catalogue.js'
import { loadAll, type LoadedCommand } from '../../src/cli/load.js'
import { parseWords } from '../../src/cli/words/parse.js'
import { route } from '../../src/cli/words/route.js'
import { splitWords } from '../../src/cli/words/shell-words.js'

const flat = (commands: readonly LoadedCommand[]): readonly LoadedCommand[] => commands.flatMap((one) => [one, ...flat(one.subcommands)])

describe('catalogue', () => {
  it('says of each command what its declaration says', async () => {
    for (const entry of CATALOGUE) {
      const { name, group, summary, aliases, hidden } = await entry.load()
      expect({ name, group, summary, aliases, hidden }).toEqual({ name: entry.name, group: entry.group, summary: entry.summary, aliases: entry.aliases ?? [], hidden: entry.hidden ?? false })
    }
  })

  it('has each name once', () => {
    const names = CATALOGUE.flatMap(({ name, aliases = [] }) => [name, ...aliases])
    expect(names).toEqual([...new Set(names)])
  })

  it('has an example for each command, and each example parses', async () => {
    for (const { command, path } of flat(await loadAll(CATALOGUE))) {
      expect(command.examples.length, path).toBeGreaterThan(0)
      for (const [typed] of command.examples) {
        const words = shellWords(typed)
        if (words === undefined) continue
        const found = await route(words, CATALOGUE)
        if (found.is === 'command') parseWords(found.command, found.path, found.words)
      }
    }
  })

  it('writes summaries in one style', async () => {
    for (const { command, path } of flat(await loadAll(CATALOGUE))) {
      expect(command.summary, path).toMatch(/^[A-Z].*[^.]$/)
      for (const [key, option] of Object.entries(command.options)) expect(option.summary, `${path} ${key}`).toMatch(/^[A-Z].*[^.]$/)
      for (const [, does] of command.examples) expect(does, path).toMatch(/[^.]$/)
    }
  })
})

/** The words after `atom` of a typed example; undefined when the shell would do more than split it. */
function shellWords(typed: string): readonly string[] | undefined {
  const [plain = ''] = typed.split(/ [|>] | && | < /)
  if (!plain.startsWith('atom ') || plain.includes('$(')) return undefined
  return splitWords(plain.slice(5))
}
