import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cloneCommand } from '../../src/cli/commands/clone.js'
import { fetchCommand } from '../../src/cli/commands/fetch.js'
import { pullCommand } from '../../src/cli/commands/pull.js'
import { pushCommand } from '../../src/cli/commands/push.js'
import { remoteCommand } from '../../src/cli/commands/remote.js'
import { fetchNote } from '../../src/cli/render/transfer.js'
import { useCli } from '../helpers/cli.js'

const cli = useCli()
const copy = (): string => join(cli.home, 'copy')

/** A project that was pushed to a folder called stick, and a clone of it. */
async function twoMachines(): Promise<void> {
  await cli.ok(['init', '--quiet'])
  writeFileSync(join(cli.project, 'a.env'), 'A=1\n')
  await cli.ok(['CFG', 'first', '--file', 'a.env'])
  await cli.ok(['remote', 'add', 'origin', '../stick'])
  await cli.ok(['push', '--all'])
  await cli.ok(['clone', 'stick', 'copy'], { cwd: cli.home })
}

it('is one family of commands', () => {
  expect([cloneCommand, fetchCommand, pullCommand, pushCommand, remoteCommand].map(({ name, group }) => `${group}: ${name}`)).toEqual(['exchange: clone', 'exchange: fetch', 'exchange: pull', 'exchange: push', 'exchange: remote'])
  expect(fetchNote({ objects: 0 } as Parameters<typeof fetchNote>[0])).toEqual([])
})

describe('remote', () => {
  it('lists, adds, renames, shows and removes', async () => {
    await twoMachines()
    expect(await cli.ok(['remote'])).toBe(`origin ${join(cli.home, 'stick')}\n`)
    expect(JSON.parse(await cli.ok(['remote', '--json']))).toEqual({ name: 'origin', url: join(cli.home, 'stick') })
    expect((await cli.run(['remote', 'add', 'origin', '/elsewhere'])).stderr).toContain('there is a remote origin already')
    expect(await cli.ok(['remote', 'show'])).toMatch(/^origin .*\n\* main \w{10} the same here\n$/)
    await cli.ok(['remote', 'rename', 'origin', 'usb'])
    expect(await cli.ok(['branch', '-a'])).toBe('* main\n  usb/main\n')
    await cli.ok(['remote', 'remove', 'usb'])
    expect(await cli.ok(['branch', '-a'])).toBe('* main\n')
    expect(readFileSync(join(cli.project, '.atom/config.toml'), 'utf8')).toBe('')
    expect(await cli.run(['remote', 'show', 'usb'])).toMatchObject({ exitCode: 3 })
  })
})

describe('push and pull between two machines', () => {
  it('carry what one recorded to the other, and merge what both did', async () => {
    await twoMachines()
    const there = { cwd: copy() }
    expect(readFileSync(join(copy(), 'a.env'), 'utf8')).toBe('A=1\n')
    writeFileSync(join(copy(), 'a.env'), 'A=2\n')
    await cli.ok(['commit', '-a', '-m', 'there'], there)
    expect(await cli.ok(['push'], there)).toMatch(/^to origin .*\n forward {4}\w{10}\.\.\w{10} main\n$/)
    expect(await cli.ok(['pull'])).toMatch(/^from origin .*\n forward {4}\w{10}\.\.\w{10} main → origin\/main\nFast-forward /)
    expect(readFileSync(join(cli.project, 'a.env'), 'utf8')).toBe('A=2\n')
    await cli.ok(['DECISION', 'here'])
    await cli.ok(['DECISION', 'there'], there)
    await cli.ok(['push'], there)
    const refused = await cli.run(['push', '--json'])
    expect([refused.exitCode, JSON.parse(refused.stdout).refused[0].code, JSON.parse(refused.stderr.trim().split('\n').at(-1) as string).error.code]).toEqual([4, 'NOT_FAST_FORWARD', 'NOT_FAST_FORWARD'])
    expect(await cli.run(['pull', '--ff-only'])).toMatchObject({ exitCode: 4 })
    expect(JSON.parse(await cli.ok(['pull', '--json']))).toMatchObject({ remote: 'origin', merge: { result: 'merged' } })
    expect(await cli.ok(['push'])).toContain('forward')
    expect(await cli.ok(['pull'], there)).toContain('Fast-forward')
    const [ours, theirs] = [JSON.parse(await cli.ok(['verify', '--json'])), JSON.parse(await cli.ok(['verify', '--json'], there))]
    expect([ours.ok, theirs.ok, theirs.root]).toEqual([true, true, ours.root])
  })

  it('stop at conflicts with exit 1, as a merge does', async () => {
    await twoMachines()
    for (const [folder, text] of [[copy(), 'A=2\n'], [cli.project, 'A=3\n']] as const) {
      writeFileSync(join(folder, 'a.env'), text)
      await cli.ok(['commit', '-a', '-m', text.trim()], { cwd: folder })
    }
    await cli.ok(['push'], { cwd: copy() })
    const result = await cli.run(['pull'])
    expect([result.exitCode, readFileSync(join(cli.project, 'a.env'), 'utf8')]).toEqual([1, expect.stringContaining('<<<<<<<')])
  })

  it('say so where the branch is not there', async () => {
    await twoMachines()
    await cli.ok(['switch', '-c', 'other'])
    expect((await cli.run(['pull'])).stderr).toContain('has no branch other')
  })
})

