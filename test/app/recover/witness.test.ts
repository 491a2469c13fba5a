import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readWitness } from '../../../src/app/recover/witness.js'
import type { Digest } from '../../../src/codec/object-id.js'
import { formatTrailLine } from '../../../src/views/trail-log/line.js'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'atom-witness-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const line = (digit: string, title: string): string => formatTrailLine({ timeMs: 0, object: digit.repeat(64) as Digest, atomId: `ATOM-CFG-20260101-00${digit}`, agent: 'ann', operation: 'note', title })

it('reads every part of trail.log, and no torn line', async () => {
  writeFileSync(join(folder, 'trail.log.1'), line('1', 'one') + line('2', 'two'))
  writeFileSync(join(folder, 'trail.log.10'), line('4', 'four'))
  writeFileSync(join(folder, 'trail.log.2'), line('3', 'three'))
  writeFileSync(join(folder, 'trail.log'), `${line('5', 'five')}2026-01-01T00:00`)
  const { atoms, sources } = await readWitness(folder, undefined)
  expect(atoms.map(({ title }) => title)).toEqual(['one', 'two', 'three', 'four', 'five'])
  expect(sources).toEqual(['trail.log'])
})

it('says nothing of what is not there, and follows no link', async () => {
  writeFileSync(join(folder, 'elsewhere'), line('1', 'one'))
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'trail.log'))
  expect(await readWitness(folder, undefined)).toEqual({ atoms: [], sources: [] })
  expect(await readWitness(join(folder, 'nothing'), undefined)).toEqual({ atoms: [], sources: [] })
})
