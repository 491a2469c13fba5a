/**
 * Settings in layers, each with its origin: defaults, the user's own file, the store's file, the environment. The second door of smol-toml, loaded
 * only where there is a file.
 *
 * Guarantees: a setting that runs a program, writes outside the project or sends data counts only in the user's own file or the environment.
 * Refuses what is no setting (`CONFIG_INVALID`, with the file and the key).
 */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AtomError, isAtomError } from '../../base/errors.js'
import type { Environment } from '../context.js'
import { userConfigFile } from '../folder.js'
import { isBelow, parseHttpUrl } from '../remotes/http-url.js'
import { editToml } from './toml-edit.js'

export type SettingValue = string | boolean | number | readonly string[]
export type Origin = 'user' | 'store' | 'environment'

export interface Known {
  readonly type: 'text' | 'flag' | 'list'
  readonly about: string
  /** Where it counts: `user` = never from a store's file. */
  readonly from: 'anywhere' | 'user'
  readonly variable?: string
  /** Never shown, and never in a store's file. */
  readonly isSecret?: true
}

/** Every setting there is. */
export const SETTINGS: { readonly [key: string]: Known } = {
  'agent': { type: 'text', about: 'Who acts, where no client is detected', from: 'anywhere', variable: 'ATOM_AGENT' },
  'color': { type: 'flag', about: 'Colours on a terminal', from: 'anywhere' },
  'pager': { type: 'text', about: 'The program that shows long output', from: 'user', variable: 'ATOM_PAGER' },
  'scopes': { type: 'list', about: 'Scopes beside the project that may be written without --scope: home, system', from: 'user' },
  'safe.directory': { type: 'list', about: 'Stores of other users that may be opened, by path, or *', from: 'user' },
  'd1.token': { type: 'text', about: 'The API token for Cloudflare D1, never shown', from: 'user', isSecret: true },
  'push.auto': { type: 'flag', about: 'Push after every ATOM, in the background', from: 'user' },
  'push.remotes': { type: 'list', about: 'Which remotes push.auto sends to; default: all that a store has', from: 'user' },
}

const REMOTE_URL: Known = { type: 'text', about: 'Where a remote is; atom remote writes it', from: 'anywhere' }
const REMOTE_KEY = /^remote\.[A-Za-z0-9_-]+\.url$/
const HTTP_TOKEN: Known = { type: 'text', about: 'The token for an endpoint and what lies below it, never shown', from: 'user', isSecret: true }
const HTTP_KEY = /^http\.(https?:\/\/.+)\.token$/

/** Returns what is known of a setting; those of remotes and endpoints have a name or URL in them. */
export function knownSetting(key: string): Known | undefined {
  return Object.hasOwn(SETTINGS, key) ? SETTINGS[key] : REMOTE_KEY.test(key) ? REMOTE_URL : HTTP_KEY.test(key) ? HTTP_TOKEN : undefined
}

/** Every key, for hints. */
export const SETTING_KEYS: readonly string[] = [...Object.keys(SETTINGS), 'http.URL.token', 'remote.NAME.url']

/** Returns a key as it is compared: a URL in it as it is asked. Throws `USAGE` for one that is no endpoint's. */
function canonicalKey(key: string): string {
  const url = HTTP_KEY.exec(key)?.[1]
  return url === undefined ? key : `http.${parseHttpUrl(url)}.token`
}

export interface Setting {
  readonly key: string
  readonly value: SettingValue
  readonly origin: Origin
  /** The file or variable it comes from. */
  readonly source: string
}

/** What stands for a secret wherever settings are shown. */
const HIDDEN = '(hidden)'

export interface Config {
  get(key: string): Setting | undefined
  all(): readonly Setting[]
  /** Returns the value of a secret, which `get` and `all` hide. */
  secret(key: string): string | undefined
  /** Returns the token that is kept for an endpoint: the one for the nearest URL that it lies below. */
  httpToken(url: string): string | undefined
  /** Settings of the store's file that do not count there. */
  readonly ignored: readonly Setting[]
}

/** Reads the settings for a store (or for none). */
export async function readConfig(env: Environment, storeFolder?: string): Promise<Config> {
  const settings = new Map<string, Setting>()
  const ignored: Setting[] = []
  for (const setting of await readFile(userConfigFile(env), 'user')) settings.set(setting.key, setting)
  for (const setting of storeFolder === undefined ? [] : await readFile(join(storeFolder, 'config.toml'), 'store')) {
    if (knownSetting(setting.key)?.from === 'user') ignored.push(setting)
    else settings.set(setting.key, setting)
  }
  for (const [key, { variable }] of Object.entries(SETTINGS)) {
    const value = variable === undefined ? undefined : env[variable]
    if (variable !== undefined && value !== undefined && value !== '') settings.set(key, { key, value, origin: 'environment', source: variable })
  }
  const shown = new Map([...settings].map(([key, setting]) => [key, withoutSecret(setting)]))
  const secret: Config['secret'] = (key) => knownSetting(key)?.isSecret === true ? settings.get(key)?.value as string | undefined : undefined
  return {
    get: (key) => shown.get(canonicalKey(key)), all: () => [...shown.values()].sort((left, right) => (left.key < right.key ? -1 : 1)), ignored: ignored.map(withoutSecret),
    secret,
    httpToken(url) {
      const places = [...settings.keys()].flatMap((key) => HTTP_KEY.exec(key)?.[1] ?? []).filter((place) => isBelow(url, place))
      const nearest = places.sort((left, right) => right.length - left.length)[0]
      return nearest === undefined ? undefined : secret(`http.${nearest}.token`)
    },
  }
}

