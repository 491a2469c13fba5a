import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { marksIn } from '../../../src/app/owner/run-folder.js'

it('names what lies in it, nothing where it is not there, and fails where it is no folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'atom-run-'))
  writeFileSync(join(folder, 'claim'), '')
  expect(marksIn(folder)).toEqual(['claim'])
  expect(marksIn(join(folder, 'nothing'))).toEqual([])
  expect(() => marksIn(join(folder, 'claim'))).toThrow(/ENOTDIR/)
  rmSync(folder, { recursive: true })
})
