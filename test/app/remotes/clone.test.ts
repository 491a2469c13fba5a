import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { addRemote, removeRemote, renameRemote } from '../../../src/app/remotes/remote-settings.js'
import { cloneStore } from '../../../src/app/remotes/clone.js'
import type { AppContext } from '../../../src/app/context.js'
import { initStore } from '../../../src/app/init.js'
import { libraryContext } from '../../../src/app/library/library.js'
import { claimStore } from '../../../src/app/owner/guard.js'
import { fetchFor, listRemotes, pushFor } from '../../../src/app/remotes/remotes.js'
import { runOperation } from '../../../src/app/run.js'
import { objectPath } from '../../../src/exchange/folder/folder-remote.js'
import { add } from '../../../src/ops/record/add.js'
import { branchList } from '../../../src/ops/fork/branch.js'
import { verify, type VerifyResult } from '../../../src/ops/prove/verify.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A project with a trail, and a folder that it was pushed to. */
async function pushed(): Promise<{ readonly home: string; readonly project: AppContext; readonly stick: string; readonly at: (name: string) => AppContext }> {
  const home = mkdtempSync(join(tmpdir(), 'atom-clone-'))
  folders.push(home)
  const at = (name: string): AppContext => libraryContext(join(home, name), { env: { HOME: home, USER: 'ann' } })
  const project = at('project')
  mkdirSync(join(home, 'project/conf'), { recursive: true })
  writeFileSync(join(home, 'project/conf/a.env'), 'A=1\n')
  writeFileSync(join(home, '.profile'), 'export A\n')
  await initStore({ project: 'bazza' }, project)
  await runOperation(add, { type: 'CFG', title: 'first', files: ['conf/a.env', '~/.profile'] }, project)
  await runOperation(add, { type: 'DECISION', title: 'aside', branch: 'side' }, project)
  await addRemote({ name: 'origin', url: '../stick' }, project)
  await runOperation(pushFor(project), { all: true }, project)
  return { home, project, stick: join(home, 'stick'), at }
}

const rootOf = async (context: AppContext): Promise<VerifyResult> => await runOperation(verify, {}, context) as VerifyResult

describe('clone', () => {
  it('makes a store with the same trail, its files laid out, and an operation log of its own', async () => {
    const { home, project, stick, at } = await pushed()
    rmSync(join(home, '.profile'))
    const result = await cloneStore({ url: stick, folder: 'copy' }, at('.'))
    expect(result).toMatchObject({ root: join(home, 'copy'), url: stick, branch: 'main', fetched: { atoms: 3, refused: [] } })
    expect(readFileSync(join(home, 'copy/conf/a.env'), 'utf8')).toBe('A=1\n')
    expect([existsSync(join(home, '.profile')), result.outside]).toEqual([false, ['home/.profile']])
    const [there, here] = [await rootOf(project), await rootOf(at('copy'))]
    expect(here).toMatchObject({ ok: true, root: there.root, atoms: 3 })
    expect(here.findings.filter(({ severity }) => severity !== 'info')).toEqual([])
    expect(await listRemotes(at('copy'))).toEqual([{ name: 'origin', url: stick }])
    const next = await runOperation(add, { type: 'TASK', title: 'here' }, at('copy')) as { readonly atom: { readonly header: { readonly atomId: string } } }
    expect(next.atom.header.atomId).toMatch(/-004$/)
    expect(await runOperation(pushFor(at('copy')), {}, at('copy'))).toMatchObject({ refused: [], refs: [{ change: 'forward' }] })
    expect(await runOperation(fetchFor(project), {}, project)).toMatchObject({ atoms: 1, refused: [] })
  })

  it('begins with the branch that was asked for, under the name that was asked for', async () => {
    const { stick, at } = await pushed()
    const result = await cloneStore({ url: stick, folder: 'copy', branch: 'side', remote: 'usb' }, at('.'))
    expect(result.branch).toBe('side')
    const branches: string[] = []
    for await (const { name, isCurrent } of await runOperation(branchList, { which: 'all' }, at('copy')) as AsyncIterable<{ readonly name: string; readonly isCurrent: boolean }>) branches.push(isCurrent ? `*${name}` : name)
    expect(branches).toEqual(['main', '*side', 'usb/main', 'usb/side'])
    expect(await codeOfAsync(() => cloneStore({ url: stick, folder: 'third', branch: 'none' }, at('.')))).toBe('REF_NOT_FOUND')
  })

  it('refuses a folder with something in it, and a remote with nothing in it', async () => {
    const { home, stick, at } = await pushed()
    mkdirSync(join(home, 'taken'))
    writeFileSync(join(home, 'taken/mine'), '')
    expect(await codeOfAsync(() => cloneStore({ url: stick, folder: 'taken' }, at('.')))).toBe('REPO_EXISTS')
    expect(await codeOfAsync(() => cloneStore({ url: join(home, 'no-such'), folder: 'copy' }, at('.')))).toBe('REF_NOT_FOUND')
    expect(existsSync(join(home, 'copy'))).toBe(false)
  })

  it('of a copy that is damaged leaves no store, and can be done again', async () => {
    const { home, stick, at } = await pushed()
    const { object } = await firstContent(stick)
    const bytes = readFileSync(object)
    writeFileSync(object, 'other')
    expect(await codeOfAsync(() => cloneStore({ url: stick, folder: 'copy' }, at('.')))).toBe('OBJECT_CORRUPT')
    expect(await codeOfAsync(async () => await runOperation(verify, {}, at('copy')))).toBe('REPO_NOT_FOUND')
    expect(existsSync(join(home, 'copy'))).toBe(false)
    writeFileSync(object, bytes)
    expect((await cloneStore({ url: stick, folder: 'copy' }, at('.'))).fetched.atoms).toBe(3)
  })
})

