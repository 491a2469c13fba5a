import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aBench, clearBenches } from '../../helpers/worktree.js'

clearBenches()

describe('the files below a folder', () => {
  it('are listed sorted, links as themselves, without .atom, .git, pipes and half-written files', async () => {
    const bench = aBench()
    bench.write({ b: '', 'a/z': '', 'a.b': '', 'sub/.git/config': '', 'sub/.atom/format': '', 'sub/keep': '', '.atom-write-1-0123456789ab': '', '.gitmodules': '' })
    symlinkSync('/etc', join(bench.root, 'link'))
    spawnSync('mkfifo', [join(bench.root, 'pipe')])
    expect(await bench.worktree.list('project')).toEqual(['project/.gitmodules', 'project/a.b', 'project/a/z', 'project/b', 'project/link', 'project/sub/keep'])
    expect(await bench.worktree.list('project/a')).toEqual(['project/a/z'])
    expect(await bench.worktree.list('project/b')).toEqual(['project/b'])
    expect(await bench.worktree.list('project/none')).toEqual([])
    expect(await bench.worktree.list('project/link/hosts')).toEqual([])
  })
  it("leave out the store's folder under any name", async () => {
    const bench = aBench()
    bench.write({ 'trail/format': '', a: '' })
    expect(await bench.with({ storeFolder: join(bench.root, 'trail') }).list('project')).toEqual(['project/a'])
  })
  it('take names in NFC, and warn of two that become one', async () => {
    const bench = aBench()
    bench.write({ 'cafe\u0301': 'd', '\u00e9': 'c', 'e\u0301': 'd' })
    expect(await bench.worktree.list('project')).toEqual(['project/caf\u00e9', 'project/\u00e9'])
    expect(bench.warnings.join()).toMatch(/two Unicode forms/)
  })
  it('leave out names that are not UTF-8 or cannot be recorded, with a warning', async () => {
    const bench = aBench()
    writeFileSync(Buffer.concat([Buffer.from(`${bench.root}/bad`), Buffer.from([0xff, 0xfe])]), '')
    bench.write({ 'good\ufffd': '', 'git~1': '', 'a\nb': '', 'c\\d': '' })
    expect(await bench.worktree.list('project')).toEqual(['project/a\nb', 'project/c\\d', 'project/good\ufffd'])
    expect(bench.warnings.join()).toMatch(/not UTF-8/)
  })
})

describe('.gitignore', () => {
  it('is honoured, the nearest file first, from the root down', async () => {
    const bench = aBench()
    bench.write({
      '.gitignore': '*.log\n/build/\nsecret\n!keep.log\n', 'a.log': '', 'keep.log': '', 'build/x': '', 'sub/build/x': '', 'sub/secret': '',
      'sub/.gitignore': '!secret\nlocal\n', 'sub/local': '', 'sub/b.log': '',
    })
    expect(await bench.worktree.list('project')).toEqual(['project/.gitignore', 'project/keep.log', 'project/sub/.gitignore', 'project/sub/build/x', 'project/sub/secret'])
    expect(await bench.worktree.list('project/sub')).toEqual(['project/sub/.gitignore', 'project/sub/build/x', 'project/sub/secret'])
  })
  it('does not hide what was named itself', async () => {
    const bench = aBench()
    bench.write({ '.gitignore': 'build/\n*.log\n', 'build/x': '', 'build/y.log': '', 'a.log': '' })
    expect(await bench.worktree.list('project/a.log')).toEqual(['project/a.log'])
    expect(await bench.worktree.list('project/build')).toEqual(['project/build/x', 'project/build/y.log'])
  })
  it('of the home folder says nothing about a folder that was named in it', async () => {
    const bench = aBench()
    writeFileSync(join(bench.home, '.gitignore'), '*\n')
    mkdirSync(join(bench.home, '.config'))
    writeFileSync(join(bench.home, '.config/x'), '')
    expect(await bench.worktree.list('home/.config')).toEqual(['home/.config/x'])
  })
  it('agrees with git', async () => {
    const bench = aBench()
    bench.write({
      '.gitignore': '# note\n\\#hash\n*.o\n!important.o\nfoo/**/bar\n**/deep\na/*/c\n[xy].txt\ntrailing \nesc\\ \n/rooted\ndir/\n', '#hash': '', 'x.o': '', 'important.o': '', 'foo/1/2/bar': '', 'foo/bar': '',
      'q/deep/f': '', 'a/b/c': '', 'a/b/d/c': '', 'x.txt': '', 'z.txt': '', trailing: '', 'esc ': '', rooted: '', 'n/rooted': '', dir: '', 'n/dir/f': '', 'n/.gitignore': '!x.o\n', 'n/x.o': '', 'ü/x.o': '',
    })
    spawnSync('git', ['init', '-q'], { cwd: bench.root })
    const out = spawnSync('git', ['-c', 'core.quotePath=false', 'ls-files', '-z', '--others', '--exclude-standard'], { cwd: bench.root, encoding: 'utf8' }).stdout
    const expected = out.split('\0').filter((path) => path !== '' && !path.startsWith('.atom')).map((path) => `project/${path}`)
    expect(await bench.worktree.list('project')).toEqual(expected.sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))))
  })
})
