/** A view that is killed while it is made or brought up to date, and one for which there is no room: the trail stays as it was, and the view is made again. */
import { spawn } from 'node:child_process'
import { readdirSync, statfsSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT, useCli } from '../helpers/cli.js'
import { hasSmallDisks, smallDisk } from '../helpers/small-disk.js'

const cli = useCli()

/** Lines for `import jsonl`, each an ATOM with words to search. */
function lines(from: number, count: number): string {
  return Array.from({ length: count }, (_, at) => JSON.stringify({ type: 'RESEARCH', title: `number ${String(from + at)}`, reason: `because of reason ${String(at % 97)} that is rather long, so that there is something to write ${'word '.repeat(20)}` })).join('\n')
}

/** Starts a command and kills it after so many milliseconds; tells whether it was still running. */
async function killed(argv: readonly string[], afterMs: number): Promise<boolean> {
  const child = spawn(process.execPath, [join(ROOT, 'bin/atom.js'), ...argv], { cwd: cli.project, env: cli.env(), stdio: 'ignore' })
  const ended = new Promise<NodeJS.Signals | null>((resolve) => { child.on('exit', (_, signal) => resolve(signal)) })
  await new Promise((resolve) => { setTimeout(resolve, afterMs) })
  child.kill('SIGKILL')
  return await ended === 'SIGKILL'
}

const COUNT = 'SELECT count(*) AS n, (SELECT count(*) FROM search WHERE search MATCH \'number\') AS found FROM atom_trail WHERE type = \'RESEARCH\''

async function checkBoth(atoms: number): Promise<void> {
  expect(JSON.parse(await cli.ok(['sql', COUNT, '--json']))).toEqual({ n: atoms, found: atoms })
  expect(JSON.parse(await cli.ok(['verify', '--view', '--json']))).toMatchObject({ ok: true, findings: [] })
  expect(readdirSync(join(cli.project, '.atom')).filter((name) => name.startsWith('view') && !/^view\.db(?:-wal|-shm)?$/.test(name))).toEqual([])
}

describe('a view that is killed', () => {
  it.each([['by one thread', 2_000], ['by two', 5_000]])('while it is made %s is made by the next command, and the trail knows nothing of it', async (_how, atoms) => {
    await cli.ok(['init', '--quiet'])
    await cli.ok(['import', 'jsonl', '-', '--quiet'], { stdin: lines(0, atoms) })
    let running = 0
    for (const afterMs of [120, 180, 240, 300, 400, 550]) if (await killed(['sql', COUNT], afterMs)) running++
    expect(running).toBeGreaterThan(0)
    await checkBoth(atoms)
    expect(readdirSync(join(cli.project, '.atom/run')).filter((name) => name.startsWith('view-'))).toEqual([])
  })

  it('while it is brought up to date has all of it or nothing', async () => {
    await cli.ok(['init', '--quiet'])
    await cli.ok(['import', 'jsonl', '-', '--quiet'], { stdin: lines(0, 10) })
    await cli.ok(['sql', COUNT])
    let atoms = 10
    let running = 0
    for (const afterMs of [110, 160, 230, 320]) {
      await cli.ok(['import', 'jsonl', '-', '--quiet'], { stdin: lines(atoms, 700) })
      atoms += 700
      if (await killed(['recall', 'number'], afterMs)) running++
    }
    expect(running).toBeGreaterThan(0)
    await checkBoth(atoms)
  })
})

describe.skipIf(!hasSmallDisks('a view on a full disk'))('a view on a full disk', () => {
  it('says so, leaves the trail and what room there was, and is made when there is room', async () => {
    using disk = smallDisk('64m')
    const at = { cwd: disk.folder }
    await cli.ok(['init', '--quiet'], at)
    await cli.ok(['import', 'jsonl', '-', '--quiet'], { ...at, stdin: lines(0, 5_000) })
    const free = (): number => statfsSync(disk.folder).bavail * statfsSync(disk.folder).bsize
    const filler = join(disk.folder, 'filler')
    writeFileSync(filler, new Uint8Array(free() - 3_000_000))
    const before = free()
    for (const argv of [['sql', COUNT], ['recall', 'number'], ['sql', COUNT]]) {
      expect([argv[0], await cli.run(argv, at)]).toMatchObject([argv[0], { exitCode: expect.any(Number), stdout: '', stderr: expect.stringMatching(/no room left|disk is full/) }])
    }
    expect(free()).toBeGreaterThanOrEqual(before - 65_536)
    expect(JSON.parse(await cli.ok(['verify', '--json'], at))).toMatchObject({ ok: true })
    truncateSync(filler, 0)
    expect(JSON.parse(await cli.ok(['sql', COUNT, '--json'], at))).toEqual({ n: 5_000, found: 5_000 })
    expect(JSON.parse(await cli.ok(['verify', '--view', '--json'], at))).toMatchObject({ ok: true, findings: [] })
  })
})
