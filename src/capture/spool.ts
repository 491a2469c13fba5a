/**
 * The spool: what hooks and other programs leave to be recorded, one JSON line in one file, taken in the order of the names (time, then chance).
 *
 * A file is either what `add` takes, with `request` and `time`, or `{source, payload}`, which waits until somebody knows the source. A name that
 * begins with a dot or ends with `.tmp` is being written; `bad/` holds what could not be recorded.
 */
import { isUtf8 } from 'node:buffer'
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { AtomError } from '../base/errors.js'
import { isAtomType } from '../object/atom-id.js'

/** Nothing that a hook may write is larger. */
const SPOOL_FILE_MAX_BYTES = 32 * 1_048_576
/** What ends the name of a file that waits for its source: it need not be read again. */
const WAITING = /\.[a-z0-9][a-z0-9_-]*\.waiting$/

/** What bin/atom-hook writes is kept whatever the agent sent, JSON or not. */
const HOOK_FILE = /^\{"source":("(?:[^"\\]|\\.)*"),"request":"[0-9a-f]{32}",.*"payload":.*,"time":\d+\}\s*$/s

/** Returns the names in the spool, in order. */
export function listSpooled(folder: string): readonly string[] {
  let names: readonly string[]
  try {
    // A link to a folder is not followed: what lies elsewhere was not left here.
    if (lstatSync(join(folder, 'spool'), { throwIfNoEntry: false })?.isDirectory() !== true) return []
    names = readdirSync(join(folder, 'spool'))
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return []
    throw error
  }
  return names.filter((name) => !name.startsWith('.') && !name.endsWith('.tmp') && name !== 'bad').sort()
}

/** Returns how many files wait to be recorded, for whatever reason. */
export function countSpooled(folder: string): number {
  return listSpooled(folder).length
}

/** Tells whether there is something to record now. */
export function hasSpooled(folder: string): boolean {
  return listSpooled(folder).some((name) => !WAITING.test(name))
}

/** What is in a file of the spool. */
export type SpoolItem =
  | { readonly is: 'add'; readonly input: { readonly [key: string]: unknown }; readonly cwd: string | undefined }
  | { readonly is: 'waiting'; readonly source: string }

/** Reads a file of the spool; throws `INPUT_INVALID` for one that is torn, too large or neither of the two forms. */
export function readSpoolItem(folder: string, name: string): SpoolItem {
  const path = join(folder, 'spool', name)
  // A link is no file either: what it leads to nobody gave us.
  const found = lstatSync(path)
  if (!found.isFile()) throw bad(name, 'it is no file')
  if (found.size > SPOOL_FILE_MAX_BYTES) throw bad(name, `it has ${String(found.size)} bytes`)
  const bytes = readBytes(path, name)
  const item = readItem(name, bytes.toString('utf8'), found.mtimeMs)
  // What waits is kept as it is; what is recorded must be what was written.
  if (item.is === 'add' && !isUtf8(bytes)) throw bad(name, 'it is not UTF-8')
  return item
}

function readItem(name: string, text: string, writtenMs: number): SpoolItem {
  const source = HOOK_FILE.exec(text)?.[1]
  if (source !== undefined) return hookItem(name, text, { source: JSON.parse(source) as string, writtenMs })
  const value = parse(name, text)
  if (typeof value['source'] === 'string' && 'payload' in value && value['type'] === undefined) return { is: 'waiting', source: value['source'] }
  return { is: 'add', ...addInput(name, value, writtenMs) }
}

/** What bin/atom-hook calls the source of what `add` takes; it says `unknown` where nobody named one. */
const ADD_SOURCES: readonly string[] = ['add', 'unknown']

function hookItem(name: string, text: string, { source, writtenMs }: { readonly source: string; readonly writtenMs: number }): SpoolItem {
  const sent = ADD_SOURCES.includes(source) ? getSent(text) : undefined
  if (sent === undefined) return { is: 'waiting', source }
  const { time, request, cwd, payload } = sent
  return { is: 'add', ...addInput(name, { request, cwd, ...payload, time: payload['time'] ?? payload['timestamp'] ?? time }, writtenMs) }
}

