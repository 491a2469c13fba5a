import { spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, lstatSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AtomError } from '../../../src/base/errors.js'
import { toDisplayText } from '../../../src/base/bytes.js'
import { codecOf } from '../../../src/codec/object-id.js'
import { readEntry } from '../../../src/exchange/worktree/capture.js'
import { createLook } from '../../../src/exchange/worktree/look.js'
import type { SealedObject } from '../../../src/object/seal.js'
import type { CapturedFile } from '../../../src/ops/ports.js'
import { aBench, clearBenches, type Bench } from '../../helpers/worktree.js'

clearBenches()

const none = (): Promise<void> => Promise.resolve()
const capture = (bench: Bench, path: string): Promise<CapturedFile | undefined> => bench.worktree.capture(path, none)
const textOf = (file: CapturedFile | undefined): string => toDisplayText(file?.objects[0]?.bytes ?? new Uint8Array(0))

describe('a captured file', () => {
  it('has its bytes, and the executable bit of its owner alone', async () => {
    const bench = aBench()
    bench.write({ a: 'hello', x: { text: '#!', mode: 0o744 }, g: { text: '', mode: 0o655 }, s: { text: 's', mode: 0o644 } })
    chmodSync(join(bench.root, 's'), 0o4644)
    expect(textOf(await capture(bench, 'project/a'))).toBe('hello')
    const modes = await Promise.all(['a', 'x', 'g', 's'].map(async (name) => (await capture(bench, `project/${name}`))?.entry.mode.toString(8)))
    expect(modes).toEqual(['100644', '100755', '100644', '100644'])
  })
  it('that is a symbolic link has the text of its target, wherever that is', async () => {
    const bench = aBench()
    bench.write({ link: { link: '/etc/passwd' }, loop: { link: 'loop' } })
    expect(await capture(bench, 'project/link')).toMatchObject({ entry: { mode: 0o120000 } })
    expect(textOf(await capture(bench, 'project/link'))).toBe('/etc/passwd')
    expect(textOf(await capture(bench, 'project/loop'))).toBe('loop')
  })
  it('may be empty, and exactly 1 MiB stays one object', async () => {
    const bench = aBench()
    bench.write({ empty: '', full: new Uint8Array(1_048_576) })
    expect(textOf(await capture(bench, 'project/empty'))).toBe('')
    expect(codecOf((await capture(bench, 'project/full'))?.entry.link ?? ('' as never))).toBe('raw')
  })
  it('above 1 MiB goes ahead in batches of at most 8 MiB', async () => {
    const bench = aBench()
    writeFileSync(join(bench.root, 'big'), new Uint8Array(0))
    truncateSync(join(bench.root, 'big'), 20_000_000)
    appendFileSync(join(bench.root, 'big'), 'end')
    const batches: number[] = []
    const file = await bench.worktree.capture('project/big', (objects: readonly SealedObject[]) => {
      batches.push(objects.reduce((sum, { bytes }) => sum + bytes.length, 0))
      return Promise.resolve()
    })
    expect(batches.reduce((sum, size) => sum + size, 0)).toBe(20_000_003)
    expect(Math.max(...batches)).toBeLessThanOrEqual(8_388_608)
    expect(file?.objects).toHaveLength(1)
    expect(codecOf(file?.entry.link ?? ('' as never))).toBe('dag-cbor')
  })
  it('that the store has no room for, or refuses, says so and not that it cannot be read', async () => {
    const bench = aBench()
    bench.write({ big: new Uint8Array(1_048_577) })
    for (const failure of [new AtomError('STORE_FULL', 'the disk is full', { data: { folder: '' } }), new DOMException('interrupted', 'AbortError')]) {
      await expect(bench.worktree.capture('project/big', () => Promise.reject(failure))).rejects.toBe(failure)
    }
  })
  it('of /proc, which tells no size, is read to its end', async () => {
    expect(textOf(await capture(aBench(), 'system/proc/version'))).toMatch(/\w+/)
  })
})

describe('nothing to capture', () => {
  it('is what is absent, a folder, or behind a file or symbolic link that replaced a folder', async () => {
    const bench = aBench()
    bench.write({ file: 'f', 'folder/x': 'x' })
    symlinkSync('folder', join(bench.root, 'link'))
    for (const path of ['project/none', 'project/none/deeper', 'project/folder', 'project/file/x', 'project/link/x']) expect(await capture(bench, path)).toBeUndefined()
  })
})

describe('refuses', () => {
  it('a named pipe, without waiting for a writer', async () => {
    const bench = aBench()
    spawnSync('mkfifo', [join(bench.root, 'pipe')])
    await expect(capture(bench, 'project/pipe')).rejects.toMatchObject({ code: 'FILE_UNREADABLE', data: { reason: 'it is a named pipe' } })
  })
  it('a socket and a device', async () => {
    const bench = aBench()
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(join(bench.root, 'sock'), resolve))
    await expect(capture(bench, 'project/sock')).rejects.toMatchObject({ data: { reason: 'it is a socket' } })
    await new Promise((resolve) => server.close(resolve))
    await expect(capture(bench, 'system/dev/null')).rejects.toMatchObject({ data: { reason: 'it is a device' } })
  })
  it("the store's own files, and paths that a hostile tree may hold", async () => {
    const bench = aBench()
    mkdirSync(join(bench.root, '.atom'), { recursive: true })
    writeFileSync(join(bench.root, '.atom/format'), 'atom 1')
    for (const path of ['project/.atom/format', 'project/../outside', 'project/.git/config', 'home/project/.atom/format']) await expect(capture(bench, path)).rejects.toMatchObject({ code: 'PATH_INVALID' })
  })
  it('a file without permission', async () => {
    if (process.getuid?.() === 0) {
      console.warn('skipped: root may read every file')
      return
    }
    const bench = aBench()
    bench.write({ secret: { text: 's', mode: 0o000 } })
    await expect(capture(bench, 'project/secret')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  })
})

it('notices that what was found is not there any more', async () => {
  const bench = aBench()
  bench.write({ a: 'one' })
  const place = { path: 'project/a', scope: 'project', folder: bench.root, segments: ['a'] } as const
  const found = createLook().find(place)
  if (found.is !== 'there') throw new Error(found.is)
  writeFileSync(join(bench.root, 'b'), 'other')
  expect(await readEntry({ ...found, stat: lstatSync(join(bench.root, 'b'), { bigint: true }) })).toBeUndefined()
  expect((await readEntry(found))?.entry.mode).toBe(0o100644)
})
