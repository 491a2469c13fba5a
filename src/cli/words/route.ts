/** Which command argv names. Loads that command's module and no other. */
import { AtomError } from '../../base/errors.js'
import type { Command, CommandEntry } from './declaration.js'
import { GIT_HABITS } from './git-habits.js'
import { suggest } from './suggest.js'

export type Route =
  | { readonly is: 'command'; readonly command: Command; readonly path: string; readonly words: readonly string[] }
  | { readonly is: 'help'; readonly command: Command | undefined; readonly path: string }
  | { readonly is: 'version' }
  /** Only flags: `atom` alone. */
  | { readonly is: 'nothing'; readonly words: readonly string[] }

const TYPE = /^[A-Z]+(-[A-Z]+)*$/
const SWITCHES: readonly string[] = ['--json', '-q', '--quiet', '-v', '--verbose', '--no-color', '--no-pager', '--color', '--pager']

/** Finds the command of argv; global flags may stand before it, between its words, and after. Throws `USAGE` for an unknown one. */
export async function route(argv: readonly string[], catalogue: readonly CommandEntry[]): Promise<Route> {
  const { at, asked, strange } = skipGlobals(argv, 0)
  if (asked === 'version') return { is: 'version' }
  const word = argv[at]
  if (asked === 'help') return { is: 'help', command: undefined, path: '' }
  if (strange !== undefined) throw unknownOption(strange)
  if (word === undefined) return { is: 'nothing', words: argv }
  const globals = argv.slice(0, at)
  const entry = findEntry(word, catalogue)
  if (entry === undefined) {
    const add = TYPE.test(word) ? findEntry('add', catalogue) : undefined
    if (add === undefined) throw unknownCommand(word, catalogue)
    return { is: 'command', command: await add.load(), path: 'add', words: [...globals, ...argv.slice(at)] }
  }
  return descend({ command: await entry.load(), path: entry.name, globals, rest: argv.slice(at + 1) })
}

interface Descent {
  readonly command: Command
  readonly path: string
  /** The flags that stood before and between the names. */
  readonly globals: readonly string[]
  readonly rest: readonly string[]
}

async function descend(descent: Descent): Promise<Route> {
  const { command, path, globals, rest } = descent
  if (command.subcommands.length === 0) return { is: 'command', command, path, words: [...globals, ...rest] }
  const { at, asked } = skipGlobals(rest, 0)
  if (asked === 'help') return { is: 'help', command, path }
  const first = rest[at]
  const word = first === undefined || first.startsWith('-') ? undefined : first
  const find = (name: string | undefined): CommandEntry | undefined => name === undefined ? undefined : findEntry(name, command.subcommands)
  const named = find(word ?? command.defaultSubcommand)
  const entry = named ?? (word === undefined ? undefined : find(command.otherSubcommand))
  if (entry === undefined) throw unknownSubcommand(descent, word)
  const next = { command: await entry.load(), path: `${path} ${entry.name}` }
  if (word === undefined) return descend({ ...next, globals, rest })
  // What is handed to the command for all other words keeps its first word.
  return descend({ ...next, globals: [...globals, ...rest.slice(0, at)], rest: rest.slice(named === undefined ? at : at + 1) })
}

function unknownSubcommand({ command, path }: Descent, word: string | undefined): AtomError<'USAGE'> {
  const names = command.subcommands.filter((entry) => entry.hidden !== true).map((entry) => entry.name)
  const meant = word === undefined ? [] : suggest(word, names)
  return new AtomError('USAGE', word === undefined ? `atom ${path} needs a command` : `atom ${path} has no command '${word}'`, {
    data: word === undefined ? {} : { value: word },
    hint: meant.length > 0 ? `did you mean ${meant.map((name) => `atom ${path} ${name}`).join(', ')}?` : `one of ${names.join(', ')}`,
  })
}

/** Returns the entry of a name or alias. */
export function findEntry(word: string, entries: readonly CommandEntry[]): CommandEntry | undefined {
  return entries.find((entry) => entry.name === word || entry.aliases?.includes(word) === true)
}

interface Skipped {
  /** The index of the first word that is no global flag. */
  readonly at: number
  readonly asked: 'help' | 'version' | undefined
  readonly strange: string | undefined
}

function skipGlobals(words: readonly string[], from: number): Skipped {
  let at = from
  for (; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '-C' || word === '--branch') at++
    else if (word === '--help' || word === '-h') return { at, asked: 'help', strange: undefined }
    else if (word === '--version') return { at, asked: 'version', strange: undefined }
    else if (SWITCHES.includes(word) || /^-C.|^--branch=|^-[qv]+$/.test(word)) continue
    else return { at, asked: undefined, strange: word.startsWith('-') ? word : undefined }
  }
  return { at: words.length, asked: undefined, strange: undefined }
}

function unknownOption(word: string): AtomError<'USAGE'> {
  const [meant] = suggest(word, [...SWITCHES, '--branch', '--help', '--version'])
  return new AtomError('USAGE', `unknown option '${word}'`, { data: { option: word }, hint: meant === undefined ? 'atom --help' : `did you mean ${meant}?` })
}

/** Returns the error for a word that names no command, with what to type instead. */
export function unknownCommand(word: string, catalogue: readonly CommandEntry[]): AtomError<'USAGE'> {
  const habit = Object.hasOwn(GIT_HABITS, word) ? GIT_HABITS[word] : undefined
  const message = habit === undefined ? `'${word}' is not an atom command` : `atom has no '${word}'`
  const names = catalogue.filter((entry) => entry.hidden !== true).flatMap((entry) => [entry.name, ...(entry.aliases ?? [])])
  const meant = suggest(word, names)
  const hint = habit ?? (meant.length > 0 ? `did you mean ${meant.map((name) => `atom ${name}`).join(', ')}?` : 'atom --help lists them')
  return new AtomError('USAGE', message, { data: { value: word }, hint })
}
