/**
 * How a command of the command line is declared. It says how words become the input of an operation and how the result
 * is shown; what the command does is the operation's business. Help, completion and docs/cli.md come from it.
 *
 * A command that runs an operation (`commands/branch-create.ts`, say):
 *
 *     export const logCommand: Command = defineCommand({
 *       name: 'log', group: 'look', summary: 'Show the trail',
 *       positionals: ['revs...?'],            // NAME  NAME?  NAME...  NAME...?   (needed, optional, one or more, any number)
 *       afterDashes: 'PATH...',               // what `-- a b` means; without this line they are more positionals
 *       options: {
 *         limit: integer('N', 'Show at most N ATOMs', { short: 'n', digits: true }),
 *         agent: list('NAME', 'Only those of this agent'),
 *         oneline: flag('One line each', { conflicts: ['format'] }),
 *         format: text('FORMAT', 'How to show each', { choices: ['mermaid', 'dot'] }),
 *         meta: pairs('KEY=VALUE', 'Only those with this metadata'),
 *         ff: toggle('Fast-forward'),         // --ff, --no-ff: boolean | undefined
 *       },
 *       examples: [['atom log -3 -- gaming.env', 'the last three ATOMs that changed gaming.env']],
 *       pager: true,
 *       operation: log,                       // Operation<LogInput, LogEntry> of src/ops
 *       toInput: ({ options, positionals, afterDashes }) => ({ revs: positionals.revs, limit: options.limit, paths: afterDashes ?? [] }),
 *       render: (entry, view) => [[['id', entry.object], ['plain', ' '], ['title', entry.title]]],   // lines of labelled spans
 *       json: (entry) => entryJson(entry),    // default: the result itself
 *       exit: (entry) => 0,                   // 1 = a finding; of a stream, the greatest counts
 *     })
 *
 * `render`, `json` and `exit` get one item at a time when the operation streams; `renderStream` sees the whole stream instead (a
 * graph needs that). `note` gives lines for stderr, which `--quiet` and `--json` drop; `aside` those that `--json` keeps. All of them are pure. Texts in spans are made
 * visible by the output: renderers never escape. A file's exact bytes go out as a line `{ bytes }`.
 *
 * A command that loops over operations, or needs none (the whole of `commands/completion.ts`):
 *
 *     export const completionCommand: Command = defineCommand({
 *       name: 'completion', group: 'start', summary: 'Print the completion script of a shell',
 *       positionals: ['shell'], choices: { shell: ['bash', 'zsh', 'fish'] },
 *       examples: [['source <(atom completion bash)', 'complete atom in this bash']],
 *       perform: async (host, { positionals }) => {
 *         await host.output.text(completionScript(shellOf(positionals.shell), await loadAll(CATALOGUE)))
 *       },                                    // returns an exit code, or nothing for 0
 *     })
 *
 * To run an operation inside `perform`: `const result = await host.runOperation(operation, input)`; for other functions of `app`
 * there is `host.context`. A module that only some calls need comes by `await import(…)`: starting stays fast.
 *
 * A command with subcommands: `defineGroup({ name: 'bisect', …, subcommands: [bisectStart, …], defaultSubcommand: 'log' })`;
 * a subcommand may also be an entry with `load`, when it is heavy. Then add one entry to `catalogue.ts`.
 */
import type { Command, CommandEntry, Described, GroupDeclaration, OperationCommand, Parsed, PerformedCommand, Positional } from './words/declaration.js'
import type { Host } from './host.js'
import { optionTerm, type Options } from './words/options.js'
import { runDeclared } from './run-declared.js'

export type { Command, CommandEntry } from './words/declaration.js'
export { flag, integer, list, number, pairs, text, toggle } from './words/options.js'

/** Checks and seals a declaration; throws `TypeError` where it contradicts itself or the global flags. */
export function defineCommand<const P extends readonly string[] = readonly [], const O extends Options = Record<never, never>, Input = unknown, Output = unknown>(
  declaration: OperationCommand<P, O, Input, Output> | PerformedCommand<P, O>,
): Command {
  const command = describe(declaration)
  const execute = (host: Host, parsed: Parsed): Promise<number> =>
    runDeclared(declaration as unknown as OperationCommand<readonly string[], Options, Input, Output>, host, parsed)
  return { ...command, execute }
}

