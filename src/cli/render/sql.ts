/** Rows of a query as people and programs read them: an aligned table, one with borders, CSV. */
import type { SqlRow, SqlRows, SqlValue } from '../../app/data/sql.js'
import { toHex, utf8 } from '../../base/bytes.js'
import type { Line, Lines, Span } from '../terminal/output.js'
import { visible } from '../terminal/visible.js'
import { columnsOf } from '../terminal/width.js'

/** The widths of columns come from the first rows; what is longer later sticks out. */
const MEASURED_ROWS = 1_000

export type SqlForm = 'table' | 'box' | 'csv'

export function renderRows(result: SqlRows, form: SqlForm): Lines & Iterable<Line> {
  return form === 'csv' ? csvLines(result) : tableLines(result, form)
}

function* tableLines({ columns, rows }: SqlRows, form: 'table' | 'box'): Iterable<Line> {
  const iterator = rows[Symbol.iterator]()
  try {
    const first: (readonly string[])[] = []
    for (let step = iterator.next(); step.done !== true; step = iterator.next()) {
      first.push(step.value.map(cellText))
      if (first.length === MEASURED_ROWS) break
    }
    const widths = columns.map((name, index) => first.reduce((width, row) => Math.max(width, columnsOf(row[index] ?? '')), columnsOf(visible(name))))
    const draw = form === 'box' ? boxed(widths) : aligned(widths)
    yield* draw.head(columns.map((name) => visible(name)))
    for (const row of first) yield draw.row(row)
    if (first.length === MEASURED_ROWS) for (let step = iterator.next(); step.done !== true; step = iterator.next()) yield draw.row(step.value.map(cellText))
    yield* draw.end()
  } finally {
    iterator.return?.()
  }
}

interface Drawing {
  head(names: readonly string[]): Iterable<Line>
  row(cells: readonly string[]): Line
  end(): Iterable<Line>
}

function aligned(widths: readonly number[]): Drawing {
  const line = (cells: readonly string[], label: Span[0]): Line => cells.flatMap((cell, index): readonly Span[] => [
    ...(index === 0 ? [] : [['plain', '  '] satisfies Span]), [label, index === cells.length - 1 ? cell : padded(cell, widths[index] ?? 0)],
  ])
  return {
    head: (names) => [line(names, 'heading'), line(widths.map((width) => '-'.repeat(width)), 'dim')],
    row: (cells) => line(cells, 'plain'),
    end: () => [],
  }
}

function boxed(widths: readonly number[]): Drawing {
  const rule = (left: string, middle: string, right: string): Line => [['dim', left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right]]
  const line = (cells: readonly string[], label: Span[0]): Line => [
    ['dim', '│'], ...cells.flatMap((cell, index): readonly Span[] => [['plain', ' '], [label, padded(cell, widths[index] ?? 0)], ['dim', ' │']]),
  ]
  return {
    head: (names) => [rule('┌', '┬', '┐'), line(names, 'heading'), rule('├', '┼', '┤')],
    row: (cells) => line(cells, 'plain'),
    end: () => [rule('└', '┴', '┘')],
  }
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - columnsOf(cell)))
}

/** Line ends and control characters are written out, so that a cell stays in its line. */
function cellText(value: SqlValue): string {
  return visible(plainText(value))
}

function plainText(value: SqlValue): string {
  if (value === null) return ''
  return value instanceof Uint8Array ? `x'${toHex(value)}'` : String(value)
}

/** RFC 4180 with plain line ends; nothing for NULL. Exact: what a spreadsheet shall read is not made visible. */
function* csvLines({ columns, rows }: SqlRows): Iterable<Line> {
  yield csvLine(columns)
  for (const row of rows) yield csvLine(row)
}

function csvLine(values: SqlRow): Line {
  return { bytes: utf8(`${values.map((value) => csvCell(plainText(value), value)).join(',')}\n`) }
}

function csvCell(text: string, value: SqlValue): string {
  return /[",\r\n]/.test(text) || (text === '' && value !== null) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Returns a row as an object by column; of columns with the same name the later ones are numbered. */
export function rowJson(columns: readonly string[], row: SqlRow): ReadonlyMap<string, SqlValue> {
  const cells = new Map<string, SqlValue>()
  for (const [index, name] of columns.entries()) {
    let free = name
    for (let count = 2; cells.has(free); count++) free = `${name}_${String(count)}`
    cells.set(free, row[index] ?? null)
  }
  return cells
}
