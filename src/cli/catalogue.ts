/**
 * Every command, in the order of the help. To add one: write `commands/<name>.ts` and add its entry here; name, group and
 * summary repeat the declaration, so that `atom --help` loads no command (a test compares them). A hidden command `overview` is what
 * `atom` alone shows; without one it shows the help.
 */
import type { CommandEntry } from './declaration.js'

export const CATALOGUE: readonly CommandEntry[] = [
  {
    name: 'completion', group: 'start', summary: 'Print the completion script of a shell',
    load: async () => (await import('./commands/completion.js')).makeCompletionCommand(CATALOGUE),
  },
  {
    name: 'help', group: 'start', summary: 'Show the commands, or one of them',
    load: async () => (await import('./commands/help.js')).makeHelpCommand(CATALOGUE),
  },
  {
    name: 'version', group: 'start', summary: 'Show the version',
    load: async () => (await import('./commands/version.js')).versionCommand,
  },
  {
    name: '__complete', group: 'start', summary: 'Print words for the completion scripts', hidden: true,
    load: async () => (await import('./commands/complete.js')).makeCompleteCommand(CATALOGUE),
  },
]
