import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isAtomError } from '../../../src/base/errors.js'
import { createPlaces, isStoreName, realOf } from '../../../src/exchange/worktree/places.js'
import { aBench, clearBenches, type Bench } from '../../helpers/worktree.js'

clearBenches()

const reasonOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (isAtomError(error, 'PATH_INVALID')) return error.data.reason
    throw error
  }
  return 'nothing'
}
const placesOf = (bench: Bench, cwd = bench.root): ReturnType<typeof createPlaces> => createPlaces({ root: bench.root, home: bench.home, cwd, storeFolder: join(bench.root, '.atom') })

describe('what a typed path is called', () => {
  it('by where it lies: project, home, system', () => {
    const bench = aBench()
    const places = placesOf(bench)
    expect(places.locate('a.env')).toBe('project/a.env')
    expect(places.locate('./sub/../a.env')).toBe('project/a.env')
    expect(places.locate(join(bench.root, 'x/y'))).toBe('project/x/y')
    expect(places.locate('~/x')).toBe('home/x')
    expect(places.locate('../x')).toBe('home/x')
    expect(places.locate('~/project/x')).toBe('project/x')
    expect(places.locate('/etc/hosts')).toBe('system/etc/hosts')
    expect(places.locate('.')).toBe('project')
    expect(places.locate('~')).toBe('home')
    expect(places.locate('/')).toBe('system')
    expect(places.locate('sub/')).toBe('project/sub')
  })
  it('from a folder inside, and with no project', () => {
    const bench = aBench()
    bench.write({ 'sub/a': 'a' })
    expect(placesOf(bench, join(bench.root, 'sub')).locate('a')).toBe('project/sub/a')
    const machine = createPlaces({ root: undefined, home: bench.home, cwd: bench.root, storeFolder: join(bench.home, 'store') })
    expect(machine.locate('a')).toBe('home/project/a')
    expect(machine.getPlace('project/a')).toBeUndefined()
  })
  it('the folder where somebody stands, in the project and nowhere else', () => {
    const bench = aBench()
    bench.write({ 'sub/in/a': 'a', '.atom/spool/x': '' })
    const folderAt = (cwd: string): string | undefined => placesOf(bench, cwd).folder()
    expect([bench.root, join(bench.root, 'sub/in'), join(bench.root, '.atom/spool'), bench.home].map(folderAt)).toEqual(['project', 'project/sub/in', undefined, undefined])
  })
  it('in NFC, whatever the disk has', () => {
    expect(placesOf(aBench()).locate('cafe\u0301')).toBe('project/caf\u00e9')
  })
  it('and back, as people see it', () => {
    const { worktree } = aBench()
    expect(['project/a', 'home/x', 'system/etc/x', 'project', 'home', 'system'].map((path) => worktree.display(path))).toEqual(['a', '~/x', '/etc/x', '.', '~', '/'])
  })
})

describe('refuses', () => {
  it.each(['', 'a\0b', '.git/config', 'sub/.GIT/x', 'git~1/x', '.git::$INDEX_ALLOCATION/x', '.g\u200cit/x'])('%j', (typed) => {
    expect(reasonOf(() => placesOf(aBench()).locate(typed))).not.toBe('nothing')
  })
  it.each(['.atom', '.atom/format', '.ATOM/x', 'sub/.atom/x', '.atom./x', 'atom~1/x'])('%s, which is kept for stores', (typed) => {
    expect(reasonOf(() => placesOf(aBench()).locate(typed))).toMatch(/store/)
  })
  it("the store's folder under any name, also through a symbolic link", () => {
    const bench = aBench()
    const places = createPlaces({ root: bench.root, home: bench.home, cwd: bench.root, storeFolder: join(bench.root, 'trail') })
    mkdirSync(join(bench.root, 'trail'))
    symlinkSync('trail', join(bench.root, 'alias'))
    expect(reasonOf(() => places.locate('trail/x'))).toMatch(/store/)
    expect(reasonOf(() => places.locate('alias/x'))).toMatch(/store/)
  })
  it('a symbolic link on the way that leads out of the scope, and says where the file lies', () => {
    const bench = aBench()
    symlinkSync('/etc', join(bench.root, 'etc'))
    symlinkSync(bench.home, join(bench.root, 'up'))
    expect(reasonOf(() => placesOf(bench).locate('etc/passwd'))).toMatch(/symbolic link/)
    expect(reasonOf(() => placesOf(bench).locate('up/x'))).toMatch(/symbolic link/)
    expect(reasonOf(() => placesOf(bench).locate('~/project/etc/passwd'))).toMatch(/symbolic link/)
  })
})

it('follows a symbolic link on the way inside the scope once, and never the last part', () => {
  const bench = aBench()
  bench.write({ 'real/a': 'a', link: { link: 'real' } })
  expect(placesOf(bench).locate('link/a')).toBe('project/real/a')
  expect(placesOf(bench).locate('link')).toBe('project/link')
})

it('takes a home and a working folder that are symbolic links for what they lead to', () => {
  const bench = aBench()
  symlinkSync(bench.home, join(bench.base, 'house'))
  const places = createPlaces({ root: bench.root, home: join(bench.base, 'house'), cwd: join(bench.base, 'house/project'), storeFolder: join(bench.root, '.atom') })
  expect(places.locate('a')).toBe('project/a')
  expect(places.locate('~/x')).toBe('home/x')
  expect(places.locate(join(bench.base, 'house/x'))).toBe('home/x')
  expect(places.locate('~')).toBe('home')
})

it('keeps what does not exist as it is', () => {
  const bench = aBench()
  expect(realOf(join(bench.root, 'none/deeper'))).toBe(join(bench.root, 'none/deeper'))
  rmSync(bench.root, { recursive: true })
  expect(placesOf(bench).locate('gone.env')).toBe('project/gone.env')
})

it.each([['.atom', true], ['.Atom', true], ['.atom ', true], ['atom~1', true], ['.atomic', false], ['atom', false], ['.atom-home', false], ['x.atom', false]])('knows the look-alikes of .atom: %s %s', (name, is) => {
  expect(isStoreName(name)).toBe(is)
})
