import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { initStore } from '../../src/app/init.js'
import { openRepo } from '../../src/app/open.js'
import { residencyOf } from '../../src/app/owner/residency.js'
import { runOperation } from '../../src/app/run.js'
import { openSession } from '../../src/app/session.js'
import { add, type AddResult } from '../../src/ops/record/add.js'
import { branchCreate } from '../../src/ops/fork/branch.js'
import { log } from '../../src/ops/look/log.js'
import type { LogEntry } from '../../src/ops/look/log-entry.js'
import type { Operation } from '../../src/ops/operation.js'
import { acknowledged, ACTOR, buildPrograms, checkLine, contextIn, leftovers, makePlace, pause, readLog, removePrograms, startActor, startCli, waitFor, type Child, type Place } from './kit.js'

beforeAll(buildPrograms)
afterAll(removePrograms)

/** A process that has the store open all the time, and serves. */
async function startOwner(place: Place): Promise<Child> {
  const owner = startActor({ cwd: place.folder, name: 'owner', count: 100_000, owner: 'auto', pauseMs: 20 })
  await waitFor(() => existsSync(join(place.folder, '.atom/run/owner.sock')) && owner.lines.length > 0)
  return owner
}

async function stop(child: Child): Promise<void> {
  child.process.kill('SIGKILL')
  await child.done
}

/** Holds the store in this process and serves nobody. */
async function holdSilently(place: Place): Promise<() => Promise<void>> {
  const residency = residencyOf({ path: join(place.folder, '.atom'), root: place.folder })
  await residency.sit({ context: place.context, owner: 'insist', serve: 'never' })
  return async () => { await residency.leave('own', 0) }
}

const ADD = ['add', 'TASK', 'one more', '--json'] as const

describe('an owner', () => {
  it('works for commands as they would themselves: same answers, same errors, same files', async () => {
    await using place = await makePlace()
    const owner = await startOwner(place)
    mkdirSync(join(place.folder, 'sub'))
    writeFileSync(join(place.folder, 'sub/a.env'), 'KEY=value\n')
    const added = startCli(join(place.folder, 'sub'), ['add', 'CFG', 'a file', '--file', 'a.env', '--json'], { ATOM_AGENT: 'ben', ATOM_BRANCH: 'side', ATOM_NOW_MS: '1764000000000' })
    expect([await added.done, added.errors.join('')]).toEqual([0, expect.not.stringContaining('error')])
    expect(JSON.parse(added.lines[0] ?? '')).toMatchObject({ agent: 'ben', timestamp: '2025-11-24T16:00:00.000Z', files: [{ path: 'sub/a.env', change: 'add' }] })
    const wrong = startCli(place.folder, ['show', 'no-such', '--json'])
    expect(await wrong.done).toBe(3)
    expect(JSON.parse(wrong.errors.join(''))).toMatchObject({ error: { code: 'REVISION_NOT_FOUND' } })
    const through = startCli(place.folder, ['log', 'side', '--json', '-n', '1'])
    expect(await through.done).toBe(0)
    expect(owner.process.exitCode).toBeNull()
    await stop(owner)
    const direct = startCli(place.folder, ['log', 'side', '--json', '-n', '1'])
    expect(await direct.done).toBe(0)
    expect(through.lines).toEqual(direct.lines)
    await checkLine({ context: contextIn(place.folder) }, acknowledged([owner]))
  })

  it('lets go for an operation that it does not know, and its own work goes on', async () => {
    await using place = await makePlace()
    const owner = await startOwner(place)
    const strange: Operation<Record<never, never>, string> = { name: 'strange', summary: 'Not in the catalogue', effect: 'read', errors: [], check: () => ({}), run: async (repo) => String(repo.store.getRecord(new Uint8Array([1]))) }
    expect(await runOperation(strange, {}, contextIn(place.folder))).toBe('undefined')
    const before = owner.lines.length
    await waitFor(() => owner.lines.length > before + 3)
    await stop(owner)
    await checkLine(place, acknowledged([owner]))
  })

  it('is whoever takes long: a command that has had the store for a while serves the others', async () => {
    await using place = await makePlace()
    {
      await using repo = await openRepo({ path: join(place.folder, '.atom'), root: place.folder }, place.context)
      await waitFor(() => existsSync(join(place.folder, '.atom/run/owner.sock')))
      const added = startCli(place.folder, ADD, { ATOM_LOCK_TIMEOUT_MS: '300' })
      expect(await added.done).toBe(0)
      expect(repo.signal.aborted).toBe(false)
    }
    expect(leftovers(place.folder)).toEqual([])
    expect((await checkLine(place, [])).length).toBe(2)
  })

  it('that leaves ends what others read, and they begin again themselves', async () => {
    await using place = await makePlace()
    const session = await openSession(place.context)
    await Promise.all(Array.from({ length: 3_000 }, (_, index) => session.run(add, { type: 'TASK', title: `t${String(index)}` })))
    const reader = startCli(place.folder, ['log', '--json', '--reverse'])
    while (reader.lines.length < 5) {
      await session.run(log, { limit: 1 }).then(async (items) => { for await (const _ of items as AsyncIterable<LogEntry>) continue })
      await pause(10)
    }
    await session.close()
    expect(await reader.done).toBe(0)
    expect(reader.lines.slice(1).map((line) => (JSON.parse(line) as { title: string }).title)).toEqual(Array.from({ length: 3_000 }, (_, index) => `t${String(index)}`))
  })

  it('is found below a folder whose path is too long for a socket', async () => {
    await using place = await makePlace()
    const deep = join(place.folder, 'long-name-of-a-folder/'.repeat(8))
    mkdirSync(deep, { recursive: true })
    await initStore({}, contextIn(deep))
    const owner = await startOwner({ ...place, folder: deep })
    expect(lstatSync(join(deep, '.atom/run/owner.sock')).isSymbolicLink()).toBe(true)
    const added = startCli(deep, ADD)
    expect([await added.done, owner.process.exitCode]).toEqual([0, null])
    await stop(owner)
    await checkLine({ context: contextIn(deep) }, acknowledged([owner]))
  })

  it('shuts others out of its socket', async () => {
    await using place = await makePlace()
    const run = join(place.folder, '.atom/run')
    chmodSync(run, 0o755)
    const owner = await startOwner(place)
    expect(statSync(run).mode & 0o777).toBe(0o700)
    await stop(owner)
  })

  it('that hangs is reported within the time limit, and nothing is recorded', async () => {
    await using place = await makePlace()
    const owner = await startOwner(place)
    owner.process.kill('SIGSTOP')
    const startMs = Date.now()
    const added = startCli(place.folder, ADD, { ATOM_LOCK_TIMEOUT_MS: '300' })
    expect(await added.done).toBe(6)
    expect(Date.now() - startMs).toBeLessThan(5_000)
    expect(JSON.parse(added.errors.join(''))).toMatchObject({ error: { code: 'STORE_LOCKED', kind: 'busy' } })
    owner.process.kill('SIGCONT')
    await stop(owner)
    expect((await readLog(place)).some(({ title }) => title === 'one more')).toBe(false)
  })

  it('that is idle keeps nobody out', async () => {
    await using place = await makePlace()
    const session = await openSession(place.context)
    await session.run(add, { type: 'TASK', title: 'first' })
    await waitFor(() => leftovers(place.folder).length === 0, 1_000)
    const added = startCli(place.folder, ADD, { ATOM_LOCK_TIMEOUT_MS: '200' })
    expect(await added.done).toBe(0)
    await session.run(add, { type: 'TASK', title: 'last' })
    await session.close()
    expect(leftovers(place.folder)).toEqual([])
    expect((await readLog(place)).map(({ title }) => title)).toEqual(['last', 'one more', 'first', expect.any(String)])
  })
})