/** Seals a command that only has subcommands. */
export function defineGroup(declaration: GroupDeclaration): Command {
  const subcommands = declaration.subcommands.map((sub) => ('load' in sub ? sub : entryOf(sub)))
  return { ...describe({ ...declaration, usage: `${declaration.name} ${declaration.defaultSubcommand === undefined ? 'COMMAND' : '[COMMAND]'}` }), subcommands, defaultSubcommand: declaration.defaultSubcommand, otherSubcommand: declaration.otherSubcommand }
}

/** Returns the light entry of a command that is already loaded. */
export function entryOf(command: Command): CommandEntry {
  const { name, aliases, group, summary, hidden } = command
  return { name, aliases, group, summary, hidden, load: () => Promise.resolve(command) }
}

const GLOBAL_SHORTS: readonly string[] = ['C', 'q', 'v', 'h']
const GLOBAL_KEYS: readonly string[] = ['branch', 'json', 'quiet', 'verbose', 'color', 'pager', 'help', 'version']

function describe(declaration: Described<readonly string[], Options>): Command {
  const { name, options = {} } = declaration
  const taken = new Set<string>(GLOBAL_SHORTS)
  for (const [key, option] of Object.entries(options)) {
    if (GLOBAL_KEYS.includes(key)) throw new TypeError(`${name}: --${key} is a global option`)
    if (option.short !== undefined && taken.has(option.short)) throw new TypeError(`${name}: -${option.short} is taken`)
    if (option.short !== undefined) taken.add(option.short)
    for (const other of option.conflicts ?? []) {
      if (!(other in options)) throw new TypeError(`${name}: ${key} conflicts with ${other}, which is not declared`)
    }
  }
  const positionals = (declaration.positionals ?? []).map((form) => toPositional(form, declaration.choices ?? {}))
  return {
    name, group: declaration.group, summary: declaration.summary, options, positionals,
    aliases: declaration.aliases ?? [],
    description: declaration.description,
    usage: declaration.usage ?? makeUsage(name, positionals, declaration),
    afterDashes: declaration.afterDashes,
    passThrough: declaration.passThrough ?? false,
    examples: declaration.examples,
    hidden: declaration.hidden ?? false,
    pager: declaration.pager ?? false,
    subcommands: [],
    defaultSubcommand: undefined,
    otherSubcommand: undefined,
  }
}

function toPositional(form: string, choices: Readonly<Record<string, readonly string[] | undefined>>): Positional {
  const [, name = form, dots, mark] = /^(.*?)(\.\.\.)?(\?)?$/.exec(form) ?? []
  const singular = dots === undefined ? name : name.replace(/s$/, '')
  return {
    name,
    word: singular.replace(/[A-Z]/g, (letter) => `-${letter}`).toUpperCase(),
    isOptional: mark !== undefined,
    isVariadic: dots !== undefined,
    choices: choices[name] ?? [],
  }
}

/** Returns a positional as it stands in a usage line: `[REV…]`. */
export function positionalTerm(positional: Positional): string {
  const word = `${positional.choices.length > 0 ? positional.choices.join('|') : positional.word}${positional.isVariadic ? '…' : ''}`
  return positional.isOptional ? `[${word}]` : word
}

function makeUsage(name: string, positionals: readonly Positional[], declaration: Described<readonly string[], Options>): string {
  const shown = Object.entries(declaration.options ?? {}).filter(([, option]) => option.hidden !== true)
  const few = shown.length <= 3 ? shown.map(([key, option]) => `[${optionTerm(key, option).trim().replace(/^-\w, /, '')}]`) : ['[options]']
  const dashes = declaration.afterDashes === undefined ? [] : [`[-- ${declaration.afterDashes.replace('...', '…')}]`]
  return [name, ...few, ...positionals.map(positionalTerm), ...dashes].join(' ')
}
