/** The trail on a terminal: one line each, in full, with lanes, or as a graph for other programs. */
import { utf8 } from '../../base/bytes.js'
import type { LogEntry } from '../../ops/look/log-entry.js'
import { toAtomJson } from '../../trail/atom-json.js'
import { toJsonLine } from '../terminal/json.js'
import type { Line, Span, View } from '../terminal/output.js'
import { visible } from '../terminal/visible.js'
import { mediumLines, onelineSpans } from './atom-lines.js'
import { makeLanes, renderDot, renderMermaid, type DrawnNode } from './graph.js'
import { fillFormat } from './log-format.js'
import { nameLine } from './names.js'
import { patchLines, statLines } from './patch.js'

export interface LogView {
  readonly format: LogFormat
  readonly graph: boolean
  readonly stat: boolean
  readonly patch: boolean
  readonly names: 'none' | 'only' | 'status'
}

export type LogFormat =
  | { readonly is: 'oneline' | 'medium' | 'short' | 'json' | 'mermaid' | 'dot' }
  | { readonly is: 'custom'; readonly text: string }

/** Yields the lines of a log as its entries come. */
export async function* renderLog(entries: AsyncIterable<LogEntry>, view: View, options: LogView): AsyncIterable<Line> {
  if (options.format.is === 'mermaid' || options.format.is === 'dot') {
    yield* renderWhole(entries, options.format.is)
    return
  }
  const lanes = options.graph ? makeLanes() : undefined
  let isFirst = true
  for await (const entry of entries) {
    if (lanes === undefined && options.format.is === 'oneline' && entry.diffs === undefined) {
      yield onelineSpans(entry, view.isTerminal ? view.width : Infinity)
    } else if (lanes === undefined) {
      if (!isFirst && hasBlankBetween(options)) yield []
      yield* entryLines(entry, view, options)
    } else {
      yield* besideLanes(lanes, entry, { view, options })
    }
    isFirst = false
  }
}

function hasBlankBetween({ format }: LogView): boolean {
  return format.is === 'medium' || format.is === 'short'
}

function* entryLines(entry: LogEntry, view: View, options: LogView): Iterable<Line> {
  yield* textOf(entry, view, options.format)
  yield* fileLines(entry, view, options)
}

function* textOf(entry: LogEntry, view: View, format: LogFormat): Iterable<Line> {
  switch (format.is) {
    case 'oneline':
      yield onelineSpans(entry, view.isTerminal ? view.width : Infinity)
      return
    case 'json':
      if (entry.record !== undefined) yield { bytes: utf8(`${toJsonLine(toAtomJson(entry.record))}\n`) }
      return
    case 'custom':
      for (const line of fillFormat(format.text, entry, view.nowMs).split('\n')) yield [['plain', line]]
      return
    case 'short':
    case 'medium':
      yield* mediumLines(entry)
      return
    default:
      return
  }
}

function* fileLines(entry: LogEntry, view: View, options: LogView): Iterable<Line> {
  const diffs = entry.diffs ?? []
  if (diffs.length === 0) return
  if (options.format.is !== 'oneline' || options.patch) yield []
  if (options.stat) yield* statLines(diffs, view)
  if (options.names !== 'none') for (const { file } of diffs) yield nameLine(file, options.names)
  if (options.patch) {
    if (options.stat) yield []
    yield* patchLines(diffs, view)
  }
}

function* besideLanes(lanes: ReturnType<typeof makeLanes>, entry: LogEntry, { view, options }: { readonly view: View; readonly options: LogView }): Iterable<Line> {
  const rows = lanes({ id: String(entry.seq), parents: (entry.drawnParents ?? []).map(String) })
  for (const row of rows.before) yield [['graph', row]]
  const room = { ...view, width: view.width - rows.node.length - 1 }
  const lines = [...entryLines(entry, room, options)]
  const [first = [], ...more] = lines
  yield [['graph', rows.node], ['plain', ' '], ...spansOf(first)]
  let at = 0
  for (const line of more) {
    yield beside(rows.after[at] ?? rows.rest, line)
    at++
  }
  for (; at < rows.after.length; at++) yield [['graph', rows.after[at] ?? '']]
  if (hasBlankBetween(options)) yield [['graph', rows.rest]]
}

function beside(row: string, line: Line): Line {
  const spans = spansOf(line)
  return spans.length === 0 ? [['graph', row]] : [['graph', row], ['plain', ' '], ...spans]
}

function spansOf(line: Line): readonly Span[] {
  return 'bytes' in line ? [['plain', new TextDecoder().decode(line.bytes).trimEnd()]] : line
}

async function* renderWhole(entries: AsyncIterable<LogEntry>, format: 'mermaid' | 'dot'): AsyncIterable<Line> {
  const nodes: DrawnNode[] = []
  for await (const entry of entries) {
    const title = entry.title ?? '(forgotten)'
    const label = `${entry.node.atomId} ${visible(title.length > 60 ? `${title.slice(0, 59)}…` : title)}`
    nodes.push({ id: String(entry.seq), label, parents: (entry.drawnParents ?? []).map(String) })
  }
  yield { bytes: utf8(format === 'mermaid' ? renderMermaid(nodes) : renderDot(nodes)) }
}
