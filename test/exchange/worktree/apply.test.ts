import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { EMPTY_TREE } from '../../../src/tree/read.js'
import { aBench, clearBenches, type Files } from '../../helpers/worktree.js'

clearBenches()

const tracked = (files: Files): Files => Object.fromEntries(Object.entries(files).map(([path, spec]) => [`project/${path}`, spec]))

describe('laying out', () => {
  it('writes files, executables and symbolic links, and makes folders', async () => {
    const bench = aBench()
    const files: Files = { a: 'a', 'd/e/x': { text: '#!', mode: 0o755 }, link: { link: '../outside' }, empty: '' }
    await bench.layOut(EMPTY_TREE.id, await bench.tree(tracked(files)))
    expect(bench.read()).toEqual(files)
  })
  it('removes files and the folders they leave empty, not the root nor those with something in them', async () => {
    const bench = aBench()
    const from = await bench.tree(tracked({ 'a/b/c': 'c', 'k/x': 'x', top: 't' }))
    await bench.layOut(EMPTY_TREE.id, from)
    bench.write({ 'k/mine': 'm' })
    await bench.layOut(from, EMPTY_TREE.id)
    expect(bench.read()).toEqual({ 'k/mine': 'm' })
    expect(existsSync(join(bench.root, 'a'))).toBe(false)
    expect(existsSync(bench.root)).toBe(true)
  })
  it('turns folders into files, files into folders and links into either', async () => {
    const bench = aBench()
    const one = tracked({ 'a/b': '1', c: '2', d: { link: '/etc' }, 'e/f': '3' })
    const two = tracked({ a: '1', 'c/x': '2', 'd/x': '3', e: { link: 'a' } })
    const [first, second] = [await bench.tree(one), await bench.tree(two)]
    await bench.layOut(EMPTY_TREE.id, first)
    await bench.layOut(first, second)
    expect(bench.read()).toEqual({ a: '1', 'c/x': '2', 'd/x': '3', e: { link: 'a' } })
    await bench.layOut(second, first)
    expect(bench.read()).toEqual({ 'a/b': '1', c: '2', d: { link: '/etc' }, 'e/f': '3' })
  })
  it('keeps a private file private, and sets no other bits', async () => {
    const bench = aBench()
    bench.write({ key: { text: 'old', mode: 0o600 }, run: { text: 'old', mode: 0o700 } })
    chmodSync(join(bench.root, 'run'), 0o4700)
    const from = await bench.capture(['project/key', 'project/run'])
    await bench.layOut(from, await bench.tree(tracked({ key: { text: 'new', mode: 0o755 }, run: 'new' })))
    expect((lstatSync(join(bench.root, 'key')).mode & 0o7777).toString(8)).toBe('700')
    expect((lstatSync(join(bench.root, 'run')).mode & 0o7777).toString(8)).toBe('600')
  })
  it('remembers stat data, so that nothing has to be read afterwards', async () => {
    const bench = aBench()
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`f${String(index)}`, `text ${String(index)}`]))
    const tree = await bench.tree(tracked(files))
    await bench.layOut(EMPTY_TREE.id, tree)
    const read: unknown[] = []
    expect(await bench.worktree.changes(bench.source, tree, { untracked: 'show', remember: (records) => { read.push(...records) } })).toEqual([])
    expect(read).toEqual([])
  })
  it('streams large files', async () => {
    const bench = aBench()
    const large = new Uint8Array(3_500_000).map((_, index) => index * 7 + (index >> 10))
    await bench.layOut(EMPTY_TREE.id, await bench.tree({ 'project/large': large }))
    expect(Buffer.compare(readFileSync(join(bench.root, 'large')), Buffer.from(large))).toBe(0)
  })
  it('into a folder of its own puts nothing else there, and nothing here', async () => {
    const bench = aBench()
    const to = await bench.tree({ 'project/a': 'a', 'home/.config/x': 'x', 'system/etc/y': { link: 'z' } })
    await bench.layOut(EMPTY_TREE.id, to, { target: join(bench.base, 'out/deep') })
    expect(bench.read(join(bench.base, 'out/deep'))).toEqual({ '.atom-home/.config/x': 'x', '.atom-system/etc/y': { link: 'z' }, a: 'a' })
    expect(bench.read()).toEqual({})
    expect(readdirSync(bench.home)).toEqual(['project'])
  })
})

