/** docs/cli.md, made of the declarations. */
import { GROUPS } from './words/declaration.js'
import { GIT_HABITS } from './words/git-habits.js'
import { GLOBAL_OPTIONS, optionSummary, usageOf } from './help.js'
import type { LoadedCommand } from './load.js'
import { optionTerm } from './words/options.js'

/** Returns the reference of the command line as Markdown. */
export function referenceText(commands: readonly LoadedCommand[]): string {
  const parts = [
    '# The command line\n\nMade from the declarations in `src/cli/commands` by `npm run reference`; do not edit.\n',
    `Everywhere:\n\n${bullets(GLOBAL_OPTIONS)}\n`,
    'Exit codes: 0 done; 1 done, and the answer is "not clean"; 2 usage; 3 not found; 4 conflict; 5 integrity; 6 busy; 7 remote; 8 config; 9 unsupported; 70 a bug; 130 interrupted.\n',
  ]
  for (const [group, heading] of Object.entries(GROUPS)) {
    const members = commands.filter(({ command }) => command.group === group)
    if (members.length > 0) parts.push(`## ${heading}\n`, ...members.flatMap(sections))
  }
  parts.push('## Coming from git\n', 'Commands of the same name do the same. For the others:\n')
  parts.push(`| git | atom |\n|---|---|\n${Object.entries(GIT_HABITS).map(([git, atom]) => `| \`${git}\` | ${atom.replaceAll('|', '\\|')} |`).join('\n')}\n`)
  return parts.join('\n')
}

function sections(loaded: LoadedCommand): readonly string[] {
  const { command, path } = loaded
  const options = Object.entries(command.options).filter(([, option]) => option.hidden !== true)
  const parts = [`### \`atom ${usageOf(command, path)}\`\n`, `${command.summary}.${command.aliases.length > 0 ? ` Also \`${command.aliases.map((alias) => ['atom', ...path.split(' ').slice(0, -1), alias].join(' ')).join('`, `')}\`.` : ''}\n`]
  if (command.description !== undefined) parts.push(`${command.description.split('\n').filter((text) => text !== '').join('\n\n')}\n`)
  if (options.length > 0) parts.push(`${bullets(options.map(([key, option]) => [optionTerm(key, option), optionSummary(option)]))}\n`)
  parts.push(`\`\`\`sh\n${command.examples.map(([typed, does]) => `${typed}   # ${does}`).join('\n')}\n\`\`\`\n`)
  return [parts.join('\n'), ...loaded.subcommands.flatMap(sections)]
}

function bullets(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([term, summary]) => `- \`${term.trim()}\`: ${summary}.`).join('\n')
}
