import { expect, it } from 'vitest'
import { laidOutJson, layOutExit, layOutWords } from '../../../src/cli/lay-out-options.js'
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

it('JSON has the paths as people see them', () => {
  expect(laidOutJson(laid)).toEqual({ written: ['a'], removed: ['b'], lacking: ['~/c'], unwritable: [{ path: 'aux', reason: 'reserved' }], refused: [{ path: 'd', reason: 'edited' }], dry_run: true })
})

it('a command ends with 0, or says what lacked leave', () => {
  expect(layOutExit(laid)).toBe(0)
  expect(layOutExit(undefined)).toBe(0)
  expect(() => layOutExit({ ...laid, isDryRun: false })).toThrow(expect.objectContaining({ code: 'SCOPE_REFUSED' }) as Error)
  expect(layOutWords({ force: true, dryRun: false, scope: ['home'] })).toEqual({ force: true, dryRun: false, scopes: ['home'] })
})
