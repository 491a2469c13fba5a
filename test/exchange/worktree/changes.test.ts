import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LayoutRecord, LocalChange } from '../../../src/ops/ports.js'
import { age, aBench, clearBenches, type Bench } from '../../helpers/worktree.js'

clearBenches()

const changesOf = async (bench: Bench, tree: Awaited<ReturnType<Bench['tree']>>, paths?: readonly string[]): Promise<string[]> =>
  (await bench.worktree.changes(bench.source, tree, { untracked: 'show', ...(paths && { paths }) })).map(({ path, change }: LocalChange) => `${change} ${path}`)

describe('what differs from a tree', () => {
  it('has its kind: modify, mode, type, delete, untracked', async () => {
    const bench = aBench()
    bench.write({ same: '1', edited: '2', bit: '3', linked: '4', gone: '5', pipe: '6', folder: '7', 'parent/x': '8' })
    const tree = await bench.capture(['same', 'edited', 'bit', 'linked', 'gone', 'pipe', 'folder', 'parent/x'].map((name) => `project/${name}`))
    const at = (name: string): string => join(bench.root, name)
    writeFileSync(at('edited'), 'x')
    chmodSync(at('bit'), 0o755)
    for (const name of ['linked', 'gone', 'pipe', 'folder']) rmSync(at(name))
    symlinkSync('same', at('linked'))
    spawnSync('mkfifo', [at('pipe')])
    mkdirSync(at('folder'))
    renameSync(at('parent'), at('moved'))
    symlinkSync('moved', at('parent'))
    bench.write({ new: 'n' })
    expect(await changesOf(bench, tree)).toEqual([
      'mode project/bit', 'modify project/edited', 'delete project/folder', 'delete project/gone', 'type project/linked', 'untracked project/moved/x', 'untracked project/new',
      'untracked project/parent', 'delete project/parent/x', 'type project/pipe',
    ])
    expect(await changesOf(bench, tree, ['project/edited', 'project/new'])).toEqual(['modify project/edited', 'untracked project/new'])
  })
  it('is found though size and time of modification are as they were', async () => {
    const bench = aBench()
    bench.write({ a: 'one' })
    age(join(bench.root, 'a'))
    const tree = await bench.capture(['project/a'])
    writeFileSync(join(bench.root, 'a'), 'two')
    age(join(bench.root, 'a'))
    expect(await changesOf(bench, tree)).toEqual(['modify project/a'])
  })
  it('is found though the file was captured in the very tick in which it changed', async () => {
    const bench = aBench()
    for (let round = 0; round < 50; round++) {
      bench.write({ a: 'one' })
      const tree = await bench.capture(['project/a'])
      writeFileSync(join(bench.root, 'a'), 'two')
      expect(await changesOf(bench, tree)).toEqual(['modify project/a'])
    }
  })
  it('is nothing for a file that was only touched', async () => {
    const bench = aBench()
    bench.write({ a: 'one' })
    const tree = await bench.capture(['project/a'])
    utimesSync(join(bench.root, 'a'), 1, 1)
    expect(await changesOf(bench, tree)).toEqual([])
  })
  it('covers tracked files of home and system, and leaves out a scope that has no folder here', async () => {
    const bench = aBench()
    writeFileSync(join(bench.home, '.conf'), 'c')
    const tree = await bench.capture(['home/.conf'])
    rmSync(join(bench.home, '.conf'))
    expect(await changesOf(bench, tree)).toEqual(['delete home/.conf'])
    const machine = bench.with({ root: undefined })
    expect(await machine.changes(bench.source, await bench.tree({ 'project/a': 'a' }), { untracked: 'show' })).toEqual([])
  })
  it('takes a decomposed name on disk for the composed one, and an imported decomposed one for itself', async () => {
    const bench = aBench()
    bench.write({ 'e\u0301': 'a' })
    expect(await changesOf(bench, await bench.tree({ 'project/\u00e9': 'a' }))).toEqual([])
    expect(await changesOf(bench, await bench.tree({ 'project/e\u0301': 'a' }))).toEqual([])
  })
})

describe('a file whose stat data are the remembered ones', () => {
  it('is not read', async () => {
    const bench = aBench()
    bench.write({ a: new Uint8Array(5_000_000) })
    age(join(bench.root, 'a'))
    await new Promise((resolve) => setTimeout(resolve, 40))
    const tree = await bench.capture(['project/a'])
    const read: LayoutRecord[] = []
    await bench.worktree.changes(bench.source, tree, { untracked: 'hide', remember: (records) => { read.push(...records) } })
    expect(read).toEqual([])
  })
  // A machine that is busy elsewhere between the write and the capture makes them far apart.
  it('is read when it was captured too close to its change, and can then be remembered', { retry: 5 }, async () => {
    const bench = aBench()
    bench.write({ a: new Uint8Array(5_000_000) })
    const tree = await bench.capture(['project/a'])
    await new Promise((resolve) => setTimeout(resolve, 40))
    const read: LayoutRecord[] = []
    const options = { untracked: 'hide', remember: (records: readonly LayoutRecord[]) => { read.push(...records) } } as const
    await bench.worktree.changes(bench.source, tree, options)
    expect(read).toHaveLength(1)
    await bench.remember(read)
    await bench.worktree.changes(bench.source, tree, options)
    expect(read).toHaveLength(1)
  })
})

it('looks at 10,000 files in well under a second', async () => {
  const bench = aBench()
  const paths: string[] = []
  for (let index = 0; index < 10_000; index++) paths.push(`d${String(index % 100)}/f${String(index)}`)
  bench.write(Object.fromEntries(paths.map((path) => [path, path])))
  await new Promise((resolve) => setTimeout(resolve, 40))
  const tree = await bench.capture(paths.map((path) => `project/${path}`))
  // The processor's time, not the clock's: other tests run at the same time.
  const start = process.cpuUsage()
  expect(await changesOf(bench, tree)).toEqual([])
  const { user, system } = process.cpuUsage(start)
  expect((user + system) / 1_000).toBeLessThan(2_000)
})
