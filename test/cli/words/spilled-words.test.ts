import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { gatherSpilled, type AddWords } from '../../../src/cli/words/spilled-words.js'

const none: AddWords = { paths: [], influencedBy: [], meta: [], evidence: [], before: [], after: [] }
let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'atom-words-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

it('gives revisions to --influenced-by and pairs to the one option that takes them', () => {
  const ids = ['ATOM-CFG-20241127-003', 'a'.repeat(64), 'HEAD~1', '@']
  expect(gatherSpilled({ ...none, influencedBy: ['main'], paths: ['a.env', ...ids] }, folder)).toMatchObject({ influencedBy: ['main', ...ids], paths: ['a.env'] })
  expect(gatherSpilled({ ...none, meta: [['a', '1']], paths: ['b=2', 'c==', '=d'] }, folder)).toMatchObject({ meta: [['a', '1'], ['b', '2'], ['c', '=']], paths: ['=d'] })
})

it('leaves what is a file, and what could belong to several', () => {
  writeFileSync(join(folder, 'b=2'), '')
  writeFileSync(join(folder, 'HEAD'), '')
  const words = { ...none, influencedBy: ['main'], before: [['a', '1']] as const, paths: ['b=2', 'HEAD'] }
  expect(gatherSpilled(words, folder)).toBe(words)
  const unclear = { ...none, before: [['a', '1']] as const, after: [['a', '2']] as const, paths: ['c=3', 'ATOM-CFG-20241127-003'] }
  expect(gatherSpilled(unclear, folder)).toBe(unclear)
})
