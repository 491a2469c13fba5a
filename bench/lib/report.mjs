/** Rows of numbers as a table, as JSON and as the generated part of docs/performance.md. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const PAGE = join(import.meta.dirname, '../../docs/performance.md')
const BEGIN = '<!-- numbers: begin, written by npm run bench -->'
const END = '<!-- numbers: end -->'

/**
 * A row: `what` was measured, its `value` and `unit`; `peer` and `peerValue` where something else did the same in the same run; `ratio` of the two
 * (pair by pair where they ran in turn), `target` such as `≤ 2.0x` or `≥ 25000`, and a `note`.
 */
export function judge(row) {
  if (row.target === undefined) return { ...row, met: undefined }
  const [, sign, number, isRatio] = /^([≤≥]) ([\d.]+)(x?)/.exec(row.target)
  const value = isRatio === 'x' ? row.ratio : row.value
  return { ...row, met: sign === '≤' ? value <= Number(number) : value >= Number(number) }
}

export function format(number) {
  if (number === undefined) return ''
  if (number >= 1_000) return Math.round(number).toLocaleString('en-US')
  return number >= 100 ? number.toFixed(0) : number >= 10 ? number.toFixed(1) : number.toFixed(2)
}

const cells = (row) => [
  row.what, `${format(row.value)} ${row.unit}`, row.peer === undefined ? '' : `${row.peer}: ${format(row.peerValue)}`,
  row.ratio === undefined ? '' : `${row.ratio.toFixed(2)}x`, row.target ?? '', row.met === undefined ? '' : row.met ? 'yes' : 'NO',
]

export function toText(row) {
  const [what, value, peer, ratio, target, met] = cells(row)
  return `  ${what.padEnd(66)} ${value.padStart(18)}  ${peer.padEnd(36)} ${ratio.padStart(7)}  ${target.padEnd(10)} ${met}${row.note === undefined ? '' : `\n      ${row.note}`}`
}

export function toMarkdown({ machine, date, results }) {
  const lines = [
    `Measured on ${date.slice(0, 10)}: ${machine.cpu}; ${machine.memory}; ${machine.disk}; ${machine.os}; Node ${machine.node}, git ${machine.git}; load average when it began ${machine.load}.`,
  ]
  for (const { name, about, rows, skipped } of results) {
    lines.push('', `### ${name}`, '', about)
    if (skipped !== undefined) lines.push('', `Skipped: ${skipped}.`)
    if (rows.length === 0) continue
    lines.push('', '| measured | atom | peer | ratio | target | met |', '|---|---|---|---|---|---|')
    for (const row of rows) lines.push(`| ${cells(row).join(' | ')} |`)
    for (const { what, note } of rows) if (note !== undefined) lines.push('', `*${what}*: ${note}`)
  }
  return lines.join('\n')
}

export function writePage(report) {
  const page = readFileSync(PAGE, 'utf8')
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error('docs/performance.md has lost the markers of its generated part')
  writeFileSync(PAGE, `${page.slice(0, begin + BEGIN.length)}\n${toMarkdown(report)}\n${page.slice(end)}`)
}

export function writeJson(file, report) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(report, (_, value) => typeof value === 'number' ? Number(value.toPrecision(5)) : value, 1)}\n`)
}
