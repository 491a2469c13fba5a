import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createLook, getStat, unreadable } from '../../../src/exchange/worktree/look.js'
import { aBench, clearBenches, type Bench } from '../../helpers/worktree.js'

clearBenches()

const find = (bench: Bench, path: string): ReturnType<ReturnType<typeof createLook>['find']> =>
  createLook().find({ path: `project/${path}`, scope: 'project', folder: bench.root, segments: path === '' ? [] : path.split('/') })

it('finds what is there, says where what is absent would be, and stops at what is no folder', () => {
  const bench = aBench()
  bench.write({ 'd/file': 'f', 'a\u0301/x': 'x' })
  symlinkSync('d', join(bench.root, 'link'))
  expect(find(bench, 'd/file')).toMatchObject({ is: 'there', file: join(bench.root, 'd/file') })
  expect(find(bench, '')).toMatchObject({ is: 'there', file: bench.root })
  expect(find(bench, 'link')).toMatchObject({ is: 'there', file: join(bench.root, 'link') })
  expect(find(bench, 'none/deep/x')).toEqual({ is: 'absent', file: join(bench.root, 'none/deep/x') })
  expect(find(bench, 'd/file/x/y')).toEqual({ is: 'blocked', by: join(bench.root, 'd/file'), depth: 2, what: 'file' })
  expect(find(bench, 'link/file')).toEqual({ is: 'blocked', by: join(bench.root, 'link'), depth: 1, what: 'symlink' })
  expect(find(bench, '\u00e1/x')).toMatchObject({ is: 'there', file: join(bench.root, 'a\u0301/x') })
})

it('takes names that no disk can hold for absent, and says why something cannot be read', () => {
  const bench = aBench()
  expect(getStat(join(bench.root, 'x'.repeat(5_000)))).toBeUndefined()
  const plain = new TypeError('other')
  expect(unreadable('a', plain)).toBe(plain)
  expect(unreadable('a', Object.assign(new Error('x'), { code: 'EACCES', syscall: 'open' }))).toMatchObject({ code: 'FILE_UNREADABLE', data: { reason: 'permission denied' } })
  expect(unreadable('a', Object.assign(new Error('x'), { code: 'EWEIRD', syscall: 'open' }))).toMatchObject({ data: { reason: 'EWEIRD' } })
})

it('names a folder that may not be looked into', () => {
  if (process.getuid?.() === 0) {
    console.warn('skipped: root may look into every folder')
    return
  }
  const bench = aBench()
  mkdirSync(join(bench.root, 'locked'))
  chmodSync(join(bench.root, 'locked'), 0)
  expect(() => find(bench, 'locked/x')).toThrow(/permission denied/)
  chmodSync(join(bench.root, 'locked'), 0o755)
})
