/**
 * Every command, in the order of the help. To add one: write `commands/<name>.ts` and add its entry here; name, group and
 * summary repeat the declaration, so that `atom --help` loads no command (a test compares them). A hidden command `overview` is what
 * `atom` alone shows; without one it shows the help.
 */
import type { CommandEntry } from './declaration.js'

export const CATALOGUE: readonly CommandEntry[] = [
  { name: 'overview', group: 'start', summary: 'Show where you are and what to type next', hidden: true, load: async () => (await import('./commands/overview.js')).overviewCommand },
  { name: 'init', group: 'start', summary: 'Make a store here, or one for the machine', load: async () => (await import('./commands/init.js')).initCommand },
  { name: 'demo', group: 'start', summary: 'Show a whole story with real commands, in a temporary folder', load: async () => (await import('./commands/demo.js')).demoCommand },
  { name: 'config', group: 'start', summary: 'Show or change settings', load: async () => (await import('./commands/config.js')).configCommand },
  { name: 'add', group: 'record', summary: 'Record an ATOM', load: async () => (await import('./commands/add.js')).addCommand },
  { name: 'commit', group: 'record', summary: 'Record the files that changed', load: async () => (await import('./commands/commit.js')).commitCommand },
  { name: 'run', group: 'record', summary: 'Run a command and record what it did', load: async () => (await import('./commands/run.js')).runCommand },
  { name: 'log', group: 'look', summary: 'Show the trail', load: async () => (await import('./commands/log.js')).logCommand },
  { name: 'show', group: 'look', summary: 'Show an ATOM, a file or any object', load: async () => (await import('./commands/show.js')).showCommand },
  { name: 'diff', group: 'look', summary: 'Show what differs between two ATOMs, or from the files on disk', load: async () => (await import('./commands/diff.js')).diffCommand },
  { name: 'branch', group: 'fork', summary: 'List, create, rename or delete branches', load: async () => (await import('./commands/branch.js')).branchCommand },
  { name: 'tag', group: 'fork', summary: 'List, create or delete tags', load: async () => (await import('./commands/tag.js')).tagCommand },
  { name: 'op', group: 'undo', summary: 'Look at the operation log', load: async () => (await import('./commands/op.js')).opCommand },
  { name: 'reflog', group: 'undo', summary: 'Show where a ref has been', load: async () => (await import('./commands/reflog.js')).reflogCommand },
  { name: 'verify', group: 'prove', summary: 'Check every byte, link, index and ref, and say what is proved', load: async () => (await import('./commands/verify.js')).verifyCommand },
  { name: 'export', group: 'read', summary: 'Write the trail out for other programs', load: async () => (await import('./commands/export.js')).exportCommand },
  { name: 'import', group: 'read', summary: 'Take in a git repository or JSONL', load: async () => (await import('./commands/import.js')).importCommand },
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