/** Returns the envelope of a hook whose payload is what `add` takes. */
function getSent(text: string): { readonly time: unknown; readonly request: unknown; readonly cwd: unknown; readonly payload: { readonly [key: string]: unknown } } | undefined {
  let value: { readonly [key: string]: unknown }
  try {
    value = JSON.parse(text) as typeof value
  } catch {
    // What an agent sent is kept whatever it is.
    return undefined
  }
  const { payload, time, request, cwd } = value
  const isAddInput = isRecord(payload) && typeof payload['type'] === 'string' && isAtomType(payload['type']) && typeof payload['title'] === 'string'
  return isAddInput ? { time, request, cwd, payload } : undefined
}

function readBytes(path: string, name: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'EACCES' || code === 'EPERM') throw bad(name, 'it may not be read')
    throw error
  }
}

function parse(name: string, text: string): { readonly [key: string]: unknown } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw bad(name, 'it is not one JSON object')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(name, 'it is not one JSON object')
  return value as { readonly [key: string]: unknown }
}

/** The names that the JSON of an ATOM has for what `add` takes. */
const ALIASES: Readonly<Record<string, string>> = {
  op: 'operation', meta: 'metadata', influenced_by: 'influencedBy', context_sync_ref: 'contextSyncRef', request_id: 'request',
  cache_read: 'cacheRead', cache_write: 'cacheWrite', cost_usd: 'costUsd', exit_code: 'exitCode', duration_ms: 'durationMs',
}

function addInput(name: string, value: { readonly [key: string]: unknown }, writtenMs: number): Omit<Extract<SpoolItem, { is: 'add' }>, 'is'> {
  const { time, timestamp, cwd, ...rest } = value
  const input = renamed(rest)
  const { tokens, evidence } = input
  const date = input['date'] ?? dateOf(name, time ?? timestamp ?? Math.round(writtenMs))
  return {
    input: {
      // A file without a request id is known by its name: taken twice, it is recorded once.
      request: `spool ${name}`, ...input, date,
      ...(isRecord(tokens) && { tokens: renamed(tokens) }),
      ...(Array.isArray(evidence) && { evidence: evidence.map(evidenceOf) }),
    },
    cwd: typeof cwd === 'string' && cwd.startsWith('/') ? cwd : undefined,
  }
}

function renamed(value: { readonly [key: string]: unknown }): { readonly [key: string]: unknown } {
  return Object.fromEntries(Object.entries(value).map(([key, item]): readonly [string, unknown] => [Object.hasOwn(ALIASES, key) ? ALIASES[key] ?? key : key, item]))
}

function evidenceOf(value: unknown): unknown {
  if (!isRecord(value)) return value
  const { content, ...rest } = renamed(value)
  return typeof content === 'string' ? { ...rest, content: new Uint8Array(Buffer.from(content)) } : value
}

function dateOf(name: string, time: unknown): string {
  const timeMs = typeof time === 'number' ? time : typeof time === 'string' ? Date.parse(time) : NaN
  const date = new Date(timeMs)
  if (Number.isNaN(date.getTime())) throw bad(name, 'its time is none')
  return date.toISOString()
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function bad(name: string, reason: string): AtomError<'INPUT_INVALID'> {
  return new AtomError('INPUT_INVALID', `the spool file ${name} cannot be recorded: ${reason}`, { data: { field: 'spool', value: name } })
}

export function removeSpooled(folder: string, name: string): void {
  unlinkSync(join(folder, 'spool', name))
}

/** Puts a file aside that nobody can record, so that it holds up no other. Throws `FILE_UNWRITABLE` where something else has the folder's name. */
export function setAside(folder: string, name: string): void {
  const aside = join(folder, 'spool', 'bad')
  const found = lstatSync(aside, { throwIfNoEntry: false })
  if (found === undefined) mkdirSync(aside, { mode: 0o700 })
  else if (!found.isDirectory()) throw new AtomError('FILE_UNWRITABLE', `this is no folder: ${aside}`, { data: { path: aside, reason: 'no folder' }, hint: 'move it away' })
  renameSync(join(folder, 'spool', name), join(aside, name))
}

export function isWaiting(name: string): boolean {
  return WAITING.test(name)
}

/** Marks a file as one that waits for its source. */
export function keepWaiting(folder: string, name: string, source: string): void {
  const tag = source.toLowerCase().replace(/[^a-z0-9_-]+/g, '-').replace(/^[-_]+/, '').slice(0, 40)
  renameSync(join(folder, 'spool', name), join(folder, 'spool', `${name}.${tag === '' ? 'unknown' : tag}.waiting`))
}
