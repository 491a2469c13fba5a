/**
 * Reads words that are written plainly, without commander, which takes 3 ms to be loaded and to read them: options in their full form, one letter or
 * `--long`, each with its value behind it or after `=`, and positionals. Whatever else there is, a mistake above all, is commander's to read: `undefined`.
 * `test/cli/words/plain-words.test.ts` compares the two.
 */
import type { Command, Parsed } from './declaration.js'
import type { GlobalFlags } from '../host.js'
import { longName, type OptionDeclaration } from './options.js'
import { BadValue, toValue } from './option-value.js'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

interface Reading {
  readonly words: readonly string[]
  at: number
  readonly given: Map<string, unknown>
  readonly positionals: string[]
  readonly flags: Writable<GlobalFlags>
}

/** Returns what the words say, or undefined when they are not plain enough to be sure. */
export function readPlainWords(command: Command, words: readonly string[]): Parsed | undefined {
  if (command.passThrough) return undefined
  const reading: Reading = {
    words, at: 0, given: new Map(), positionals: [],
    flags: { folders: [], branch: undefined, json: false, quiet: false, verbose: false, color: true, pager: true },
  }
  while (reading.at < words.length) if (!readWord(command, reading)) return undefined
  for (const key of reading.given.keys()) if (command.options[key]?.conflicts?.some((other) => reading.given.has(other)) === true) return undefined
  const positionals = placePositionals(command, reading.positionals)
  if (positionals === undefined) return undefined
  const options: Record<string, unknown> = {}
  for (const [key, option] of Object.entries(command.options)) options[key] = reading.given.get(key) ?? option.fallback
  const parsed = { options, positionals, afterDashes: undefined, flags: reading.flags }
  return parsed as unknown as Parsed
}

function readWord(command: Command, reading: Reading): boolean {
  const word = reading.words[reading.at++] ?? ''
  if (!word.startsWith('-') || word === '-') {
    reading.positionals.push(word)
    return true
  }
  const isDigits = /^-\d+$/.test(word)
  const equals = word.startsWith('--') ? word.indexOf('=') : -1
  const name = equals === -1 ? word : word.slice(0, equals)
  const attached = equals === -1 ? undefined : word.slice(equals + 1)
  for (const [key, option] of Object.entries(command.options)) {
    if (isDigits && option.digits === true) return readOption(reading, { key, option, attached: word.slice(1) })
    if (name === longName(key) || (option.short !== undefined && name === `-${option.short}`)) return readOption(reading, { key, option, attached })
  }
  return readGlobal(reading, name, attached)
}

function readOption(reading: Reading, found: { readonly key: string; readonly option: OptionDeclaration<unknown>; readonly attached: string | undefined }): boolean {
  const { key, option, attached } = found
  if (option.negatable === true || option.bare !== undefined) return false
  if (option.kind === 'flag') {
    reading.given.set(key, true)
    return attached === undefined
  }
  const value = attached ?? nextValue(reading)
  if (value === undefined) return false
  try {
    reading.given.set(key, toValue(option, value, reading.given.get(key)))
    return true
  } catch (error) {
    if (error instanceof BadValue) return false
    throw error
  }
}

function readGlobal(reading: Reading, name: string, attached: string | undefined): boolean {
  const { flags } = reading
  if (name === '-C' || name === '--branch') {
    const value = attached ?? nextValue(reading)
    if (value === undefined) return false
    if (name === '-C') flags.folders = [...flags.folders, value]
    else flags.branch = value
    return true
  }
  switch (name) {
    case '--json': flags.json = true; break
    case '-q': case '--quiet': flags.quiet = true; break
    case '-v': case '--verbose': flags.verbose = true; break
    case '--no-color': flags.color = false; break
    case '--no-pager': flags.pager = false; break
    default: return false
  }
  return attached === undefined
}

/** A value that looks like an option is left to commander. */
function nextValue(reading: Reading): string | undefined {
  const value = reading.words[reading.at++]
  return value?.startsWith('-') === true && value !== '-' ? undefined : value
}

function placePositionals({ positionals }: Command, words: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  const placed: Record<string, unknown> = {}
  let at = 0
  for (const { name, isOptional, isVariadic, choices } of positionals) {
    const taken = isVariadic ? words.slice(at) : words.slice(at, at + 1)
    at += taken.length
    if (taken.length === 0 && !isOptional) return undefined
    if (choices.length > 0 && taken.some((word) => !choices.includes(word))) return undefined
    placed[name] = isVariadic ? taken : taken[0]
  }
  return at === words.length ? placed : undefined
}