describe('a clone that is killed', () => {
  /** Starts one in a process of its own, and kills it at the first sign of a certain step. */
  async function killed(home: string, isTime: (copy: string) => boolean): Promise<void> {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../../bin/atom.js'), 'clone', '-q', 'stick', 'copy'], { cwd: home, env: { HOME: home, USER: 'ann' }, stdio: 'ignore' })
    const ended = once(child, 'exit')
    for (let count = 0; count < 20_000 && child.exitCode === null && !isTime(join(home, 'copy/.atom')); count++) await new Promise((resolve) => { setTimeout(resolve, 1) })
    child.kill('SIGKILL')
    await ended
  }

  it.each([
    ['when its database is made', (path: string) => existsSync(join(path, 'store'))],
    ['when it writes objects there', (path: string) => existsSync(join(path, 'store')) && readdirSync(join(path, 'store')).some((name) => name.endsWith('.log') && statSync(join(path, 'store', name)).size > 1_000)],
  ])('%s leaves nothing that counts as a store, and the next one succeeds', async (_when, isTime) => {
    const { home, at } = await pushed()
    await killed(home, isTime)
    // Faster than the eye: it was done before.
    if (existsSync(join(home, 'copy/.atom/format'))) rmSync(join(home, 'copy'), { recursive: true })
    expect(await codeOfAsync(async () => await runOperation(verify, {}, at('copy')))).toBe('REPO_NOT_FOUND')
    const result = await cloneStore({ url: 'stick', folder: 'copy' }, at('.'))
    expect(result.fetched.atoms).toBe(3)
    expect((await rootOf(at('copy'))).findings.filter(({ severity }) => severity !== 'info')).toEqual([])
  })

  it('is told from one that is still at work, and from another program\'s folder', async () => {
    const { home, at } = await pushed()
    mkdirSync(join(home, 'copy/.atom/run'), { recursive: true })
    const guard = claimStore(join(home, 'copy/.atom/run'), join(home, 'copy/.atom'))
    guard.seize()
    expect(await codeOfAsync(() => cloneStore({ url: 'stick', folder: 'copy' }, at('.')))).toBe('STORE_LOCKED')
    guard.release()
    mkdirSync(join(home, 'other/.atom'), { recursive: true })
    writeFileSync(join(home, 'other/.atom/theirs'), 'x')
    expect(await codeOfAsync(() => cloneStore({ url: 'stick', folder: 'other' }, at('.')))).toBe('REPO_EXISTS')
    expect(readFileSync(join(home, 'other/.atom/theirs'), 'utf8')).toBe('x')
    expect((await cloneStore({ url: 'stick', folder: 'copy' }, at('.'))).fetched.atoms).toBe(3)
  })
})

async function firstContent(stick: string): Promise<{ readonly object: string }> {
  const folder = join(stick, objectPath(`55${'0'.repeat(64)}` as Parameters<typeof objectPath>[0]), '../..')
  const [inner = ''] = readdirSync(folder)
  const [name = ''] = readdirSync(join(folder, inner))
  return { object: join(folder, inner, name) }
}

describe('the remotes in the settings', () => {
  it('are added, renamed with what is remembered, and removed', async () => {
    const { project, stick } = await pushed()
    expect(await listRemotes(project)).toEqual([{ name: 'origin', url: stick }])
    expect(await codeOfAsync(() => addRemote({ name: 'origin', url: '/x' }, project))).toBe('REMOTE_EXISTS')
    for (const name of ['a b', 'a.b', '', 'a/b']) expect(await codeOfAsync(() => addRemote({ name, url: '/x' }, project))).toBe('USAGE')
    await renameRemote('origin', 'usb', project)
    expect(await listRemotes(project)).toEqual([{ name: 'usb', url: stick }])
    expect(await runOperation(pushFor(project), { remote: 'usb' }, project)).toMatchObject({ remote: 'usb', refs: [{ change: 'same' }] })
    await removeRemote('usb', project)
    expect(await listRemotes(project)).toEqual([])
    expect(await codeOfAsync(() => removeRemote('usb', project))).toBe('REMOTE_NOT_FOUND')
    expect(await codeOfAsync(async () => await runOperation(pushFor(project), {}, project))).toBe('REMOTE_NOT_FOUND')
  })
})
