import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openWritable } from '../../../src/views/sqlite/database.js'
import { getViewProblem } from '../../../src/views/sqlite/health.js'

it('tells a database from what is none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'atom-health-'))
  const file = join(folder, 'view.db')
  const view = openWritable(file)
  view.exec('CREATE TABLE things (name TEXT)')
  view.close()
  expect(getViewProblem(file)).toBeUndefined()
  writeFileSync(file, 'no database, but long enough to look at'.repeat(100))
  expect(getViewProblem(file)).toMatch(/not a database/)
  expect(getViewProblem(join(folder, 'none'))).toMatch(/there is no view/)
  rmSync(folder, { recursive: true })
})
