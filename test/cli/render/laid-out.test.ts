import { expect, it } from 'vitest'
import type { Line } from '../../../src/cli/output.js'
import { dryRunLines, laidOutNote } from '../../../src/cli/render/laid-out.js'
import type { LaidOut } from '../../../src/ops/lay-out.js'

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