describe('never', () => {
  it('writes through a symbolic link that was swapped in after the plan', async () => {
    const bench = aBench()
    bench.write({ 'd/a': 'old' })
    mkdirSync(join(bench.base, 'victim'))
    writeFileSync(join(bench.base, 'victim/a'), 'old')
    const from = await bench.capture(['project/d/a'])
    const to = await bench.tree(tracked({ 'd/a': 'evil' }))
    const plan = await bench.worktree.plan(bench.source, { from, to, scopes: [], force: true, files: 'changed' })
    renameSync(join(bench.root, 'd'), join(bench.root, 'was'))
    symlinkSync(join(bench.base, 'victim'), join(bench.root, 'd'))
    await expect(bench.worktree.apply(bench.source, plan, {})).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
    expect(readFileSync(join(bench.base, 'victim/a'), 'utf8')).toBe('old')
    expect(readdirSync(join(bench.base, 'victim'))).toEqual(['a'])
  })
  it('replaces the target of a symbolic link that is the file itself', async () => {
    const bench = aBench()
    bench.write({ real: 'mine', a: { link: 'real' } })
    const from = await bench.capture(['project/a'])
    await bench.layOut(from, await bench.tree(tracked({ a: 'new' })))
    expect(bench.read()).toEqual({ a: 'new', real: 'mine' })
  })
  it('overwrites what changed after the plan', async () => {
    const bench = aBench()
    bench.write({ a: 'old' })
    const from = await bench.capture(['project/a'])
    const plan = await bench.worktree.plan(bench.source, { from, to: await bench.tree(tracked({ a: 'new' })), scopes: [], force: false, files: 'changed' })
    writeFileSync(join(bench.root, 'a'), 'typed meanwhile')
    await expect(bench.worktree.apply(bench.source, plan, {})).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
    expect(bench.read()).toEqual({ a: 'typed meanwhile' })
  })
  it('leaves half a file: killed at any moment, each is old or new', async () => {
    const bench = aBench()
    const size = 200_000
    const contents = ['A', 'B'].map((letter) => letter.repeat(size))
    const child = spawn(process.execPath, ['--input-type=module', '-e', `
      const { createServer } = await import(${JSON.stringify(join(import.meta.dirname, '../../../node_modules/vite/dist/node/index.js'))})
      const server = await createServer({ configFile: false, logLevel: 'silent', server: { middlewareMode: true, hmr: false, ws: false }, optimizeDeps: { noDiscovery: true }, root: ${JSON.stringify(join(import.meta.dirname, '../../..'))} })
      const { replaceFile } = await server.ssrLoadModule('/src/exchange/worktree/write-file.ts')
      const place = { path: 'project/a', scope: 'project', folder: ${JSON.stringify(bench.root)}, segments: ['a'] }
      process.stdout.write('go')
      for (let turn = 0; ; turn++) replaceFile(place, { mode: 0o100644, chunks: [new TextEncoder().encode('AB'[turn % 2].repeat(${String(size)}))] }, { shown: 'a' })
    `], { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    await new Promise((resolve) => setTimeout(resolve, 120))
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
    expect(contents).toContain(readFileSync(join(bench.root, 'a'), 'utf8'))
    expect(await bench.worktree.list('project')).toEqual(['project/a'])
    await bench.layOut(EMPTY_TREE.id, await bench.tree(tracked({ a: 'next' })), { force: true })
    expect(readdirSync(bench.root).filter((name) => name.startsWith('.atom-write'))).toEqual([])
  })
  it('leaves anything half-written when the disk is full', async () => {
    if (!existsSync('/dev/full') || process.getuid?.() !== 0) {
      console.warn('skipped: a full disk can only be mounted as root')
      return
    }
    const bench = aBench()
    const { mounted, unmount } = mountSmallDisk(bench.base)
    if (!mounted) return
    try {
      const worktree = bench.with({ root: join(bench.base, 'small'), cwd: join(bench.base, 'small') })
      const to = await bench.tree(tracked({ a: 'a', big: new Uint8Array(900_000).fill(7), bigger: new Uint8Array(900_000).fill(8) }))
      const plan = await worktree.plan(bench.source, { from: EMPTY_TREE.id, to, scopes: [], force: false, files: 'changed' })
      await expect(worktree.apply(bench.source, plan, {})).rejects.toMatchObject({ code: 'STORE_FULL' })
      expect(readdirSync(join(bench.base, 'small')).sort()).toEqual(['a', 'big'])
      expect(statSync(join(bench.base, 'small/big')).size).toBe(900_000)
    } finally {
      unmount()
    }
  })
})

function mountSmallDisk(base: string): { readonly mounted: boolean; unmount(): void } {
  const folder = join(base, 'small')
  mkdirSync(folder)
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1200k', 'tmpfs', folder])
  if (status !== 0) console.warn('skipped: this machine lets nobody mount a small disk')
  return { mounted: status === 0, unmount: () => { spawnSync('umount', [folder]) } }
}

describe('one file', () => {
  it('is written in place of what is there and keeps its executable bit', async () => {
    const bench = aBench()
    bench.write({ x: { text: '#!', mode: 0o755 } })
    const record = await bench.worktree.write('project/x', utf8('#!new'))
    expect(bench.read()).toEqual({ x: { text: '#!new', mode: 0o755 } })
    expect(record.bytes).toBeDefined()
    await bench.worktree.write('project/sub/new', utf8('n'))
    expect(bench.read()['sub/new']).toBe('n')
    await expect(bench.worktree.write('project/.atom/format', utf8('x'))).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
  })
  it('moves with its permissions, and empty folders do not stay behind', async () => {
    const bench = aBench()
    bench.write({ 'd/key': { text: 'k', mode: 0o600 }, other: 'o' })
    await bench.worktree.move('project/d/key', 'project/e/f/key', 'refuse')
    expect((lstatSync(join(bench.root, 'e/f/key')).mode & 0o777).toString(8)).toBe('600')
    expect(existsSync(join(bench.root, 'd'))).toBe(false)
    await expect(bench.worktree.move('project/other', 'project/e/f/key', 'refuse')).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
    await bench.worktree.move('project/other', 'project/e/f/key', 'replace')
    expect(bench.read()).toEqual({ 'e/f/key': 'o' })
  })
})

it('a random tree, changed at random, comes back byte for byte', async () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd.e', 'é', '名前', ' x', 'y ', '-z', "q'")
  const spec = fc.oneof(
    fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.constantFrom('#!/bin/sh\n').map((text) => ({ text, mode: 0o755 })),
    fc.constantFrom('a', '../x', '/etc/passwd', 'none').map((link) => ({ link })),
  )
  const tree = fc.array(fc.tuple(fc.array(name, { minLength: 1, maxLength: 3 }), spec), { maxLength: 12 }).map((list) => {
    const files: Record<string, (typeof list)[number][1]> = {}
    for (const [segments, one] of list) {
      const path = segments.join('/')
      const isFree = Object.keys(files).every((other) => other !== path && !other.startsWith(`${path}/`) && !path.startsWith(`${other}/`))
      if (isFree) files[path] = one
    }
    return files
  })
  await fc.assert(fc.asyncProperty(tree, tree, async (first, second) => {
    const bench = aBench()
    const asBytes = (files: typeof first): Files => Object.fromEntries(Object.entries(files).map(([path, one]) => [path, typeof one === 'string' ? new Uint8Array(Buffer.from(one, 'latin1')) : one]))
    bench.write(asBytes(first))
    const was = bench.read()
    const from = await bench.capture(await bench.worktree.list('project'))
    const to = await bench.tree(tracked(asBytes(second)))
    expect((await bench.layOut(from, to)).filter(({ obstacle }) => obstacle !== undefined)).toEqual([])
    expect(await bench.worktree.changes(bench.source, to, { untracked: 'show' })).toEqual([])
    await bench.layOut(to, from)
    expect(bench.read()).toEqual(was)
    expect(await bench.worktree.changes(bench.source, from, { untracked: 'show' })).toEqual([])
  }), { numRuns: 60 })
})
