import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { isAbandoned, isTempName, makeTempName } from '../../../src/exchange/worktree/temp-name.js'

it('is known by its form, and never taken from a writer that lives', () => {
  const name = makeTempName()
  expect(isTempName(name)).toBe(true)
  expect(makeTempName()).not.toBe(name)
  expect(isAbandoned(name)).toBe(false)
  expect(isAbandoned('a.env')).toBe(false)
  expect(isTempName('.atom-write-x')).toBe(false)
})

it('is abandoned once its writer is gone', () => {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  expect(isAbandoned(`.atom-write-${String(pid)}-0123456789ab`)).toBe(true)
})
