import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EMPTY_TREE } from '../../../src/tree/read.js'
import type { PlanOptions, PlanStep } from '../../../src/ops/ports.js'
import { aBench, clearBenches, type Bench, type Files } from '../../helpers/worktree.js'

clearBenches()

type Trees = { readonly from?: Files; readonly to: Files }
const plan = async (bench: Bench, { from = {}, to }: Trees, options: Partial<PlanOptions> = {}, worktree = bench.worktree): Promise<readonly PlanStep[]> => {
  const trees = { from: await bench.tree(from), to: await bench.tree(to) }
  return (await worktree.plan(bench.source, { ...trees, scopes: [], force: false, files: 'changed', ...options })).steps
}
const said = (steps: readonly PlanStep[]): string[] => steps.map(({ path, work, obstacle }) => `${work} ${path}${obstacle === undefined ? '' : ` ${obstacle}`}`)

describe('the plan', () => {
  it('writes what differs between the trees, and nothing that is there already', async () => {
    const bench = aBench()
    bench.write({ a: 'old', b: 'new', gone: 'x', other: 'edited' })
    const from = { 'project/a': 'old', 'project/b': 'old', 'project/gone': 'x', 'project/other': 'o', 'project/away': 'y' }
    expect(said(await plan(bench, { from, to: { 'project/a': 'new', 'project/b': 'new', 'project/c': 'new', 'project/other': 'o' } }))).toEqual([
      'write project/a', 'none project/away', 'none project/b', 'write project/c', 'remove project/gone',
    ])
  })
  it('with `every`, brings back unchanged files too', async () => {
    const bench = aBench()
    bench.write({ a: 'edited' })
    const same = { 'project/a': 'a', 'project/b': 'b' }
    expect(said(await plan(bench, { from: same, to: same }))).toEqual([])
    expect(said(await plan(bench, { from: same, to: same }, { files: 'every' }))).toEqual(['write project/a local-changes', 'write project/b'])
    expect(said(await plan(bench, { from: same, to: same }, { files: 'every', force: true, paths: ['project/a'] }))).toEqual(['write project/a'])
  })
  it('stops at local changes and untracked files, unless forced', async () => {
    const bench = aBench()
    bench.write({ edited: 'mine', removed: 'mine', untracked: 'mine', bit: 'old' })
    chmodSync(join(bench.root, 'bit'), 0o755)
    const trees = { from: { 'project/edited': 'old', 'project/removed': 'old', 'project/bit': 'old' }, to: { 'project/edited': 'new', 'project/untracked': 'theirs', 'project/bit': 'new' } }
    expect(said(await plan(bench, trees))).toEqual(['write project/bit local-changes', 'write project/edited local-changes', 'remove project/removed local-changes', 'write project/untracked untracked'])
    expect(said(await plan(bench, trees, { force: true }))).toEqual(['write project/bit', 'write project/edited', 'remove project/removed', 'write project/untracked'])
  })
  it('lets a file that was deleted here be written or stay away', async () => {
    const bench = aBench()
    expect(said(await plan(bench, { from: { 'project/a': 'old', 'project/b': 'old' }, to: { 'project/a': 'new' } }))).toEqual(['write project/a', 'none project/b'])
  })
})

describe('files outside the project', () => {
  it('need their scope, and force is no leave', async () => {
    const bench = aBench()
    const to = { 'home/x': 'x', [`system${bench.base}/y`]: 'y', 'project/z': 'z' }
    expect(said(await plan(bench, { to }, { force: true }))).toEqual(['write home/x scope', 'write project/z', `write system${bench.base}/y scope`])
    expect(said(await plan(bench, { to }, { scopes: ['home'] }))).toEqual(['write home/x', 'write project/z', `write system${bench.base}/y scope`])
  })
  it('that hold it already need no leave', async () => {
    const bench = aBench()
    writeFileSync(join(bench.home, 'x'), 'x')
    expect(said(await plan(bench, { to: { 'home/x': 'x' } }))).toEqual(['none home/x'])
  })
  it('of a store without a project are left alone', async () => {
    const bench = aBench()
    expect(said(await plan(bench, { from: { 'project/b': 'b' }, to: { 'project/a': 'a' } }, {}, bench.with({ root: undefined })))).toEqual(['write project/a not-writable'])
  })
})

