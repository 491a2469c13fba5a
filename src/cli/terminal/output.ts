/**
 * Where answers go: labelled spans become coloured text, values become JSON, both go to a writer.
 *
 * Guarantees: recorded text in spans is made visible; a line is one line; colour depends on the label alone.
 * Refuses nothing: what cannot be shown is written out.
 */
import { inspect } from 'node:util'
import { toDisplayText } from '../../base/bytes.js'
import { toJsonLine } from './json.js'
import { textLines, visible } from './visible.js'
import { columnsOf, cutText } from './width.js'
import type { Writer } from './writer.js'

/** What a span is. Colours hang on it; logic never knows them. */
export type Label =
  | 'plain' | 'id' | 'atom' | 'head' | 'branch' | 'remote' | 'tag' | 'type' | 'operation' | 'agent' | 'project' | 'time' | 'title' | 'path' | 'key' | 'value' | 'count'
  | 'dim' | 'heading' | 'command' | 'ok' | 'warn' | 'error' | 'hint' | 'tainted' | 'forgotten' | 'added' | 'removed' | 'changed' | 'hunk' | 'file' | 'context' | 'content' | 'graph'

const STYLES = {
  plain: [],
  id: ['yellow'], atom: ['yellow'], head: ['bold', 'cyan'], branch: ['bold', 'green'], remote: ['bold', 'red'], tag: ['bold', 'yellow'],
  type: ['cyan'], operation: ['cyan'], agent: ['magenta'], project: ['blue'], time: ['blue'], title: [], path: [], key: ['blue'],
  value: [], count: ['cyan'], dim: ['dim'], heading: ['bold'], command: ['bold'],
  ok: ['green'], warn: ['yellow'], error: ['bold', 'red'], hint: ['cyan'], tainted: ['bold', 'red'], forgotten: ['dim'],
  added: ['green'], removed: ['red'], changed: ['yellow'], hunk: ['cyan'], file: ['bold'], context: [], content: [], graph: ['dim'],
} as const satisfies Readonly<Record<Label, readonly string[]>>

export type Span = readonly [label: Label, text: string]
/** Exact bytes, without a line end of their own. On a terminal they are made visible. */
export interface RawBytes { readonly bytes: Uint8Array }
export type Line = readonly Span[] | RawBytes
export type Lines = Iterable<Line> | AsyncIterable<Line>

/** Labels whose text comes from the lines of files, where tabs mean something. */
const KEEPS_TABS: ReadonlySet<Label> = new Set<Label>(['added', 'removed', 'context', 'content'])

/** What a pure renderer may know of where its lines go. */
export interface View {
  /** Columns of the terminal; Infinity where nothing limits a line. */
  readonly width: number
  readonly isTerminal: boolean
  readonly isVerbose: boolean
  readonly isQuiet: boolean
  readonly nowMs: number
}

export interface Output {
  readonly view: View
  readonly isJson: boolean
  /** Prints one line of the answer. Await what it returns: it is a promise when the reader is slow. */
  line(line: Line): Promise<void> | undefined
  /** Prints a text of our own, such as help or a script, as it is. */
  text(text: string): Promise<void> | undefined
  /** Prints one value as one line of JSON. */
  json(value: unknown): Promise<void> | undefined
  /** Says something on stderr that `--quiet` drops: status, hints. */
  note(line: Line): void
  /** Says something on stderr that stays. */
  warn(line: Line): void
}

export interface OutputParts {
  readonly view: View
  readonly isJson: boolean
  readonly colors: { readonly out: boolean; readonly err: boolean }
  readonly out: Writer
  /** Writes at once: stderr is short. */
  err(text: string): void
}

export function createOutput(parts: OutputParts): Output {
  const { view, out } = parts
  const say = (line: Line): void => {
    out.flush()
    parts.err(isRaw(line) ? `${visible(toDisplayText(line.bytes))}\n` : `${formatSpans(line, parts.colors.err)}\n`)
  }
  return {
    view,
    isJson: parts.isJson,
    line: (line) => {
      if (!isRaw(line)) return out.write(`${formatSpans(line, parts.colors.out)}\n`)
      return out.write(view.isTerminal ? visibleBytes(line.bytes) : line.bytes)
    },
    text: (text) => out.write(text),
    json: (value) => out.write(`${toJsonLine(value)}\n`),
    note: (line) => {
      if (!view.isQuiet) say(line)
    },
    warn: say,
  }
}

/** Returns a line's text, coloured where asked for. Span texts are made visible. */
export function formatSpans(spans: readonly Span[], color: boolean): string {
  let line = ''
  for (const [label, text] of spans) {
    const shown = visible(text, { tabs: KEEPS_TABS.has(label) })
    line += color && shown !== '' ? paint(label, shown) : shown
  }
  return line
}

function paint(label: Label, text: string): string {
  let open = ''
  let close = ''
  for (const style of STYLES[label]) {
    const [start, end] = inspect.colors[style] ?? [0, 0]
    open += `\u001b[${start}m`
    close = `\u001b[${end}m${close}`
  }
  return open + text + close
}

/** Returns the spans cut so that together they take at most `width` columns, the last one with an ellipsis. */
export function cutSpans(spans: readonly Span[], width: number): readonly Span[] {
  if (width === Infinity) return spans
  const kept: Span[] = []
  let left = width
  for (const [label, text] of spans) {
    const shown = visible(text, { tabs: false })
    const columns = columnsOf(shown)
    if (columns > left) {
      kept.push([label, cutText(shown, left)])
      return kept
    }
    kept.push([label, shown])
    left -= columns
  }
  return kept
}

export function isLinesAsync(lines: Lines): lines is AsyncIterable<Line> {
  return Symbol.asyncIterator in lines
}

function isRaw(line: Line): line is RawBytes {
  return 'bytes' in line
}

function visibleBytes(bytes: Uint8Array): string {
  const text = toDisplayText(bytes)
  const end = text.endsWith('\n') ? '\n' : ''
  return textLines(text).map((line) => visible(line, { tabs: true })).join('\n') + end
}
