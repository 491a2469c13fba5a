/** The kinds of options a command may declare, and the types of their values. */

export interface OptionSettings {
  /** One letter, without the dash. */
  readonly short?: string
  /** Keys of options of the same command that exclude this one. */
  readonly conflicts?: readonly string[]
  readonly hidden?: boolean
}

export type OptionKind = 'flag' | 'text' | 'integer' | 'number' | 'list' | 'pairs'

/** `T` is the type of the parsed value; it exists only for the compiler. */
export interface OptionDeclaration<T> extends OptionSettings {
  readonly kind: OptionKind
  /** Imperative or a noun phrase, no full stop. */
  readonly summary: string
  /** The word shown for the value: `REV`, `PATH`. It also decides what the shell completes. Absent for flags. */
  readonly value?: string
  readonly choices?: readonly string[]
  /** `bytes` takes 64K, 8M; `ms` takes 500ms, 2s, 5m, 1h; others are only shown. */
  readonly unit?: string
  readonly min?: number
  /** A flag that also has a `--no-` form; absent from argv it is undefined. */
  readonly negatable?: boolean
  /** What the option means when written without `=VALUE`. The value then needs the equals sign. */
  readonly bare?: string
  /** A list whose words are split at this separator too. */
  readonly separator?: string
  /** An integer that may be written `-3`, as in `git log -3`. */
  readonly digits?: boolean
  readonly fallback?: T
}

export type Options = Readonly<Record<string, OptionDeclaration<unknown>>>
export type OptionValues<O extends Options> = { readonly [K in keyof O]: O[K] extends OptionDeclaration<infer T> ? T : never }

export interface TextSettings extends OptionSettings { readonly choices?: readonly string[]; readonly bare?: string }
export interface IntegerSettings extends OptionSettings { readonly unit?: string; readonly min?: number; readonly digits?: boolean }
export interface ListSettings extends OptionSettings { readonly choices?: readonly string[]; readonly separator?: string }

/** Declares a switch: true when given. */
export function flag(summary: string, settings: OptionSettings = {}): OptionDeclaration<boolean> {
  return { kind: 'flag', summary, fallback: false, ...settings }
}

/** Declares `--x` and `--no-x`: true, false, or undefined when neither is given. The last one wins. */
export function toggle(summary: string, settings: OptionSettings = {}): OptionDeclaration<boolean | undefined> {
  return { kind: 'flag', summary, negatable: true, ...settings }
}

/** Declares one text value. */
export function text(value: string, summary: string, settings: TextSettings = {}): OptionDeclaration<string | undefined> {
  return { kind: 'text', value, summary, ...settings }
}

/** Declares one whole number, at least `min` (default 0). */
export function integer(value: string, summary: string, settings: IntegerSettings = {}): OptionDeclaration<number | undefined> {
  return { kind: 'integer', value, summary, min: 0, ...settings }
}

/** Declares one number that may have a fraction, at least `min` where given. */
export function number(value: string, summary: string, settings: IntegerSettings = {}): OptionDeclaration<number | undefined> {
  return { kind: 'number', value, summary, ...settings }
}

/** Declares a repeatable option: its values in the order given, none when absent. */
export function list(value: string, summary: string, settings: ListSettings = {}): OptionDeclaration<readonly string[]> {
  return { kind: 'list', value, summary, fallback: [], ...settings }
}

/** Declares a repeatable `KEY=VALUE`: the pairs in the order given, so that a repeated key is still seen. */
export function pairs(value: string, summary: string, settings: OptionSettings = {}): OptionDeclaration<readonly Pair[]> {
  return { kind: 'pairs', value, summary, fallback: [], ...settings }
}

export type Pair = readonly [key: string, value: string]

/** Returns `--influenced-by` for `influencedBy`. */
export function longName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** Returns the option as it is written: `-n, --limit N`. */
export function optionTerm(key: string, option: OptionDeclaration<unknown>): string {
  const long = option.negatable === true ? longName(key).replace('--', '--[no-]') : longName(key)
  const value = option.value === undefined ? '' : option.bare === undefined ? ` ${option.value}` : `[=${option.value}]`
  return `${option.short === undefined ? '    ' : `-${option.short}, `}${long}${value}`
}
