/** The types of declarations: what `command.ts` takes and makes. */
import type { Operation } from '../../ops/operation.js'
import type { GlobalFlags, Host } from '../host.js'
import type { Options, OptionValues } from './options.js'
import type { Lines, View } from '../terminal/output.js'

export const GROUPS = {
  start: 'start', record: 'record', look: 'look', fork: 'fork', undo: 'undo', search: 'search for the break', prove: 'prove',
  keep: 'keep', exchange: 'exchange', read: 'read as data', agents: 'agents',
} as const
export type Group = keyof typeof GROUPS

/** What is typed, and what it does (lower case, no full stop). */
export type Example = readonly [typed: string, does: string]

type PositionalName<S extends string> =
  S extends `${infer N}...?` ? N : S extends `${infer N}...` ? N : S extends `${infer N}?` ? N : S
type PositionalValue<S extends string> =
  S extends `${string}...?` | `${string}...` ? readonly string[] : S extends `${string}?` ? string | undefined : string
export type PositionalValues<P extends readonly string[]> = {
  readonly [S in P[number] as PositionalName<S>]: PositionalValue<S>
}

/** The words of one call, checked and typed by the declaration. */
export interface Parsed<P extends readonly string[] = readonly string[], O extends Options = Options> {
  readonly positionals: PositionalValues<P>
  readonly options: OptionValues<O>
  /** What followed `--`; undefined when there was none or the command does not set it apart. */
  readonly afterDashes: readonly string[] | undefined
  readonly flags: GlobalFlags
}

export interface Described<P extends readonly string[], O extends Options> {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly group: Group
  /** Imperative, no full stop. */
  readonly summary: string
  /** Paragraphs for `--help` and docs/cli.md, where the summary does not say it all. */
  readonly description?: string
  /** After `atom `; made from positionals and options when absent. */
  readonly usage?: string
  readonly positionals?: P
  /** The allowed words of a positional. */
  readonly choices?: { readonly [S in P[number] as PositionalName<S>]?: readonly string[] }
  readonly options?: O
  readonly afterDashes?: string
  /** Everything from the first positional on belongs to it, options too: `run CMD --flag`. */
  readonly passThrough?: boolean
  readonly examples: readonly [Example, ...Example[]]
  readonly hidden?: boolean
  /** Long output: shown through the pager on a terminal. */
  readonly pager?: boolean
}

export interface OperationCommand<P extends readonly string[], O extends Options, Input, Output> extends Described<P, O> {
  readonly operation: Operation<Input, Output>
  /** Absent: the input is `{}`. MAY read stdin and files through the host. Throws `USAGE`. */
  toInput?(parsed: Parsed<P, O>, host: Host): unknown
  render(result: Output, view: View, parsed: Parsed<P, O>): Lines
  renderStream?(items: AsyncIterable<Output>, view: View, parsed: Parsed<P, O>): Lines
  note?(result: Output, view: View, parsed: Parsed<P, O>): Lines
  /** Lines for stderr that `--json` keeps, where `note` is dropped: what happened beside what was asked for. */
  aside?(result: Output): Lines
  json?(result: Output, parsed: Parsed<P, O>): unknown
  exit?(result: Output, parsed: Parsed<P, O>): 0 | 1
}

export interface PerformedCommand<P extends readonly string[], O extends Options> extends Described<P, O> {
  perform(host: Host, parsed: Parsed<P, O>): Promise<number | undefined> | Promise<void>
}

export interface Positional {
  readonly name: string
  /** As shown: `REV`. */
  readonly word: string
  readonly isOptional: boolean
  readonly isVariadic: boolean
  readonly choices: readonly string[]
}

/** What is known of a command before its module is loaded. */
export interface CommandEntry {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly group: Group
  readonly summary: string
  readonly hidden?: boolean
  load(): Promise<Command>
}

/** A declared command with its types erased: what the parser, help and completion work with. */
export interface Command {
  readonly name: string
  readonly aliases: readonly string[]
  readonly group: Group
  readonly summary: string
  readonly description: string | undefined
  readonly usage: string
  readonly positionals: readonly Positional[]
  readonly options: Options
  readonly afterDashes: string | undefined
  readonly passThrough: boolean
  readonly examples: readonly Example[]
  readonly hidden: boolean
  readonly pager: boolean
  readonly subcommands: readonly CommandEntry[]
  readonly defaultSubcommand: string | undefined
  readonly otherSubcommand: string | undefined
  /** Returns the exit code. Absent in a group. */
  readonly execute?: (host: Host, parsed: Parsed) => Promise<number>
}

export interface GroupDeclaration extends Omit<Described<readonly string[], Options>, 'positionals' | 'options' | 'choices' | 'afterDashes' | 'passThrough' | 'pager' | 'usage'> {
  readonly subcommands: readonly (Command | CommandEntry)[]
  /** The one meant when no subcommand is named: `atom remote` is `atom remote list`. */
  readonly defaultSubcommand?: string
  /** The one that takes every word that names none, that word included: `atom bisect fixed`. */
  readonly otherSubcommand?: string
}
