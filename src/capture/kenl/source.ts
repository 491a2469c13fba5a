/**
 * What KENL and its siblings left behind: logs, decisions, steps of operations, counters, databases, whichever of them a path leads to.
 *
 * Guarantees: each file is told by what is in it, read once and in order, in bounded memory; what cannot be read is named, and costs nothing else.
 */
import { open, type FileHandle } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { utf8 } from '../../base/bytes.js'
import type { KenlItem, KenlRefusal, KenlWish } from '../../ops/transfer/kenl/kenl-source.js'
import { databaseItems, type OpenTables } from './database.js'
import { getJson, jsonItems } from './json-record.js'
import { logItems } from './log.js'
import { textOf, type FileContext } from './make-record.js'
import { isOperationFile, operationItem } from './operation-file.js'
import { timesIn } from './time.js'
import { findFiles, type FoundFile } from './walk.js'

const HEAD_BYTES = 65_536
/** A file that has to be held as a whole. */
const WHOLE_MAX_BYTES = 16_777_216
const COUNTER_MAX_BYTES = 64
const COUNTER = /^\.?(?:atom_|saif-)?counter$|\.count$|^atom_date$/
const SQLITE = 'SQLite format 3\0'

export interface KenlSurroundings {
  readonly cwd: string
  readonly openTables: OpenTables
}

export async function* readKenl({ paths, timeZone }: KenlWish, { cwd, openTables }: KenlSurroundings): AsyncIterable<KenlItem> {
  const times = timesIn(timeZone)
  for await (const found of findFiles(paths, cwd)) {
    if ('reason' in found) yield { is: 'aside', file: found.shown, what: 'other file', value: found.reason }
    else {
      const items = (): AsyncIterable<KenlItem> => fileItems(found, { file: found.shown, times, timeZone }, openTables)
      yield* found.how === 'named' ? items() : ifTrail(found, items)
    }
  }
}

/** Of a file that nobody named, what cannot be taken counts only where something else can, so it is read up to its first record before. */
async function* ifTrail(found: FoundFile, items: () => AsyncIterable<KenlItem>): AsyncIterable<KenlItem> {
  const holds = await firstOf(items())
  // A name that promises a record, or a file that says nothing at all, is worth a word.
  const isPromised = /\bATOM-|atom[_-]trail/.test(basename(found.path)) || found.sizeBytes === 0
  if (holds === 'refused' && !isPromised) yield { is: 'aside', file: found.shown, what: 'other file', value: 'it holds no record of KENL' }
  else if (holds !== 'comments') yield* items()
}

/** Tells what a file holds at best. */
async function firstOf(items: AsyncIterable<KenlItem>): Promise<'record' | 'refused' | 'aside' | 'comments'> {
  let best: 'refused' | 'aside' | 'comments' = 'comments'
  for await (const item of items) {
    if (item.is === 'record') return 'record'
    if (item.is === 'refused') best = 'refused'
    else if (item.is === 'aside' && item.what !== 'comment' && best === 'comments') best = 'aside'
  }
  return best
}

async function* fileItems(found: FoundFile, context: FileContext, openTables: OpenTables): AsyncIterable<KenlItem> {
  const handle = await opened(found.path)
  if (typeof handle === 'string') {
    yield { is: 'refused', file: context.file, reason: handle }
    return
  }
  try {
    yield* contentItems(handle, { found, context, openTables })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error
    yield { is: 'refused', file: context.file, reason: message }
  } finally {
    await handle.close()
  }
}

async function opened(path: string): Promise<FileHandle | string> {
  try {
    return await open(path, 'r')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    return message
  }
}

interface Content {
  readonly found: FoundFile
  readonly context: FileContext
  readonly openTables: OpenTables
}

