import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import type { Place } from '../../../src/exchange/worktree/places.js'
import { moveFile, removeFile, replaceFile } from '../../../src/exchange/worktree/write-file.js'
import { FILE_MODE, SYMLINK_MODE } from '../../../src/object/tree.js'
import { aBench, clearBenches, type Bench } from '../../helpers/worktree.js'

clearBenches()

const at = (bench: Bench, path: string): Place => ({ path: `project/${path}`, scope: 'project', folder: bench.root, segments: path.split('/') })

it('returns the stat data that the file has afterwards', () => {
  const bench = aBench()
  const { stat } = replaceFile(at(bench, 'a/b'), { mode: FILE_MODE, chunks: [utf8('one'), utf8('two')] }, { shown: 'a/b' })
  expect(readFileSync(join(bench.root, 'a/b'), 'utf8')).toBe('onetwo')
  const { ino, size, mtimeNs, ctimeNs, mode } = lstatSync(join(bench.root, 'a/b'), { bigint: true })
  expect(stat).toMatchObject({ ino, size, mtimeNs, ctimeNs, mode })
})

it('leaves what was there when a chunk cannot be had, and no temp file', () => {
  const bench = aBench()
  bench.write({ a: 'old' })
  const chunks = (function* (): Iterable<Uint8Array> {
    yield utf8('half')
    throw new TypeError('gone')
  })()
  expect(() => replaceFile(at(bench, 'a'), { mode: FILE_MODE, chunks }, { shown: 'a' })).toThrow('gone')
  expect(readFileSync(join(bench.root, 'a'), 'utf8')).toBe('old')
  expect(readdirSync(bench.root)).toEqual(['.atom', 'a'])
})

it('does not write through a parent that became a link while it wrote', () => {
  const bench = aBench()
  bench.write({ 'd/keep': 'k' })
  mkdirSync(join(bench.base, 'victim'))
  const chunks = (function* (): Iterable<Uint8Array> {
    yield utf8('evil')
    symlinkSync(join(bench.base, 'victim'), join(bench.root, 'link'))
    moveFile({ from: at(bench, 'd'), to: at(bench, 'was') }, { shown: 'was', over: 'refuse', cwd: bench.root })
    moveFile({ from: at(bench, 'link'), to: at(bench, 'd') }, { shown: 'd', over: 'refuse', cwd: bench.root })
  })()
  expect(() => replaceFile(at(bench, 'd/a'), { mode: FILE_MODE, chunks }, { shown: 'd/a' })).toThrow(/replaced meanwhile/)
  expect(readdirSync(join(bench.base, 'victim'))).toEqual([])
})

it('makes a symbolic link in one step, in place of a file or an empty folder', () => {
  const bench = aBench()
  bench.write({ a: 'old' })
  mkdirSync(join(bench.root, 'b/empty'), { recursive: true })
  for (const path of ['a', 'b']) replaceFile(at(bench, path), { mode: SYMLINK_MODE, chunks: [utf8('../x')] }, { shown: path })
  expect(bench.read()).toEqual({ a: { link: '../x' }, b: { link: '../x' } })
})

it('refuses a folder with something in it, and a file where a folder belongs', () => {
  const bench = aBench()
  bench.write({ 'b/x': 'x', c: 'c' })
  expect(() => replaceFile(at(bench, 'b'), { mode: FILE_MODE, chunks: [] }, { shown: 'b' })).toThrow(expect.objectContaining({ code: 'FILE_UNWRITABLE' }) as Error)
  expect(() => replaceFile(at(bench, 'c/x'), { mode: FILE_MODE, chunks: [] }, { shown: 'c/x' })).toThrow(expect.objectContaining({ code: 'FILE_UNWRITABLE' }) as Error)
  expect(bench.read()).toEqual({ 'b/x': 'x', c: 'c' })
})

it('removes a file with the folders it leaves empty, but not the one we stand in', () => {
  const bench = aBench()
  bench.write({ 'a/b/c': '1', 'd/e/f': '2' })
  removeFile(at(bench, 'a/b/c'), { shown: 'c', cwd: bench.root })
  removeFile(at(bench, 'd/e/f'), { shown: 'f', cwd: join(bench.root, 'd/e') })
  removeFile(at(bench, 'none'), { shown: 'none', cwd: bench.root })
  expect(existsSync(join(bench.root, 'a'))).toBe(false)
  expect(existsSync(join(bench.root, 'd/e'))).toBe(true)
})

it('asks before it replaces or removes', () => {
  const bench = aBench()
  writeFileSync(join(bench.root, 'a'), 'mine')
  const check = (): never => { throw new TypeError('no') }
  expect(() => replaceFile(at(bench, 'a'), { mode: FILE_MODE, chunks: [] }, { shown: 'a', check })).toThrow('no')
  expect(() => { removeFile(at(bench, 'a'), { shown: 'a', check, cwd: bench.root }) }).toThrow('no')
  expect(bench.read()).toEqual({ a: 'mine' })
})