function withoutSecret(setting: Setting): Setting {
  return knownSetting(setting.key)?.isSecret === true ? { ...setting, value: HIDDEN } : setting
}

async function readFile(file: string, origin: 'user' | 'store'): Promise<readonly Setting[]> {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) return []
  if (found.isFIFO()) throw invalid(file, undefined, 'it is a pipe, and nobody may ever write to it')
  if (found.size > FILE_MAX_BYTES) throw invalid(file, undefined, `it has ${String(found.size)} bytes`)
  const { parse } = await import('smol-toml')
  let table: { readonly [key: string]: unknown }
  try {
    table = parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw invalid(file, undefined, cause instanceof Error ? cause.message.split('\n')[0] ?? '' : String(cause))
  }
  return flatten(table, file).map(([key, value]) => ({ key: keyIn(file, key), value: checkValue(key, value, file), origin, source: file }))
}

function keyIn(file: string, key: string): string {
  try {
    return canonicalKey(key)
  } catch (error) {
    if (isAtomError(error, 'USAGE')) throw invalid(file, key, error.message)
    throw error
  }
}

/** No file of settings that a person keeps is larger, and no setting has so many parts. */
const FILE_MAX_BYTES = 1_048_576
const PARTS_MAX = 32

function flatten(table: { readonly [key: string]: unknown }, file: string, parts: readonly string[] = []): readonly (readonly [string, unknown])[] {
  if (parts.length > PARTS_MAX) throw invalid(file, parts.slice(0, 3).join('.'), 'it is nested too deeply')
  return Object.entries(table).flatMap(([key, value]) => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
    ? flatten(value as { readonly [key: string]: unknown }, file, [...parts, key])
    : [[[...parts, key].join('.'), value] as const])
}

function checkValue(key: string, value: unknown, file: string): SettingValue {
  const known = knownSetting(key)
  if (known === undefined) throw invalid(file, key, `there is no such setting; there are ${SETTING_KEYS.join(', ')}`)
  if (known.type === 'text' && typeof value === 'string') return value
  if (known.type === 'flag' && typeof value === 'boolean') return value
  if (known.type === 'list' && Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  throw invalid(file, key, `it must be a ${known.type === 'flag' ? 'true or false' : known.type}`)
}

export interface ConfigEdit {
  readonly key: string
  /** As typed; undefined removes the setting. */
  readonly value: string | undefined
  readonly file: string
}

/** Writes one setting, leaving every other line of the file as it is; a list gets one more value. */
export async function writeSetting({ key: typed, value, file }: ConfigEdit): Promise<void> {
  const key = canonicalKey(typed)
  const known = knownSetting(key)
  if (known === undefined) throw invalid(file, key, `there is no such setting; there are ${SETTING_KEYS.join(', ')}`)
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const old = (await readFile(file, 'user')).find((setting) => setting.key === key)?.value
  const wanted = value === undefined ? undefined : formatValue({ known, key, value, old, file })
  const edited = editToml(text, key, wanted)
  if (await readBack(edited, key) !== wanted) throw invalid(file, key, 'it is written there in a way that this program does not edit')
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(`${file}.new`, edited, { mode: 0o600, flush: true })
  renameSync(`${file}.new`, file)
}

/** Returns what a setting is in an edited text, as `formatValue` writes it; undefined where it is not set. */
async function readBack(text: string, key: string): Promise<string | undefined> {
  const { parse, TomlError } = await import('smol-toml')
  try {
    const found = flatten(parse(text), '').findLast(([name]) => canonicalKey(name) === key)
    return found === undefined ? undefined : JSON.stringify(found[1])
  } catch (error) {
    if (error instanceof TomlError) return 'unreadable'
    throw error
  }
}

interface Typed { readonly known: Known; readonly key: string; readonly value: string; readonly old: SettingValue | undefined; readonly file: string }

function formatValue({ known, key, value, old, file }: Typed): string {
  if (known.type === 'text') return JSON.stringify(value)
  if (known.type === 'list') return JSON.stringify([...new Set([...(Array.isArray(old) ? old as readonly string[] : []), value])])
  if (value === 'true' || value === 'false') return value
  throw new AtomError('CONFIG_INVALID', `${key} must be true or false, not '${value.slice(0, 80)}'`, { data: { file, key, reason: 'neither true nor false' }, hint: `atom config ${key} true` })
}

function invalid(file: string, key: string | undefined, reason: string): AtomError<'CONFIG_INVALID'> {
  return new AtomError('CONFIG_INVALID', `cannot use ${key === undefined ? file : `${key} in ${file}`}: ${reason}`, { data: { file, reason, ...(key !== undefined && { key }) }, hint: `edit ${file}` })
}
