import { expect, it } from 'vitest'
import { fileNotes, layoutInput } from '../../src/cli/layout-options.js'
import type { Laid } from '../../src/ops/integrate.js'

const laid: Laid = { written: ['project/a'], removed: ['home/b'], lacking: ['system/c'], unwritable: [], refused: [{ path: 'project/d', reason: 'edited' }], isDryRun: true }
const said = (files: Laid | undefined): readonly string[] => fileNotes(files).map((line) => ('bytes' in line ? '' : line.map(([, text]) => text).join('')))

it('a dry run says what would be done to which file; what was done needs no words', () => {
  expect(said(laid)).toEqual([' would write a', ' would remove ~/b', ' would need --scope for /c', ' in the way: d (edited)'])
  expect(said({ ...laid, isDryRun: false })).toEqual([])
  expect(said(undefined)).toEqual([])
})

it('long lists are cut, and say by how much', () => {
  const lines = said({ ...laid, written: Array.from({ length: 23 }, (_, index) => `project/${String(index)}`), removed: [], lacking: [], refused: [] })
  expect([lines.length, lines.at(-1)]).toEqual([21, ' … and 3 more'])
})

it('words become what use cases take', () => {
  expect(layoutInput({ force: true, dryRun: false, scope: ['home'] })).toEqual({ force: true, dryRun: false, scopes: ['home'] })
})