async function* contentItems(handle: FileHandle, { found, context, openTables }: Content): AsyncIterable<KenlItem> {
  const head = await readHead(handle)
  const name = basename(found.path)
  const file = context.file
  if (COUNTER.test(name) && head.length <= COUNTER_MAX_BYTES) yield { is: 'aside', file, what: 'counter', value: textOf(head).text.trim() || '(empty)' }
  else if (head.length === 0) yield { is: 'refused', file, reason: 'it is empty', raw: head }
  else if (textOf(head.subarray(0, SQLITE.length)).text === SQLITE) for await (const item of databaseItems(found.path, context, openTables)) yield* item.is === 'refused' && item.raw === undefined ? refusedFile(handle, item) : [item]
  else if (isUtf16(head)) yield* logItems(fromUtf16(chunksOf(handle)), context)
  else if (head.includes(0)) yield* refusedFile(handle, { is: 'refused', file, reason: 'it holds bytes that are no text' })
  else yield* textItems(handle, { head, name, context })
}

interface TextFile { readonly head: Uint8Array; readonly name: string; readonly context: FileContext }

async function* textItems(handle: FileHandle, { head, name, context }: TextFile): AsyncIterable<KenlItem> {
  const { text } = textOf(head.subarray(0, 4_096))
  if (isOperationFile(text) && head.length < HEAD_BYTES) {
    yield operationItem(head, context)
    return
  }
  const isJson = extname(name) === '.json' || (extname(name) !== '.jsonl' && extname(name) !== '.log' && /^\s*[[{]\s*$/m.test(text.split('\n', 1)[0] ?? ''))
  if (!isJson) {
    yield* logItems(chunksOf(handle), context)
    return
  }
  const whole = await readWhole(handle)
  if (whole === undefined) yield* refusedFile(handle, { is: 'refused', file: context.file, reason: `it is one JSON value of more than ${String(WHOLE_MAX_BYTES)} bytes` })
  else yield* wholeItems(whole, context)
}

async function* wholeItems(whole: Uint8Array, context: FileContext): AsyncIterable<KenlItem> {
  const read = textOf(whole)
  const value = getJson(read.text.replace(/^\ufeff/, ''))
  if (value !== undefined) {
    yield* jsonItems(value, { place: { file: context.file }, raw: whole, text: read.text, format: 'F10', odd: read.odd }, context)
    return
  }
  // Lines of JSON under the name of one value.
  const [first = ''] = read.text.split('\n', 1)
  if (getJson(first) !== undefined) yield* logItems(once(whole), context)
  else yield { is: 'refused', file: context.file, reason: 'it is not JSON', text: read.text.slice(0, 200), raw: whole }
}

/** Yields a file that cannot be taken, with all its bytes. */
async function* refusedFile(handle: FileHandle, refusal: KenlRefusal): AsyncIterable<KenlItem> {
  for await (const bytes of chunksOf(handle)) yield { is: 'part', bytes }
  yield { ...refusal, raw: new Uint8Array(0) }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes)
}

async function readHead(handle: FileHandle): Promise<Uint8Array> {
  const buffer = new Uint8Array(HEAD_BYTES)
  let length = 0
  for (let read = -1; read !== 0 && length < HEAD_BYTES; length += read) read = (await handle.read(buffer, length, HEAD_BYTES - length, length)).bytesRead
  return buffer.subarray(0, length)
}

async function readWhole(handle: FileHandle): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of chunksOf(handle)) {
    sizeBytes += chunk.length
    if (sizeBytes > WHOLE_MAX_BYTES) return undefined
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}

async function* chunksOf(handle: FileHandle): AsyncIterable<Uint8Array> {
  for (let position = 0; ;) {
    const buffer = new Uint8Array(262_144)
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** Windows PowerShell 5 writes so what is sent to a file. */
function isUtf16(head: Uint8Array): boolean {
  return head[0] === 0xff && head[1] === 0xfe && head.length > 2
}

async function* fromUtf16(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const decoder = new TextDecoder('utf-16le')
  for await (const chunk of chunks) yield utf8(decoder.decode(chunk, { stream: true }))
  yield utf8(decoder.decode())
}
