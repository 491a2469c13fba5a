import { expect, it } from 'vitest'
import { displayPath, pathInTree, pathSeenFrom, pathTypedIn } from '../../src/tree/scope.js'

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

it('shows a path from a folder of the project, and takes what is typed there', () => {
  for (const [folder, path, seen] of [
    ['project', 'project/a', 'a'], ['project/sub', 'project/sub/a', 'a'], ['project/sub', 'project/a', '../a'], ['project/sub/in', 'project/sub', '..'],
    ['project/sub', 'project/subway/a', '../subway/a'], ['project/a/b', 'project/c/d', '../../c/d'], ['project/sub', 'home/x', '~/x'],
  ] as const) {
    expect(pathSeenFrom(folder, path)).toBe(seen)
    expect(pathTypedIn(folder, seen)).toBe(path)
  }
  expect(pathSeenFrom('project/sub', 'project/sub')).toBe('./')
  expect(pathTypedIn('project/sub', './')).toBe('project/sub')
  expect(pathTypedIn('project', '.')).toBe('project')
  expect(pathTypedIn('project/sub', '../..')).toBeUndefined()
})
