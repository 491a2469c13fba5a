import { expect, it } from 'vitest'
import { displayPath, pathInTree } from '../../src/tree/scope.js'

it('shows a tracked path as people write it, and reads that again', () => {
  for (const [path, shown] of [['project/a.env', 'a.env'], ['home/.config/x', '~/.config/x'], ['system/etc/hosts', '/etc/hosts'], ['project/home/x', 'home/x']] as const) {
    expect(displayPath(path)).toBe(shown)
    expect(pathInTree(shown)).toBe(path)
  }
  expect(displayPath('elsewhere')).toBe('elsewhere')
})

it('reads what stands behind REV: from the root of the project', () => {
  expect(pathInTree('')).toBe('')
  expect(pathInTree('./a')).toBe('project/a')
  expect(pathInTree('a/b/')).toBe('project/a/b')
  expect(pathInTree('.')).toBe('project/.')
  expect(pathInTree('~')).toBe('home')
  expect(pathInTree('~/')).toBe('home')
  expect(pathInTree('/')).toBe('system')
})
