/** From argv to a command and its words. The only door of commander. */
import { Command as Parser, type CommanderError, InvalidArgumentError, Option } from 'commander'
import { AtomError } from '../../base/errors.js'
import type { Command, Parsed } from './declaration.js'
import type { GlobalFlags } from '../host.js'
import { BadValue, toValue } from './option-value.js'
import { longName, type OptionDeclaration } from './options.js'
import { readPlainWords } from './plain-words.js'

export type ParseOutcome = { readonly is: 'parsed'; readonly parsed: Parsed } | { readonly is: 'help' }

/** Parses the words that belong to a command, its own name taken out. Throws `USAGE`. `path` is how it was called: `bisect start`. */
export function parseWords(command: Command, path: string, words: readonly string[]): ParseOutcome {
  const parsed = readPlainWords(command, words)
  return parsed === undefined ? parseByCommander(command, path, words) : { is: 'parsed', parsed }
}

/** The same for words however written. Only for `parseWords`, and for the test that compares. */
export function parseByCommander(command: Command, path: string, words: readonly string[]): ParseOutcome {
  const { before, after } = splitAtDashes(command, spellOut(command, words))
  const parser = buildParser(command)
  try {
    parser.parse(before, { from: 'user' })
  } catch (error) {
    if (!isComplaint(error)) throw error
    if (error.code === 'commander.helpDisplayed') return { is: 'help' }
    throw toUsageError(error, path)
  }
  const given = parser.opts<Record<string, unknown>>()
  const options: Record<string, unknown> = {}
  for (const [key, option] of Object.entries(command.options)) options[key] = givenValue(given, key) ?? option.fallback
  const positionals: Record<string, unknown> = {}
  command.positionals.forEach((positional, index) => {
    positionals[positional.name] = parser.processedArgs[index] ?? (positional.isVariadic ? [] : undefined)
  })
  const parsed = { options, positionals, afterDashes: after, flags: toFlags(given) }
  return { is: 'parsed', parsed: parsed as unknown as Parsed }
}

/** commander keeps `--no-merges` as `merges: false`, also where nothing is called `merges`. */
function givenValue(given: Readonly<Record<string, unknown>>, key: string): unknown {
  const [, first, rest = ''] = /^no([A-Z])(.*)$/.exec(key) ?? []
  return first === undefined ? given[key] : given[first.toLowerCase() + rest] === false
}

function buildParser(command: Command): Parser {
  const parser = new Parser(command.name)
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
    .helpOption('-h, --help')
    .allowExcessArguments(false)
  // Options before the first positional belong to the command, all others to what it runs.
  if (command.passThrough) parser.passThroughOptions()
  for (const option of globalOptions()) parser.addOption(option)
  for (const [key, declaration] of Object.entries(command.options)) {
    for (const option of toParserOptions(key, declaration)) parser.addOption(option)
  }
  for (const positional of command.positionals) {
    const argument = parser.createArgument(positional.isOptional ? `[${positional.name}${positional.isVariadic ? '...' : ''}]` : `<${positional.name}${positional.isVariadic ? '...' : ''}>`)
    if (positional.choices.length > 0) argument.choices(positional.choices)
    parser.addArgument(argument)
  }
  return parser
}

function globalOptions(): readonly Option[] {
  return [
    new Option('-C <dir>').argParser(collect),
    new Option('--branch <name>'),
    new Option('--json'),
    new Option('-q, --quiet'),
    new Option('-v, --verbose'),
    new Option('--no-color'),
    new Option('--no-pager'),
  ]
}

function toFlags(given: Readonly<Record<string, unknown>>): GlobalFlags {
  return {
    folders: (given['C'] as readonly string[] | undefined) ?? [],
    branch: given['branch'] as string | undefined,
    json: given['json'] === true,
    quiet: given['quiet'] === true,
    verbose: given['verbose'] === true,
    color: given['color'] !== false,
    pager: given['pager'] !== false,
  }
}

function toParserOptions(key: string, declaration: OptionDeclaration<unknown>): readonly Option[] {
  const long = longName(key)
  const short = declaration.short === undefined ? '' : `-${declaration.short}, `
  const value = declaration.value === undefined ? '' : declaration.bare === undefined ? ` <${declaration.value}>` : ` [${declaration.value}]`
  const option = new Option(`${short}${long}${value}`)
  if (declaration.conflicts !== undefined) option.conflicts([...declaration.conflicts])
  if (declaration.kind !== 'flag') option.argParser((word: string, earlier: unknown) => convert(declaration, word, earlier))
  return declaration.negatable === true ? [option, new Option(long.replace('--', '--no-'))] : [option]
}

function convert(declaration: OptionDeclaration<unknown>, word: string, earlier: unknown): unknown {
  try {
    return toValue(declaration, word, earlier)
  } catch (error) {
    throw error instanceof BadValue ? new InvalidArgumentError(error.message) : error
  }
}

function collect(word: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), word]
}

/** Writes `-3` as `--limit=3`, and a bare `--stat` as `--stat=`, so that it cannot swallow the next word. */
function spellOut(command: Command, words: readonly string[]): readonly string[] {
  const options = Object.entries(command.options)
  const digits = options.find(([, option]) => option.digits === true)?.[0]
  const bare = new Map<string, string>()
  for (const [key, option] of options) {
    if (option.bare === undefined) continue
    bare.set(longName(key), `${longName(key)}=`)
    if (option.short !== undefined) bare.set(`-${option.short}`, `${longName(key)}=`)
  }
  if (digits === undefined && bare.size === 0) return words
  const end = words.indexOf('--')
  return words.map((word, index) => {
    if (end !== -1 && index > end) return word
    if (digits !== undefined && /^-\d+$/.test(word)) return `${longName(digits)}=${word.slice(1)}`
    return bare.get(word) ?? word
  })
}

function splitAtDashes(command: Command, words: readonly string[]): { readonly before: readonly string[]; readonly after: readonly string[] | undefined } {
  const at = command.afterDashes === undefined ? -1 : words.indexOf('--')
  return at === -1 ? { before: words, after: undefined } : { before: words.slice(0, at), after: words.slice(at + 1) }
}

/** Not by its class: the bundle makes that when it is first used (docs/starting.md). */
function isComplaint(error: unknown): error is CommanderError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('commander.')
}

/** Turns commander's complaint into one line and a hint. */
function toUsageError(error: CommanderError, path: string): AtomError<'USAGE'> {
  const [first = '', second] = error.message.replace(/^error: /, '').split('\n')
  const meant = /\(Did you mean (?:one of )?(.*)\?\)/.exec(second ?? '')?.[1]
  const option = /'(?:-\w, )?(--?[\w-]+)/.exec(first)?.[1]
  return new AtomError('USAGE', first.replace(/\.$/, '').replace(/missing required argument '(.*)'/, (_, name: string) => `missing ${name.toUpperCase()}`), {
    data: option === undefined ? {} : { option },
    hint: meant === undefined ? `atom help ${path}` : `did you mean ${meant}? See atom help ${path}`,
    cause: error,
  })
}