describe('waiting', () => {
  it('ends with STORE_LOCKED and exit 6', async () => {
    await using place = await makePlace()
    const letGo = await holdSilently(place)
    const added = startCli(place.folder, ADD, { ATOM_LOCK_TIMEOUT_MS: '200' })
    expect(await added.done).toBe(6)
    expect(JSON.parse(added.errors.join(''))).toMatchObject({ error: { code: 'STORE_LOCKED', kind: 'busy', hint: expect.stringContaining('ATOM_LOCK_TIMEOUT_MS') as unknown } })
    await letGo()
  })

  it('ends at once when the person interrupts', async () => {
    await using place = await makePlace()
    const letGo = await holdSilently(place)
    const controller = new AbortController()
    const waiting = await openSession({ ...contextIn(place.folder), signal: controller.signal }, { owner: 'never' })
    const child = startCli(place.folder, ADD)
    await pause(400)
    child.process.kill('SIGINT')
    expect(await child.done).toBe(130)
    await waiting.close()
    await letGo()
  })
})

describe('a reader that takes nothing', () => {
  it('keeps nobody out, and goes on where it was', async () => {
    await using place = await makePlace()
    const session = await openSession(place.context)
    await Promise.all(Array.from({ length: 600 }, (_, index) => session.run(add, { type: 'TASK', title: `t${String(index)}`, reason: 'r'.repeat(400) })))
    await session.close()
    const reader = startCli(place.folder, ['log', '--json'])
    reader.process.stdout?.pause()
    await pause(800)
    const added = startCli(place.folder, ADD, { ATOM_LOCK_TIMEOUT_MS: '500' })
    expect([await added.done, reader.process.exitCode]).toEqual([0, null])
    const owner = await startOwner(place)
    reader.process.stdout?.resume()
    expect(await reader.done).toBe(0)
    expect(reader.lines.map((line) => (JSON.parse(line) as { title: string }).title)).toEqual([...Array.from({ length: 600 }, (_, index) => `t${String(599 - index)}`), expect.any(String)])
    await stop(owner)
  })

  it('of an owner that ends goes on behind the last item', async () => {
    await using place = await makePlace()
    const session = await openSession(place.context)
    await Promise.all(Array.from({ length: 1_500 }, (_, index) => session.run(add, { type: 'TASK', title: `t${String(index)}` })))
    await session.close()
    const owner = await startOwner(place)
    const reader = await openSession(contextIn(place.folder))
    const titles: (string | undefined)[] = []
    for await (const { title } of await reader.run(log, {}) as AsyncIterable<LogEntry>) {
      titles.push(title)
      if (titles.length === 40) await stop(owner)
    }
    await reader.close()
    const seen = titles.filter((title) => title?.startsWith('t'))
    expect(seen).toEqual(Array.from({ length: 1_500 }, (_, index) => `t${String(1_499 - index)}`))
  })
})

