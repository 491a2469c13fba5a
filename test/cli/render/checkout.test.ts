import { expect, it } from 'vitest'
import type { Line } from '../../../src/cli/terminal/output.js'
import { checkoutJson, checkoutNote, renderCheckout } from '../../../src/cli/render/checkout.js'
import type { CheckoutResult } from '../../../src/ops/files/checkout.js'
import { anId } from '../../helpers/objects.js'

const view = { width: 80, isTerminal: false, isVerbose: false, isQuiet: false, nowMs: 0 }
const textOf = (lines: readonly Line[]): string[] => lines.map((line) => ('bytes' in line ? '' : line.map(([, text]) => text).join('')))
const base: CheckoutResult = {
  branch: 'refs/heads/main', head: anId('x'), atomId: 'ATOM-CFG-20241127-003', title: 'a title', moved: 'head', isNewBranch: false, left: undefined,
  files: { written: ['project/a'], removed: [], lacking: [], unwritable: [], refused: [], isDryRun: false, value: undefined },
}
const said = (changed: Partial<CheckoutResult>): string[] => textOf(checkoutNote({ ...base, ...changed }, view))

it('says where HEAD is', () => {
  expect(said({})).toEqual(['Switched to branch main'])
  expect(said({ isNewBranch: true })).toEqual(['Switched to a new branch main'])
  expect(said({ moved: 'nothing' })).toEqual(['Already on main'])
  expect(said({ branch: undefined })).toEqual(['HEAD is detached at ATOM-CFG-20241127-003 a title', 'what is recorded from here belongs to no branch; to make one: atom switch -c NAME'])
  expect(said({ left: anId('loose') })[0]).toBe(`no branch keeps ${anId('loose').slice(2, 12)}, which HEAD was at; to keep it: atom branch NAME ${anId('loose').slice(2, 12)}`)
})

it('says what was laid out where HEAD stays', () => {
  expect(said({ moved: 'paths' })).toEqual(['updated 1 path from ATOM-CFG-20241127-003 a title'])
  expect(said({ moved: 'folder' })).toEqual(['laid out 1 file of ATOM-CFG-20241127-003 a title'])
})

it('shows the plan of a dry run on stdout, and nothing else', () => {
  const dry = { ...base, files: { ...base.files, isDryRun: true } }
  expect(textOf(renderCheckout(dry))).toEqual(['write   a'])
  expect(checkoutNote(dry, view)).toEqual([])
  expect(renderCheckout(base)).toEqual([])
})

it('has its JSON', () => {
  expect(checkoutJson({ ...base, branch: undefined })).toEqual({
    branch: null, head: anId('x').slice(2), atom_id: 'ATOM-CFG-20241127-003', detached: true, new_branch: false,
    written: ['a'], removed: [], lacking: [], unwritable: [], refused: [], dry_run: false,
  })
})
