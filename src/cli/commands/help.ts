import { AtomError } from '../../base/errors.js'
import { defineCommand, type Command, type CommandEntry } from '../command.js'
import { commandHelpLines, helpLines } from '../help.js'
import type { Host } from '../host.js'
import { findEntry, unknownCommand } from '../words/route.js'

/** Makes `atom help [COMMAND…]`; `--help` of every command ends here too. */
export function makeHelpCommand(catalogue: readonly CommandEntry[]): Command {
  return defineCommand({
    name: 'help',
    group: 'start',
    summary: 'Show the commands, or one of them',
    positionals: ['commands...?'],
    examples: [['atom help', 'all commands, by group'], ['atom help completion', 'one command, with its examples']],
    pager: true,
    perform: async (host, { positionals }) => {
      const [first, ...rest] = positionals.commands
      if (first === undefined) {
        await printAll(host, catalogue)
        return
      }
      const entry = findEntry(first, catalogue)
      if (entry === undefined) throw unknownCommand(first, catalogue)
      let command = await entry.load()
      let path = entry.name
      for (const word of rest) {
        const next = findEntry(word, command.subcommands)
        if (next === undefined) throw new AtomError('USAGE', `atom ${path} has no command '${word}'`, { data: { value: word }, hint: `atom help ${path}` })
        command = await next.load()
        path = `${path} ${next.name}`
      }
      await printOne(host, command, path)
    },
  })
}

async function printAll(host: Host, catalogue: readonly CommandEntry[]): Promise<void> {
  const entries = catalogue.filter((entry) => entry.hidden !== true)
  if (host.output.isJson) {
    for (const { name, group, summary, aliases = [] } of entries) await host.output.json({ name, group, summary, aliases })
    return
  }
  for (const line of helpLines(entries)) await host.output.line(line)
}

async function printOne(host: Host, command: Command, path: string): Promise<void> {
  if (host.output.isJson) {
    const { group, summary, description = null, usage, options, positionals, examples, subcommands } = command
    await host.output.json({ name: path, group, summary, description, usage, options, positionals, examples, subcommands: subcommands.map(({ name }) => name) })
    return
  }
  for (const line of commandHelpLines(command, path)) await host.output.line(line)
}