describe('one process', () => {
  it('opens a store once, whoever asks: two sessions, a command and a repair at the same time', async () => {
    await using place = await makePlace()
    const [one, two] = [await openSession(place.context), await openSession(contextIn(place.folder), { owner: 'never' })]
    const adds: Promise<unknown>[] = []
    for (let index = 0; index < 40; index++) {
      const session = index % 2 === 0 ? one : two
      adds.push(session.run(add, { type: 'TASK', title: `s${String(index)}` }))
      if (index % 10 === 0) adds.push(runOperation(add, { type: 'TASK', title: `r${String(index)}` }, place.context), openRepo({ path: join(place.folder, '.atom'), root: place.folder }, place.context).then((repo) => repo[Symbol.asyncDispose]()))
    }
    await Promise.all(adds)
    await Promise.all([one.close(), two.close()])
    expect((await checkLine(place, [])).length).toBe(45)
  })

  it('answers a request that is made twice at the same time once', async () => {
    await using place = await makePlace()
    const session = await openSession(place.context)
    const results = await Promise.all([1, 2, 3].map(() => session.run(add, { type: 'TASK', title: 'same', request: 'abc' }) as Promise<AddResult>))
    await session.close()
    expect(new Set(results.map(({ atom }) => atom.id)).size).toBe(1)
    expect((await readLog(place)).length).toBe(2)
  })

  it('shares it between worker threads', async () => {
    await using place = await makePlace()
    const said: string[] = []
    await Promise.all([0, 1, 2].map((index) => new Promise<void>((resolve, reject) => {
      const worker = new Worker(ACTOR, { argv: [JSON.stringify({ cwd: place.folder, name: `w${String(index)}`, count: 20, owner: index === 2 ? 'never' : 'auto', isQuiet: true })], stdout: true })
      worker.on('error', reject)
      worker.on('exit', (code) => { said.push(String(code)); resolve() })
    })))
    expect(said).toEqual(['0', '0', '0'])
    expect((await checkLine(place, [])).length).toBe(61)
  })

  it('that lost its lock without a word is still alone, by the second guard', async () => {
    await using place = await makePlace()
    const residency = residencyOf({ path: join(place.folder, '.atom'), root: place.folder })
    await residency.sit({ context: place.context, owner: 'insist', serve: 'never' })
    // Closing any descriptor of LOCK drops the lock of the whole process.
    readFileSync(join(place.folder, '.atom/store/LOCK'))
    const added = startCli(place.folder, ADD, { ATOM_LOCK_TIMEOUT_MS: '200' })
    expect(await added.done).toBe(6)
    await runOperation(add, { type: 'TASK', title: 'mine' }, place.context)
    await residency.leave('own', 0)
    expect((await checkLine(place, [])).length).toBe(2)
  })

  it('takes over what a dead one left: guard, claim and socket', async () => {
    await using place = await makePlace()
    const run = join(place.folder, '.atom/run')
    const space = readdirSync('/proc/self/ns').includes('pid') ? lstatSync('/proc/self/ns/pid') && (await import('node:fs')).readlinkSync('/proc/self/ns/pid').replace(/\D/g, '') : '0'
    // This pid lives, but has not started then: somebody else had it.
    symlinkSync(`${String(process.pid)} 1 ${space}`, join(run, 'guard'))
    symlinkSync('x', join(run, `claim-999999999-1-${space}`))
    const owner = startActor({ cwd: place.folder, name: 'o', count: 100_000, owner: 'auto' })
    await waitFor(() => owner.lines.length > 2)
    await stop(owner)
    expect(existsSync(join(run, 'owner.sock'))).toBe(true)
    const added = startCli(place.folder, ADD)
    expect(await added.done).toBe(0)
    expect(readdirSync(run)).toEqual([])
    await checkLine(place, acknowledged([owner]))
  })
})

describe('an answer that was lost', () => {
  it('of something that is no recording is told as done, not done twice', async () => {
    await using place = await makePlace()
    const context = contextIn(place.folder)
    const residency = residencyOf({ path: join(place.folder, '.atom'), root: place.folder })
    const { runEntered } = await import('../../src/app/owner/run-entered.js')
    const request = 'ab'.repeat(16)
    const attempt = async (which: 'first' | 'again'): Promise<unknown> => {
      await residency.sit({ context, owner: 'insist', serve: 'never' })
      return runEntered(residency, { operation: branchCreate, input: branchCreate.check({ name: 'side', force: false }), context, request, attempt: which }, { who: 'own', lingerMs: 0 })
    }
    await attempt('first')
    await expect(attempt('again')).rejects.toMatchObject({ code: 'REQUEST_REUSED' })
  })
})
