/** An ATOM in full, and what else an id may name, as git prints objects. */
import { digestOf } from '../../codec/object-id.js'
import type { Evidence, Tokens } from '../../object/body.js'
import { FOLDER_MODE } from '../../object/tree.js'
import type { FileDiff } from '../../ops/look/file-diffs.js'
import type { EvidenceView, InfluenceView, ShowItem } from '../../ops/look/show.js'
import { formatMode, toJsonValue, totalTokens } from '../../trail/atom-json.js'
import type { AtomRecord } from '../../trail/record.js'
import { toJsonLine } from '../terminal/json.js'
import type { Line, Span, View } from '../terminal/output.js'
import { textLines } from '../terminal/visible.js'
import { isoTime, mediumLines, onelineSpans, titleSpan } from './atom-lines.js'
import { fillFormat } from './log-format.js'
import { nameLine } from './names.js'
import { patchLines, statLines } from './patch.js'

export interface ShowView {
  readonly form: 'full' | 'oneline' | { readonly custom: string }
  readonly files: 'patch' | 'stat' | 'patch-and-stat' | 'names' | 'status' | 'none'
}

export function renderShow(item: ShowItem, view: View, options: ShowView): Iterable<Line> {
  switch (item.is) {
    case 'atom': return atomLines(item, view, options)
    case 'file': return []
    case 'content': return [{ bytes: item.bytes }]
    case 'folder': return folderLines(item)
    case 'tag': return tagLines(item)
    case 'other': return otherLines(item)
  }
}

type AtomItem = ShowItem & { readonly is: 'atom' }

function* atomLines(item: AtomItem, view: View, { form, files }: ShowView): Iterable<Line> {
  const { entry } = item
  if (form === 'oneline') yield onelineSpans(entry, view.isTerminal ? view.width : Infinity)
  else if (form === 'full') yield* fullLines(item, view)
  else for (const line of fillFormat(form.custom, entry, view.nowMs).split('\n')) yield [['plain', line]]
  const diffs = entry.diffs ?? []
  const hasFiles = files !== 'none' && diffs.length > 0
  if (hasFiles || form === 'full') yield []
  if (hasFiles) yield* fileLines(diffs, files, view)
}

function* fileLines(diffs: readonly FileDiff[], files: ShowView['files'], view: View): Iterable<Line> {
  if (files === 'names' || files === 'status') for (const { file } of diffs) yield nameLine(file, files === 'names' ? 'only' : 'status')
  if (files === 'stat' || files === 'patch-and-stat') yield* statLines(diffs, view)
  if (files === 'patch-and-stat') yield []
  if (files === 'patch' || files === 'patch-and-stat') yield* patchLines(diffs, view)
}

function* fullLines({ entry, evidence, influences }: AtomItem, view: View): Iterable<Line> {
  const record = entry.record
  const [head, object, ...rest] = [...mediumLines(entry)]
  if (head !== undefined) yield head
  if (object !== undefined) yield object
  const blank = rest.findIndex((line) => line.length === 0)
  yield* rest.slice(0, blank)
  if (record !== undefined) yield* factLines(record, influences, view)
  yield* rest.slice(blank)
  if (record === undefined) return
  const metadata = Object.entries(record.body?.metadata ?? {})
  if (metadata.length > 0) yield []
  if (metadata.length > 0) yield [['heading', 'Metadata:']]
  for (const [key, value] of metadata) yield [['plain', '    '], ['key', key], ['plain', ': '], ['value', cut(typeof value === 'string' ? value : toJsonLine(toJsonValue(value)))]]
  if (evidence.length === 0) return
  yield []
  yield [['heading', 'Evidence:']]
  for (const each of evidence) yield* evidenceLines(each)
}

function* factLines(record: AtomRecord, influences: readonly InfluenceView[], view: View): Iterable<Line> {
  const { body } = record
  if (body?.project !== undefined) yield [['plain', 'Project: '], ['project', body.project]]
  if (view.isVerbose) yield [['plain', `Tree:   ${digestOf(record.header.tree)}`]]
  if (body?.tokens !== undefined) yield [['plain', `Tokens: ${tokensText(body.tokens)}`]]
  if (body?.contextSyncRef !== undefined) yield [['plain', `Context-Sync: ${body.contextSyncRef}`]]
  for (const { object, atomId, title } of influences) {
    const name: Span = atomId === undefined ? ['dim', `${object} (not in this store)`] : ['atom', atomId]
    yield [['plain', 'Builds on: '], name, ...(atomId === undefined ? [] : [['plain', ' '], titleSpan(title, 200)] as const)]
  }
}

function tokensText(tokens: Tokens): string {
  const parts = [tokens.input !== undefined && `${String(tokens.input)} in`, tokens.output !== undefined && `${String(tokens.output)} out`, tokens.cacheRead !== undefined && `${String(tokens.cacheRead)} from the cache`,
    tokens.cacheWrite !== undefined && `${String(tokens.cacheWrite)} to the cache`, tokens.model, tokens.costUsd !== undefined && `$${String(tokens.costUsd)}`].filter((part) => part !== false && part !== undefined)
  return `${String(totalTokens(tokens))}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`
}

const EXCERPT_LINES = 12
const LINE_MAX_CHARACTERS = 500