describe('names that cannot be files here', () => {
  it.each(['.git/config', '.GIT/hooks/x', 'sub/.git./x', 'git~1/x', '.atom/format', '.ATOM/store/x', 'sub/.atom/x', '.g\u200cit/x', 'a'.repeat(300)])('%s', async (name) => {
    const steps = await plan(aBench(), { to: { [`project/${name}`]: 'evil' } }, { force: true, scopes: ['home', 'system'] })
    expect(steps).toMatchObject([{ obstacle: 'not-writable' }])
  })
  it('reserved ones, on Windows only', async () => {
    const bench = aBench()
    const to = { 'project/aux.txt': '1', 'project/a:b': '2', 'project/dot.': '3', 'project/ok': '4' }
    expect(said(await plan(bench, { to }))).toEqual(['write project/a:b', 'write project/aux.txt', 'write project/dot.', 'write project/ok'])
    expect(said(await plan(bench, { to }, {}, bench.with({ platform: 'win32' } as never)))).toEqual(['write project/a:b not-writable', 'write project/aux.txt not-writable', 'write project/dot. not-writable', 'write project/ok'])
  })
  it('the second of two that differ in case, on disks that take them for one', async () => {
    const bench = aBench()
    const to = { 'project/A': '1', 'project/a': '2', 'project/Dir/x': '3', 'project/dir': '4', 'project/dir2/x': '5' }
    expect(said(await plan(bench, { to }, {}, bench.with({ names: 'case-insensitive' } as never)))).toEqual(['write project/A', 'write project/Dir/x', 'write project/a not-writable', 'write project/dir not-writable', 'write project/dir2/x'])
    expect((await plan(bench, { to })).every(({ obstacle }) => obstacle === undefined)).toBe(true)
  })
  it('the store, wherever it lies, and links with targets no disk takes', async () => {
    const bench = aBench()
    const to = { 'home/project/.atom/store/x': '1', 'project/trail/x': '2', 'project/link': { link: 'a\0b' }, 'project/void': { link: '' }, 'project/long': { link: 'x'.repeat(5_000) } }
    const steps = await plan(bench, { to }, { scopes: ['home'] }, bench.with({ storeFolder: join(bench.root, 'trail') }))
    expect(steps.map(({ obstacle }) => obstacle)).toEqual(Array(5).fill('not-writable'))
  })
  it('content that was forgotten', async () => {
    const bench = aBench()
    const to = await bench.tree({ 'project/a': 'a' })
    const source = { ...bench.source, getObject: (id: typeof to) => (id.startsWith('55') ? undefined : bench.source.getObject(id)) }
    const { steps } = await bench.worktree.plan(source, { from: EMPTY_TREE.id, to, scopes: [], force: false, files: 'changed' })
    expect(steps).toMatchObject([{ obstacle: 'not-writable' }])
    expect(steps[0]?.reason).toMatch(/forgotten/)
  })
})

describe('what is in the way', () => {
  it('blocks: a folder, a file, a symbolic link, a pipe; force does not help', async () => {
    const bench = aBench()
    bench.write({ 'folder/mine': 'm', parent: 'p', 'real/keep': 'k' })
    symlinkSync('real', join(bench.root, 'link'))
    symlinkSync('/etc', join(bench.root, 'out'))
    spawnSync('mkfifo', [join(bench.root, 'pipe')])
    mkdirSync(join(bench.root, 'empty/deep'), { recursive: true })
    const to = { 'project/folder': '1', 'project/parent/x': '2', 'project/link/keep': '3', 'project/out/passwd': '4', 'project/pipe': '5', 'project/empty': '6' }
    expect(said(await plan(bench, { to }, { force: true }))).toEqual([
      'write project/empty', 'write project/folder blocked', 'write project/link/keep blocked', 'write project/out/passwd blocked', 'write project/parent/x blocked', 'write project/pipe blocked',
    ])
  })
  it('does not when the plan itself takes it away', async () => {
    const bench = aBench()
    bench.write({ 'a/b': 'b', c: 'c', d: { link: '/etc' } })
    expect(said(await plan(bench, { from: { 'project/a/b': 'b', 'project/c': 'c', 'project/d': { link: '/etc' } }, to: { 'project/a': 'a', 'project/c/x': 'x', 'project/d/passwd': 'p' } }))).toEqual([
      'write project/a', 'remove project/a/b', 'remove project/c', 'write project/c/x', 'remove project/d', 'write project/d/passwd',
    ])
  })
  it('does when what would be taken away has local changes', async () => {
    const bench = aBench()
    bench.write({ 'a/b': 'mine', c: 'mine' })
    expect(said(await plan(bench, { from: { 'project/a/b': 'b', 'project/c': 'c' }, to: { 'project/a': 'a', 'project/c/x': 'x' } }))).toEqual([
      'write project/a blocked', 'remove project/a/b local-changes', 'remove project/c local-changes', 'write project/c/x blocked',
    ])
  })
  it('is nothing for a file that is to go and is hidden by it', async () => {
    const bench = aBench()
    bench.write({ 'real/x': 'x' })
    symlinkSync('real', join(bench.root, 'd'))
    expect(said(await plan(bench, { from: { 'project/d/x': 'x' }, to: {} }))).toEqual(['none project/d/x'])
  })
})

describe('a folder of its own', () => {
  it('takes every scope without leave, and reads no remembered stat data', async () => {
    const bench = aBench()
    const to = { 'project/a': '1', 'home/.config/x': '2', 'system/etc/y': '3', 'project/.atom-home/z': '4' }
    expect(said(await plan(bench, { to }, { target: join(bench.base, 'out') }))).toEqual(['write home/.config/x', 'write project/.atom-home/z not-writable', 'write project/a', 'write system/etc/y'])
  })
  it('may not be the store, a file, nor overwrite what differs', async () => {
    const bench = aBench()
    bench.write({ 'out/a': 'mine', 'out/b': 'same' })
    const trees = { to: { 'project/a': 'theirs', 'project/b': 'same' } }
    await expect(plan(bench, trees, { target: '.atom/x' })).rejects.toMatchObject({ code: 'PATH_INVALID' })
    await expect(plan(bench, trees, { target: 'out/a' })).rejects.toMatchObject({ code: 'PATH_INVALID' })
    expect(said(await plan(bench, trees, { target: 'out' }))).toEqual(['write project/a untracked', 'none project/b'])
    rmSync(join(bench.root, 'out'), { recursive: true })
  })
})
