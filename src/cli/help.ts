/** Help texts, made of the declarations. */
import { GROUPS, type Command, type CommandEntry } from './words/declaration.js'
import { optionTerm, type OptionDeclaration } from './words/options.js'
import type { Line } from './terminal/output.js'

export const GLOBAL_OPTIONS: readonly (readonly [term: string, summary: string])[] = [
  ['-C DIR', 'Run as if started in DIR; repeatable, each relative to the one before'],
  ['    --branch NAME', 'Work on this branch instead of HEAD\'s (also ATOM_BRANCH)'],
  ['    --json', 'Print JSON: one object, or one line per item'],
  ['-q, --quiet', 'Leave out status lines; warnings and errors stay'],
  ['-v, --verbose', 'Say more'],
  ['    --no-color', 'No colours (also NO_COLOR)'],
  ['    --no-pager', 'Do not page long output'],
  ['-h, --help', 'Show help'],
  ['    --version', 'Show the version'],
]

const FIRST_STEPS: readonly (readonly [string, string])[] = [
  ['atom init', 'start a trail here'],
  ['atom add DECISION "use LevelDB" --reason "one folder, no server"', 'record a decision'],
  ['atom commit -m "raise the limit" gaming.env', 'record a changed file'],
  ['atom log --graph', 'see what happened'],
  ['atom why gaming.env', 'see why it is as it is'],
]

/** Returns the help of all commands, by group. */
export function helpLines(catalogue: readonly CommandEntry[]): readonly Line[] {
  const names = new Set(catalogue.map((entry) => entry.name))
  const lines: Line[] = [
    [['plain', 'usage: '], ['command', 'atom'], ['plain', ' [-C DIR] [--json] [-q] [-v] COMMAND …']],
    [['plain', '       '], ['command', 'atom'], ['plain', ' TYPE "intent" …        short for atom add TYPE …']],
    [],
    [['plain', 'git for what agents do: every operation recorded, linked, replayable and provable.']],
  ]
  for (const [group, heading] of Object.entries(GROUPS)) {
    const entries = catalogue.filter((entry) => entry.group === group && entry.hidden !== true)
    if (entries.length === 0) continue
    lines.push([], [['heading', heading]])
    lines.push(...table(entries.map((entry) => [[entry.name, ...(entry.aliases ?? [])].join(', '), entry.summary])))
  }
  const steps = FIRST_STEPS.filter(([typed]) => names.has(typed.split(' ')[1] ?? ''))
  if (steps.length > 0) lines.push([], [['heading', 'examples']], ...exampleLines(steps))
  lines.push([], [['heading', 'everywhere']], ...table(GLOBAL_OPTIONS))
  lines.push([], [['plain', 'atom help COMMAND shows one command with its examples.']])
  return lines
}

/** Returns the help of one command. */
export function commandHelpLines(command: Command, path: string): readonly Line[] {
  const lines: Line[] = [
    [['plain', 'usage: '], ['command', `atom ${usageOf(command, path)}`]],
    [],
    [['plain', `${command.summary}.`]],
  ]
  for (const paragraph of (command.description ?? '').split('\n').filter((text) => text !== '')) lines.push([], ...wrap(paragraph, 96))
  if (command.aliases.length > 0) lines.push([], [['plain', `also: ${command.aliases.map((alias) => `atom ${alias}`).join(', ')}`]])
  const subcommands = command.subcommands.filter((entry) => entry.hidden !== true)
  if (subcommands.length > 0) lines.push([], [['heading', 'commands']], ...table(subcommands.map((entry) => [entry.name, entry.summary])))
  const options = Object.entries(command.options).filter(([, option]) => option.hidden !== true)
  if (options.length > 0) lines.push([], [['heading', 'options']], ...table(options.map(([key, option]) => [optionTerm(key, option), optionSummary(option)])))
  lines.push([], [['heading', 'examples']], ...exampleLines(command.examples))
  return lines
}

/** Returns the usage with the full path of names: `bisect start [BAD [GOOD…]]`. */
export function usageOf(command: Command, path: string): string {
  return command.usage.startsWith(`${path} `) || command.usage === path ? command.usage : command.usage.replace(command.name, path)
}

/** Returns what an option does, with its choices and unit. */
export function optionSummary(option: OptionDeclaration<unknown>): string {
  const extra: string[] = []
  if (option.choices !== undefined) extra.push(option.choices.join(', '))
  if (option.unit !== undefined) extra.push(`in ${option.unit}`)
  if (option.kind === 'list' || option.kind === 'pairs') extra.push(option.separator === undefined ? 'repeatable' : `repeatable, or separated by ${option.separator}`)
  return extra.length === 0 ? option.summary : `${option.summary} (${extra.join('; ')})`
}

function table(rows: readonly (readonly [string, string])[]): readonly Line[] {
  const columns = Math.min(30, Math.max(...rows.map(([term]) => term.length)))
  return rows.flatMap(([term, summary]): Line[] => {
    if (term.length > columns) return [[['command', `  ${term}`]], [['plain', `  ${' '.repeat(columns)}  ${summary}`]]]
    return [[['command', `  ${term.padEnd(columns)}`], ['plain', `  ${summary}`]]]
  })
}

function exampleLines(examples: readonly (readonly [string, string])[]): readonly Line[] {
  return examples.flatMap(([typed, does]): Line[] => [[['command', `  ${typed}`]], [['dim', `      ${does}`]]])
}

function wrap(paragraph: string, columns: number): readonly Line[] {
  const lines: string[] = []
  let line = ''
  for (const word of paragraph.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  lines.push(line)
  return lines.map((text) => [['plain', text]])
}