describe('a remote that cannot be used', () => {
  it('is named, with what to do, and nothing else happens', async () => {
    await twoMachines()
    await cli.ok(['TASK', 'while it is away'])
    rmSync(join(cli.home, 'stick'), { recursive: true })
    mkdirSync(join(cli.home, 'stick'))
    writeFileSync(join(cli.home, 'stick/thesis.tex'), 'years of work')
    const refused = await cli.run(['push', '--json'])
    expect([refused.exitCode, JSON.parse(refused.stderr).error]).toMatchObject([7, { code: 'REMOTE_REFUSED', data: { remote: join(cli.home, 'stick') } }])
    rmSync(join(cli.home, 'stick'), { recursive: true })
    expect(await cli.ok(['push'])).toContain('new branch')
    expect(JSON.parse(await cli.ok(['verify', '--json']))).toMatchObject({ ok: true })
  })

  it('that gives damaged bytes leaves the store as it was', async () => {
    await twoMachines()
    await cli.ok(['TASK', 'more'], { cwd: copy() })
    await cli.ok(['push'], { cwd: copy() })
    const before = await cli.ok(['verify', '--json'])
    const refs = readFileSync(join(cli.home, 'stick/refs'), 'utf8')
    const [digest = ''] = /\w{64}(?= refs\/heads\/main)/.exec(refs) ?? []
    const object = join(cli.home, 'stick/objects/71', digest.slice(0, 2), digest.slice(2))
    chmodSync(object, 0o600)
    writeFileSync(object, 'other')
    const result = await cli.run(['fetch', '--json'])
    expect([result.exitCode, JSON.parse(result.stderr).error.code]).toEqual([5, 'OBJECT_CORRUPT'])
    expect(JSON.parse(await cli.ok(['verify', '--json'])).root).toBe(JSON.parse(before).root)
    expect(JSON.parse(await cli.ok(['verify', '--json'])).objects).toBe(JSON.parse(before).objects)
  })
})

describe('verify --against', () => {
  it('proves that nothing was rewound since the copy was made, and names what was', async () => {
    await twoMachines()
    await cli.ok(['bundle', 'create', '../trail.car'])
    for (const copied of ['origin', '../trail.car']) {
      const { ok, claims } = JSON.parse(await cli.ok(['verify', '--against', copied, '--json'])) as { readonly ok: boolean; readonly claims: unknown }
      expect([ok, claims]).toEqual([true, expect.arrayContaining([expect.objectContaining({ claim: 'the tail was not rewound', status: 'proved' })])])
    }
    await cli.ok(['TASK', 'one more'])
    await cli.ok(['push'])
    await cli.ok(['remote', 'remove', 'origin'])
    await cli.ok(['reset', '--hard', 'HEAD~2'])
    const rewound = await cli.run(['verify', '--against', '../stick', '--json'])
    expect([rewound.exitCode, JSON.parse(rewound.stdout).findings[0]]).toEqual([1, expect.objectContaining({ severity: 'error', code: 'expected-unreachable' })])
    expect((await cli.run(['verify', '--against', '../empty'])).exitCode).toBe(3)
  })
})

describe('a push that is killed', () => {
  it('goes on when it is repeated', async () => {
    await cli.ok(['init', '--quiet'])
    const lines = Array.from({ length: 400 }, (_, index) => JSON.stringify({ type: 'TASK', title: `task ${String(index)}` })).join('\n')
    await cli.ok(['import', 'jsonl', '-'], { stdin: lines })
    await cli.ok(['remote', 'add', 'origin', '../stick'])
    const { spawn } = await import('node:child_process')
    for (const afterMs of [150, 250, 350]) {
      const child = spawn(process.execPath, [join(import.meta.dirname, '../../bin/atom.js'), 'push'], { cwd: cli.project, env: cli.env(), stdio: 'ignore' })
      setTimeout(() => child.kill('SIGKILL'), afterMs)
      await new Promise((resolve) => { child.on('exit', resolve) })
    }
    await cli.ok(['push'])
    await cli.ok(['clone', '../stick', '../copy'])
    const [ours, theirs] = [JSON.parse(await cli.ok(['verify', '--json'])), JSON.parse(await cli.ok(['verify', '--json'], { cwd: copy() }))]
    expect([ours.ok, theirs.ok, theirs.root, theirs.atoms]).toEqual([true, true, ours.root, 401])
  })
})
