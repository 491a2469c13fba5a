import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { silentReporter } from '../../../src/base/ports.js'
import { digestOf, type ObjectId } from '../../../src/codec/object-id.js'
import { objectPath, openFolderRemote } from '../../../src/exchange/folder/folder-remote.js'
import { formatRefsFile, parseRefsFile } from '../../../src/exchange/folder/refs-file.js'
import type { Remote } from '../../../src/exchange/remote.js'
import { readAll, remoteSuite } from '../../conformance/remote-suite.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { anId } from '../../helpers/objects.js'
import { aLine, streamOf } from '../../helpers/remote-objects.js'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'atom-folder-remote-'))
  folders.push(folder)
  return folder
}
const open = (path: string): Promise<Remote> => openFolderRemote({ path, location: path }, { signal: new AbortController().signal, reporter: silentReporter })

remoteSuite({
  name: 'a folder',
  make: async () => {
    const path = join(makeFolder(), 'remote')
    return () => open(path)
  },
})

const MAIN = 'refs/heads/main'

describe('a folder remote', () => {
  it('is plain files: a format, objects by digest, one file of refs', async () => {
    const path = join(makeFolder(), 'remote')
    const line = aLine(1)
    const [atom] = line.atoms as [ObjectId]
    const remote = await open(path)
    await remote.put(streamOf(line.objects))
    await remote.updateRefs([{ ref: MAIN, expected: undefined, next: atom }])
    expect(readFileSync(join(path, 'atom-remote'), 'utf8')).toBe('atom remote 1\n')
    expect(readFileSync(join(path, 'refs'), 'utf8')).toBe(`ref: ${MAIN} HEAD\n${digestOf(atom)} ${MAIN}\n`)
    expect(new Uint8Array(readFileSync(join(path, objectPath(atom))))).toEqual(line.objects.at(-1)?.bytes)
    expect(readdirSync(join(path, 'tmp'))).toEqual([])
  })

  it('is not made by looking at it', async () => {
    const path = join(makeFolder(), 'remote')
    await (await open(path)).refs()
    expect(existsSync(path)).toBe(false)
  })

  it('cannot be reached where the disk is not there', async () => {
    expect(await codeOfAsync(() => open(join(makeFolder(), 'no', 'such')))).toBe('REMOTE_UNREACHABLE')
  })

  it('refuses a folder with something else in it, and a file', async () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'thesis.tex'), 'years of work')
    expect(await codeOfAsync(() => open(folder))).toBe('REMOTE_REFUSED')
    expect(await codeOfAsync(() => open(join(folder, 'thesis.tex')))).toBe('REMOTE_REFUSED')
    writeFileSync(join(folder, 'atom-remote'), 'atom remote 2\n')
    expect(await codeOfAsync(() => open(folder))).toBe('REMOTE_REFUSED')
  })

  it.skipIf(process.getuid?.() === 0)('says so where it may not write', async () => {
    const folder = makeFolder()
    chmodSync(folder, 0o500)
    const remote = await open(folder)
    expect(await codeOfAsync(() => remote.put(streamOf(aLine(1).objects)))).toBe('REMOTE_AUTH')
    chmodSync(folder, 0o700)
  })

  it('says which line of its refs is damaged', async () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'atom-remote'), 'atom remote 1\n')
    writeFileSync(join(folder, 'refs'), `${'0'.repeat(64)} refs/heads/a\nwhat is this\n`)
    const remote = await open(folder)
    await expect(remote.refs()).rejects.toThrow(/damaged in line 2/)
    expect(await codeOfAsync(() => remote.refs())).toBe('REMOTE_REFUSED')
  })

  it('follows no link, waits for no pipe and reads no more than an object may have', async () => {
    const path = join(makeFolder(), 'remote')
    const remote = await open(path)
    const line = aLine(1)
    await remote.put(streamOf(line.objects))
    const [link, folder, large] = [anId('link', 'raw'), anId('folder', 'raw'), anId('large', 'raw')]
    for (const id of [link, folder, large]) mkdirSync(dirname(join(path, objectPath(id))), { recursive: true })
    symlinkSync('/dev/zero', join(path, objectPath(link)))
    mkdirSync(join(path, objectPath(folder)))
    writeFileSync(join(path, objectPath(large)), new Uint8Array(5_000_000))
    const found = await readAll(remote, [link, folder, large])
    expect([...found.keys()]).toEqual([large])
    expect(found.get(large)).toHaveLength(2 * (1_048_576 + 1))
  })

  it('takes over the lock of somebody who was killed long ago', async () => {
    const path = join(makeFolder(), 'remote')
    const line = aLine(1)
    const remote = await open(path)
    await remote.put(streamOf(line.objects))
    writeFileSync(join(path, 'refs.lock'), '1 gone\n')
    const longAgo = new Date(2020, 1, 1)
    utimesSync(join(path, 'refs.lock'), longAgo, longAgo)
    expect(await remote.updateRefs([{ ref: MAIN, expected: undefined, next: line.atoms[0] }])).toEqual([{ ref: MAIN, refused: undefined }])
    expect(existsSync(join(path, 'refs.lock'))).toBe(false)
  })

  it('goes on in a folder where a first push was cut off', async () => {
    const path = join(makeFolder(), 'remote')
    for (const name of ['objects', 'tmp']) mkdirSync(join(path, name), { recursive: true })
    const line = aLine(1)
    const remote = await open(path)
    await remote.put(streamOf(line.objects))
    expect(await remote.missing(line.atoms)).toEqual([])
  })
})

describe('the file of refs', () => {
  it('says what it was given, sorted by name', () => {
    const state = { refs: new Map([['refs/tags/ü', anId('tag')], ['refs/heads/b c', anId('b')], ['refs/heads/a', anId('a')]]), head: 'refs/heads/a' }
    expect(parseRefsFile(formatRefsFile(state))).toEqual(state)
    expect(formatRefsFile(state).split('\n').map((line) => line.slice(65))).toEqual(['', 'refs/heads/a', 'refs/heads/b c', 'refs/tags/ü', ''])
    expect(parseRefsFile('')).toEqual({ refs: new Map(), head: undefined })
  })

  it.each(['no end of line', 'ref: refs/tags/a HEAD\n', `${'A'.repeat(64)} refs/heads/a\n`, `${'0'.repeat(64)}\n`, '\n'])('refuses %j', (text) => {
    expect(parseRefsFile(text)).toBe(1)
  })
})
