import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openIgnoreRules } from '../../../src/exchange/worktree/ignore-rules.js'
import { aBench, clearBenches } from '../../helpers/worktree.js'

clearBenches()

it('has the rules of each folder before those above it, and none where there is no file', async () => {
  const bench = aBench()
  bench.write({ '.gitignore': 'a\nonly/\n/top\n', 'sub/.gitignore': '!a\n' })
  mkdirSync(join(bench.root, 'none/.gitignore'), { recursive: true })
  const rules = await openIgnoreRules(bench.root)
  const sub = await rules.enter(join(bench.root, 'sub'), 'sub')
  const none = await rules.enter(join(bench.root, 'none'), 'none')
  expect([rules.isIgnored('a', 'file'), sub.isIgnored('a', 'file'), none.isIgnored('a', 'file')]).toEqual([true, false, true])
  expect([rules.isIgnored('only', 'file'), rules.isIgnored('only', 'folder')]).toEqual([false, true])
  expect([rules.isIgnored('top', 'file'), none.isIgnored('top', 'file')]).toEqual([true, false])
})

it('follows no .gitignore that is a symbolic link to a folder or to itself', async () => {
  const bench = aBench()
  bench.write({ '.gitignore': { link: '.gitignore' } })
  expect((await openIgnoreRules(bench.root)).isIgnored('a', 'file')).toBe(false)
})
