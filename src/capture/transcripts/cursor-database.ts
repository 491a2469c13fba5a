/**
 * Cursor's databases, `state.vscdb`: tables of keys and values, from which sessions are put together. `composerData:ID` names the messages of a session in their order and
 * `bubbleId:ID:MESSAGE` is one of them; older ones have their messages inside, or are tabs of one value in the database of a workspace.
 */
import { utf8 } from '../../base/bytes.js'
import type { CborValue } from '../../codec/cbor.js'
import type { TranscriptLine } from '../../ops/transfer/transcripts/transcript-source.js'
import { getFields, getFieldsAt, getList, getName, getTimeMs, parseInside, recordedJson, type JsonFields } from './fields.js'
import { known, type DatabaseSession, type KeyedTables, type OpenKeyedTables } from './format.js'
import { parseBubble } from './cursor-bubble.js'
import { readValue } from './lines.js'


const DISK = 'cursorDiskKV'
const ITEMS = 'ItemTable'
const COMPOSER = 'composerData:'
const TABS = 'workbench.panel.aichat.view.aichat.chatdata'

/** Returns the sessions of a database that say anything. */
export async function cursorSessions(path: string, open: OpenKeyedTables): Promise<readonly DatabaseSession[]> {
  const tables = await open(path)
  try {
    const names = tables.names()
    return [...names.includes(DISK) ? composers(tables, { path, open }) : [], ...names.includes(ITEMS) ? tabs(tables) : []]
  } finally {
    tables.close()
  }
}

function fieldsOf(value: Uint8Array): JsonFields | undefined {
  return getFields(parseInside(new TextDecoder().decode(value)))
}

interface Place { readonly path: string; readonly open: OpenKeyedTables }

function* composers(tables: KeyedTables, place: Place): Iterable<DatabaseSession> {
  for (const { key, value } of tables.entries(DISK, COMPOSER)) {
    const composer = fieldsOf(value)
    if (composer === undefined || messagesOf(composer).length === 0) continue
    const id = getName(composer, 'composerId') ?? key.slice(COMPOSER.length)
    yield {
      sessionId: id, name: `${id}.json`, startMs: getTimeMs(composer['createdAt']) ?? 0,
      lines: () => composerLines(key, place),
      document: () => composerDocument(key, place),
    }
  }
}

async function* composerDocument(key: string, { path, open }: Place): AsyncIterable<Uint8Array> {
  const tables = await open(path)
  try {
    yield getValue(tables, key) ?? new Uint8Array(0)
  } finally {
    tables.close()
  }
}

function getValue(tables: KeyedTables, key: string): Uint8Array | undefined {
  const [first] = tables.entries(DISK, key)
  return first?.key === key ? first.value : undefined
}

/** The messages of a session: whole ones, or what names them. */
function messagesOf(composer: JsonFields): readonly unknown[] {
  const named = getList(composer['fullConversationHeadersOnly'])
  return named.length > 0 ? named : getList(composer['conversation'])
}

async function* composerLines(key: string, { path, open }: Place): AsyncIterable<TranscriptLine> {
  const tables = await open(path)
  try {
    const value = getValue(tables, key)
    const composer = value === undefined ? {} : fieldsOf(value) ?? {}
    const id = getName(composer, 'composerId') ?? key.slice(COMPOSER.length)
    const model = getName(getFields(composer['modelConfig']), 'modelName')
    yield headLine(id, { composer, title: getName(composer, 'name') })
    let number = 1
    for (const message of messagesOf(composer).map(getFields)) {
      const bubbleId = getName(message, 'bubbleId') ?? String(number)
      const about = { key: `${id}\n${bubbleId}`, model }
      number++
      if (message !== undefined && 'text' in message) yield bubbleLine(number, { bubble: message, about })
      else yield storedLine(number, { stored: getValue(tables, `bubbleId:${id}:${bubbleId}`), about })
    }
  } finally {
    tables.close()
  }
}

interface Message { readonly bubble: JsonFields; readonly about: Parameters<typeof parseBubble>[1] }

function bubbleLine(number: number, { bubble, about }: Message): TranscriptLine {
  return { ...readValue(() => parseBubble(bubble, about), bubble, number), bytes: withEnd(utf8(JSON.stringify(bubble))) }
}

/** A session may name messages that Cursor has thrown away. */
function storedLine(number: number, { stored, about }: Pick<Message, 'about'> & { readonly stored: Uint8Array | undefined }): TranscriptLine {
  if (stored === undefined) return { number, events: [], type: 'bubble that is gone', standing: 'known' }
  const bubble = fieldsOf(stored)
  if (bubble === undefined) return { number, bytes: withEnd(stored), events: [], standing: 'broken', problem: 'it is not JSON' }
  return { ...readValue(() => parseBubble(bubble, about), bubble, number), bytes: withEnd(stored) }
}

function headLine(id: string, { composer, title }: { readonly composer: JsonFields; readonly title: string | undefined }): TranscriptLine {
  const folder = getName(getFieldsAt(composer, 'workspaceIdentifier', 'uri'), 'fsPath')
  const branch = getName(composer, 'createdOnBranch')
  const metadata: { [key: string]: CborValue } = {}
  for (const [name, value] of [['title', title], ['cwd', folder], ['git_branch', branch]] as const) if (value !== undefined) metadata[name] = recordedJson(value)
  const timeMs = getTimeMs(composer['createdAt'])
  return readValue(() => ({ ...known('session', [{ is: 'session', id, metadata }]), timeMs }), composer, 1)
}

/** Yields the tabs of the chat that Cursor had first. Only the last of its messages has a time, and that is the tab's. */
function* tabs(tables: KeyedTables): Iterable<DatabaseSession> {
  const [found] = tables.entries(ITEMS, TABS)
  for (const tab of getList(found === undefined ? undefined : fieldsOf(found.value)?.['tabs']).map(getFields)) {
    const id = getName(tab, 'tabId', 'id')
    const bubbles = getList(tab?.['bubbles'])
    if (tab === undefined || id === undefined || bubbles.length === 0) continue
    const startMs = getTimeMs(tab['createdAt']) ?? getTimeMs(tab['lastSendTime'])
    yield { sessionId: id, name: `${id}.json`, startMs: startMs ?? 0, lines: () => tabLines(id, { ...tab, createdAt: startMs }), document: () => once(utf8(JSON.stringify(tab))) }
  }
}

async function* tabLines(id: string, tab: JsonFields): AsyncIterable<TranscriptLine> {
  yield await Promise.resolve(headLine(id, { composer: tab, title: getName(tab, 'chatTitle', 'title') }))
  let number = 1
  for (const bubble of getList(tab['bubbles']).map(getFields)) {
    number++
    if (bubble !== undefined) yield bubbleLine(number, { bubble, about: { key: `${id}\n${getName(bubble, 'id') ?? String(number)}`, model: getName(bubble, 'modelType') } })
  }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes)
}

function withEnd(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, Uint8Array.of(10)])
}
