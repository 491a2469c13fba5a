import { expect, it } from 'vitest'
import type { Line } from '../../../src/cli/terminal/output.js'
import { dryRunLines, fileNotes, laidOutNote } from '../../../src/cli/render/laid-out.js'
import type { LaidOut } from '../../../src/ops/files/lay-out.js'

const view = { width: 80, isTerminal: false, isVerbose: false, isQuiet: false, nowMs: 0 }
const textOf = (lines: readonly Line[]): string[] => lines.map((line) => ('bytes' in line ? '' : line.map(([, text]) => text).join('')))
const laid: LaidOut<undefined> = {
  written: ['project/a'], removed: ['project/b'], lacking: ['home/c'], unwritable: [{ path: 'project/aux', reason: 'reserved' }], refused: [{ path: 'project/d', reason: 'edited' }], isDryRun: true, value: undefined,
}

it('a plan shows each step with what stands against it, sorted', () => {
  expect(textOf(dryRunLines(laid))).toEqual(['leave   ~/c  (needs --scope home)', 'write   a', 'skip    aux  (reserved)', 'remove  b', 'refuse  d  (edited)'])
  expect(textOf(dryRunLines({ ...laid, written: [], removed: [], lacking: [], unwritable: [], refused: [] }))).toEqual(['nothing would be written'])
})

it('what was done is cut after fifty lines', () => {
  const many = { ...laid, written: Array.from({ length: 60 }, (_, index) => `project/${String(index)}`) }
  expect(textOf(laidOutNote(laid, view))).toEqual([' write a', ' remove b'])
  expect(textOf(laidOutNote(many, view)).at(-1)).toBe(' … and 11 more')
  expect(laidOutNote(many, { ...view, isVerbose: true })).toHaveLength(61)
})

it('beside an answer only a dry run says what would be done to which file, cut after twenty of a kind', () => {
  expect(textOf(fileNotes(laid))).toEqual([' would write a', ' would remove b', ' would need --scope for ~/c', ' in the way: d (edited)'])
  expect([fileNotes({ ...laid, isDryRun: false }), fileNotes(undefined)]).toEqual([[], []])
  const many = textOf(fileNotes({ ...laid, written: Array.from({ length: 23 }, (_, index) => `project/${String(index)}`) }))
  expect([many.length, many[20]]).toEqual([24, ' … and 3 more'])
})