function* evidenceLines({ evidence, excerpt, sizeBytes, isForgotten }: EvidenceView): Iterable<Line> {
  const facts = [...factsOf(evidence), ...(sizeBytes === undefined ? [] : [`${String(sizeBytes)} bytes`])]
  const value: readonly Span[] = evidence.value === undefined ? [] : [['plain', ' = '], ['value', cut(String(evidence.value)) + (evidence.unit === undefined ? '' : ` ${evidence.unit}`)]]
  yield [['plain', '    '], ['dim', evidence.phase.padEnd(6)], ['plain', ' '], ['key', evidence.name], ...value, ...(facts.length === 0 ? [] : [['dim', ` (${facts.join(', ')})`] as const])]
  if (isForgotten) yield [['plain', '      '], ['forgotten', '(forgotten)']]
  else if (sizeBytes !== undefined && excerpt === undefined) yield [['plain', '      '], ['dim', '(binary)']]
  const lines = textLines(excerpt ?? '')
  for (const line of lines.slice(0, EXCERPT_LINES)) yield [['plain', '      | '], ['content', cut(line)]]
  const isCut = lines.length > EXCERPT_LINES || (sizeBytes ?? 0) > Buffer.byteLength(excerpt ?? '')
  if (excerpt !== undefined && isCut && evidence.content !== undefined) yield [['plain', '      '], ['dim', `… all of it: atom show ${digestOf(evidence.content)}`]]
}

function factsOf(evidence: Evidence): readonly string[] {
  return [
    ...(evidence.command === undefined ? [] : [evidence.command.join(' ')]),
    ...(evidence.path === undefined ? [] : [evidence.path]),
    ...(evidence.exitCode === undefined ? [] : [`exit ${String(evidence.exitCode)}`]),
    ...(evidence.durationMs === undefined ? [] : [`${String(evidence.durationMs)} ms`]),
  ]
}

function cut(text: string): string {
  return text.length > LINE_MAX_CHARACTERS ? `${text.slice(0, LINE_MAX_CHARACTERS)}…` : text
}

function* folderLines({ title, names }: ShowItem & { readonly is: 'folder' }): Iterable<Line> {
  yield [['heading', `tree ${title}`]]
  yield []
  for (const { name, entry } of names) yield [['path', entry.mode === FOLDER_MODE ? `${name}/` : name]]
}

function* tagLines({ tag }: ShowItem & { readonly is: 'tag' }): Iterable<Line> {
  yield [['id', `tag ${tag.name}`]]
  yield [['plain', 'Agent:  '], ['agent', tag.agent]]
  yield [['plain', `Date:   ${isoTime(tag.timeMs)}`]]
  yield []
  for (const line of textLines(tag.message)) yield [['plain', line]]
  yield []
}

function* otherLines({ object, opened }: ShowItem & { readonly is: 'other' }): Iterable<Line> {
  yield [['id', `${opened.kind === 'unknown' ? opened.name : opened.kind} ${digestOf(object)}`]]
  if (opened.kind === 'op') {
    const { value: op } = opened
    yield [['plain', 'Agent:  '], ['agent', op.agent], ['plain', ` (${op.command})`]]
    yield [['plain', `Date:   ${isoTime(op.timeMs)}`]]
    yield [['plain', `Seq:    ${String(op.seq)}`]]
    yield []
    for (const { ref, before, after } of op.changes) yield [['plain', '    '], ['branch', ref], ['plain', ' '], ['id', targetText(before)], ['plain', ' -> '], ['id', targetText(after)]]
    return
  }
  yield []
  yield [['plain', toJsonLine(plainValue(opened.value))]]
}

function targetText(target: { readonly is: 'object'; readonly digest: string } | { readonly is: 'symbolic'; readonly ref: string } | undefined): string {
  return target === undefined ? 'nothing' : target.is === 'object' ? target.digest : target.ref
}

/** Returns the JSON of what is no ATOM. */
export function otherJson(item: Exclude<ShowItem, AtomItem>): unknown {
  switch (item.is) {
    case 'file': return { path: item.path, object: digestOf(item.object), mode: formatMode(item.mode), size: item.sizeBytes, text: item.text ?? null }
    case 'content': return { bytes: item.bytes }
    case 'folder': return { object: digestOf(item.object), entries: item.names.map(({ name, entry }) => ({ name, mode: entry.mode === FOLDER_MODE ? 'folder' : formatMode(entry.mode), object: digestOf(entry.link) })) }
    case 'tag': return { tag: item.tag.name, object: digestOf(item.object), target: digestOf(item.tag.target), agent: item.tag.agent, timestamp: new Date(item.tag.timeMs).toISOString(), message: item.tag.message }
    case 'other': return { kind: item.opened.kind === 'unknown' ? item.opened.name : item.opened.kind, object: digestOf(item.object), value: plainValue(item.opened.value) }
  }
}

function plainValue(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value as ReadonlyMap<string, unknown>].map(([key, each]) => [key, plainValue(each)]))
  if (typeof value !== 'object' || value === null) return value
  try {
    return toJsonValue(value as never)
  } catch (error) {
    if (error instanceof TypeError) return value
    throw error
  }
}
