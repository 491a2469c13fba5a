import { expect, it } from 'vitest'
import { laidOutJson, layOutExit, layOutWords } from '../../../src/cli/words/lay-out-options.js'
import type { LaidOut } from '../../../src/ops/files/lay-out.js'

const laid: LaidOut<undefined> = {
  written: ['project/a'], removed: ['project/b'], lacking: ['home/c'], unwritable: [{ path: 'project/aux', reason: 'reserved' }], refused: [{ path: 'project/d', reason: 'edited' }], isDryRun: true, value: undefined,
}

it('JSON has the paths as people see them', () => {
  expect(laidOutJson(laid)).toEqual({ written: ['a'], removed: ['b'], lacking: ['~/c'], unwritable: [{ path: 'aux', reason: 'reserved' }], refused: [{ path: 'd', reason: 'edited' }], dry_run: true })
})

it('a command ends with 0, with 1 where a file could not be written, or says what lacked leave', () => {
  expect(layOutExit(laid)).toBe(0)
  expect(layOutExit(undefined)).toBe(0)
  expect(layOutExit({ ...laid, isDryRun: false, lacking: [] })).toBe(1)
  expect(layOutExit({ ...laid, isDryRun: false, lacking: [], unwritable: [] })).toBe(0)
  expect(() => layOutExit({ ...laid, isDryRun: false })).toThrow(expect.objectContaining({ code: 'SCOPE_REFUSED' }) as Error)
  expect(layOutWords({ force: true, dryRun: false, scope: ['home'] })).toEqual({ force: true, dryRun: false, scopes: ['home'] })
})
