import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sendCommand } from '../../src/cli/commands/send.js'
import { ROOT, useCli } from '../helpers/cli.js'

const cli = useCli()
const home = (name: string): string => join(cli.home, name)
const run = (name: string): string => join(cli.project, '.atom/run', name)
const head = async (): Promise<string> => (await cli.ok(['rev-parse', 'main'])).trim()
const branchOnStick = (): string | undefined => (existsSync(home('stick/refs')) ? / (?=refs\/heads\/main$)/m.test(readFileSync(home('stick/refs'), 'utf8')) ? /^(\w{64}) refs\/heads\/main$/m.exec(readFileSync(home('stick/refs'), 'utf8'))?.[1] : undefined : undefined)

/** Waits for what a process in the background does; the test's own limit ends a wait in vain. */
async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  while (!await isDone()) await new Promise((done) => { setTimeout(done, 25) })
}

/** No sender is at work. */
const isQuiet = (): boolean => !existsSync(run('sender')) || readdirSync(run('sender')).length === 0
const settled = async (): Promise<void> => { await until(async () => isQuiet() && branchOnStick() === await head()) }

async function withRemote(url = home('stick')): Promise<void> {
  await cli.ok(['init', '-q'])
  await cli.ok(['remote', 'add', 'stick', url])
  await cli.ok(['config', '--user', 'push.auto', 'true'])
}

describe('push.auto', () => {
  it('sends every ATOM after the command has ended, and nothing without it', async () => {
    await cli.ok(['init', '-q'])
    await cli.ok(['remote', 'add', 'stick', home('stick')])
    await cli.ok(['DECISION', 'kept here'])
    expect([existsSync(run('sender')), existsSync(home('stick'))]).toEqual([false, false])
    await cli.ok(['config', '--user', 'push.auto', 'true'])
    expect(JSON.parse(await cli.ok(['status', '--json']))).toMatchObject({ queued: 2 })
    await cli.ok(['DECISION', 'sent'])
    await settled()
    expect(JSON.parse(await cli.ok(['status', '--json']))).toEqual({ branch: 'main', head: await head(), changes: [], spooled: 0, queued: 0 })
  }, 30_000)

  it('sends to git too, and only to the remotes that were named', async () => {
    await withRemote(`git+file:${home('mirror.git')}`)
    await cli.ok(['remote', 'add', 'other', home('other')])
    await cli.ok(['config', '--user', 'push.remotes', 'stick'])
    await cli.ok(['DECISION', 'sent'])
    await until(async () => JSON.parse(await cli.ok(['status', '--json'])).queued === 0)
    await until(isQuiet)
    expect([existsSync(home('mirror.git')), existsSync(home('other'))]).toEqual([true, false])
  }, 30_000)

  it('is no setting that a store can bring along', async () => {
    await cli.ok(['init', '-q'])
    writeFileSync(join(cli.project, '.atom/config.toml'), `[remote.stick]\nurl = "${home('stick')}"\n\n[push]\nauto = true\n`)
    const { exitCode, stderr } = await cli.run(['DECISION', 'kept here'])
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('push.auto in')])
    expect([existsSync(run('sender')), existsSync(home('stick'))]).toEqual([false, false])
  })

  it('keeps what could not be sent, says so, and sends it after the next command once the remote is back', async () => {
    await withRemote()
    await cli.ok(['DECISION', 'before'])
    await settled()
    renameSync(home('stick'), home('away'))
    writeFileSync(home('stick'), 'no remote')
    await cli.ok(['DECISION', 'meanwhile'])
    await until(() => existsSync(run('push.json')) && isQuiet())
    const status = JSON.parse(await cli.ok(['status', '--json'])) as { readonly queued: number; readonly push_error: string }
    expect([status.queued, status.push_error]).toEqual([1, expect.stringContaining(home('stick'))])
    expect(await cli.ok(['status'])).toContain(`1 to be pushed: ${status.push_error}\n`)
    renameSync(home('stick'), home('no-remote'))
    renameSync(home('away'), home('stick'))
    // A command that only reads will do.
    await cli.ok(['log', '-n', '1'])
    await settled()
    expect(existsSync(run('push.json'))).toBe(false)
  }, 60_000)

  it('sends what came in while a sender was at work, with several commands at once', async () => {
    await withRemote()
    await Promise.all(Array.from({ length: 8 }, (_, count) => cli.ok(['DECISION', `at once ${String(count)}`])))
    await settled()
    expect(JSON.parse(await cli.ok(['verify', '--json', '--against', home('stick')]))).toMatchObject({ ok: true })
  }, 60_000)

  it('two senders at once are one, and one that is killed is replaced', async () => {
    await withRemote()
    await cli.ok(['DECISION', 'first'])
    await settled()
    await cli.ok(['config', '--user', 'push.auto', 'false'])
    for (let count = 0; count < 4; count++) await cli.ok(['DECISION', `waits ${String(count)}`])
    await cli.ok(['config', '--user', 'push.auto', 'true'])
    const senders = [0, 0, 200].map((killAfterMs) => new Promise<number | null>((done) => {
      const child = spawn(process.execPath, [join(ROOT, 'bin/atom.js'), '__send'], { cwd: cli.project, env: cli.env(), stdio: 'ignore' })
      if (killAfterMs > 0) setTimeout(() => child.kill('SIGKILL'), killAfterMs)
      child.on('close', done)
    }))
    expect((await Promise.all(senders)).slice(0, 2)).toEqual([0, 0])
    await cli.ok(['DECISION', 'last'])
    await settled()
  }, 60_000)
})

it('is hidden', () => {
  expect([sendCommand.name, sendCommand.hidden]).toEqual(['__send', true])
})
